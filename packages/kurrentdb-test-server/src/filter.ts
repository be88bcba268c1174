import type { ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import type { LogRecord } from './record.js'

export interface Filter {
  wants(record: LogRecord): boolean
  /** A subscription sends a checkpoint after it has considered so many records. */
  readonly checkpointInterval: number
}

const DEFAULT_WINDOW = 32

export const filterOf = (options: ReadReq.Options.FilterOptions | undefined): Filter | undefined => {
  if (!options) return undefined
  const onType = options.hasEventType()
  const expression = onType ? options.getEventType() : options.getStreamIdentifier()
  const subject = (record: LogRecord) => (onType ? record.type : record.stream)
  const prefixes = expression?.getPrefixList() ?? []
  const regex = new RegExp(expression?.getRegex() ?? '', 'u')
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW
  return {
    wants: (record) =>
      prefixes.length > 0
        ? prefixes.some((prefix) => subject(record).startsWith(prefix))
        : regex.test(subject(record)),
    checkpointInterval: window * Math.max(1, options.getCheckpointintervalmultiplier()),
  }
}
