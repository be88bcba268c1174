/** A record of the log, as the wire and the disk know it. */
export interface LogRecord {
  /** Where it stands: both its commit and its prepare position. */
  readonly position: number
  readonly stream: string
  /** Place in its stream, from 0. */
  readonly revision: number
  /** A UUID in lower case. */
  readonly id: string
  readonly type: string
  readonly json: boolean
  readonly data: Uint8Array
  readonly metadata: Uint8Array
  /** Milliseconds since 1970. */
  readonly created: number
}

/** What a client asks to be written. */
export type Proposed = Pick<LogRecord, 'id' | 'type' | 'json' | 'data' | 'metadata'>

/** What a client expects of a stream. */
export type ExpectedState = number | 'any' | 'no_stream' | 'stream_exists'

/** What the server counts against `MaxAppendSize`. */
export const sizeOf = ({ type, data, metadata }: Proposed): number =>
  data.length + metadata.length + type.length * 2
