import type { Appended, Clock, Conflict, Page, Position, StreamName } from '@ramal/core'
import type { Either } from 'fp-ts/lib/Either.js'
import type { DriverName } from './driver.js'
import type { Integrity } from './integrity.js'
import type { Compacted } from './open.js'
import type { SqliteStoreOptions } from './options.js'
import type { LogQuery, LogRows, Rows } from './reader.js'
import type { Append } from './writer.js'

/** A value at once, or from another thread. */
export type Eventually<T> = T | Promise<T>

export interface LogFollower {
  /** Nothing where it must be read. */
  page(query: LogQuery): Page | undefined
  has(position: Position): void
  end(): void
}

/** What a store needs from the file: in this thread or in another. */
export interface Log {
  readonly driver: DriverName
  append(request: Append): Promise<Either<Conflict, Appended>>
  /** Position of the last event, 0 for an empty log. */
  head(): Eventually<number>
  streamRows(stream: StreamName, from: number, limit: number, careful: boolean): Eventually<Rows>
  logRows(query: LogQuery, careful: boolean): Eventually<LogRows>
  /** Reads the log to its end and then what comes, as far as that is still in memory. */
  follow?(): LogFollower
  backup(toFile: string): Promise<void>
  compact(): Eventually<Compacted>
  integrity(): Promise<Integrity>
  close(): Eventually<void>
}

/** The options that a log takes; those of the store around it are left out. */
export type LogOptions = Pick<SqliteStoreOptions, 'headCacheSize' | 'busyTimeout'> & { readonly clock: Clock }
