import type { Either } from 'fp-ts/lib/Either.js'
import type { EventId, NewEvent, Recorded } from './event.js'
import type { Position } from './position.js'
import type { StreamName } from './stream-name.js'

/** What must be true of a stream: its last event is the `at`-th (from 0), it has none, it has some, or whatever. */
export type Expected = { readonly at: number } | 'empty' | 'exists' | 'any'

export interface Write {
  readonly stream: StreamName
  readonly expected: Expected
  readonly events: readonly NewEvent[]
}

/** A condition on a stream that the append does not write. */
export interface Guard {
  readonly stream: StreamName
  readonly expected: Expected
}

/** The stream was not as expected. Nothing was written. */
export interface WrongVersion {
  readonly _tag: 'WrongVersion'
  readonly stream: StreamName
  readonly expected: Expected
  readonly actual: number | 'none'
}

/** An event that may be in the log only once is there already, from another append. Nothing was written. */
export interface Duplicate {
  readonly _tag: 'Duplicate'
  readonly id: EventId
  /** Where it stands, if the store can tell. */
  readonly stream: StreamName | undefined
}

export type Conflict = WrongVersion | Duplicate

export interface Appended {
  /** Of the last event of this append; of the end of the log when it wrote nothing. */
  readonly position: Position
  /** The version of the last event of each stream written. */
  readonly versions: ReadonlyMap<StreamName, number>
  /** These very events were in the log already: a retry. Nothing was written again. */
  readonly repeated: boolean
}

/** What a read yields: some events in order, and how far it has come. */
export interface Page {
  readonly events: readonly Recorded[]
  /** Every wanted event up to here has been yielded. Go on from here; with no events it is a checkpoint. */
  readonly position: Position
  /** This page reached the end of the log, as it was when the page was read. */
  readonly caughtUp: boolean
}

export interface StreamReadOptions {
  /** First version wanted. Default 0. */
  readonly from?: number
  /** Most events wanted. */
  readonly limit?: number
}

export interface LogFilter {
  /** Only these event types; an empty list wants nothing. Done in the store: others are never parsed. */
  readonly types?: readonly string[]
  /** Only streams of these categories; an empty list wants nothing. */
  readonly categories?: readonly string[]
}

export interface LogReadOptions extends LogFilter {
  /** Exclusive. `START` for the whole log. What is no position of this store is refused as `invalid`. */
  readonly after: Position
  /** Most events wanted. */
  readonly limit?: number
}

export interface SubscribeOptions extends LogFilter {
  /** Exclusive. */
  readonly after: Position
}

/**
 * The log. All events of all streams are in one total order, and every reader sees that one.
 * Every method rejects with a `StoreError`, and only for infrastructure.
 */
export interface EventStore {
  /**
   * Writes all or nothing: each stream as expected, each guard true, and no `once` event in the log yet.
   * A stream stands at most once in `writes` and `guards` together. The same append again (same event ids,
   * same expectations) changes nothing and is a success that says `repeated`, also after its streams have grown
   * and when its guards hold no longer. An append that is known only in part is refused.
   * When it resolves, the events are as durable as the store makes them and every reader can see them.
   */
  append(writes: readonly Write[], guards?: readonly Guard[]): Promise<Either<Conflict, Appended>>
  /** The events of a stream in order. None for a stream that is not there. */
  read(stream: StreamName, options?: StreamReadOptions): AsyncIterable<Page>
  /** The log in order, up to the end it has when it is reached. */
  readAll(options: LogReadOptions): AsyncIterable<Page>
  /**
   * The log in order and then what comes, until `signal` aborts: it then ends, without an error. Pull: it reads
   * on when asked, skips nothing and repeats nothing. Yields a page with `caughtUp` whenever it reaches the end,
   * and a page without events when only unwanted ones came. It survives a lost connection; it rejects only for
   * what does not heal.
   */
  subscribe(options: SubscribeOptions, signal: AbortSignal): AsyncIterable<Page>
  /** The position of the last event; `START` when there is none. */
  head(): Promise<Position>
  /** Ends what runs, releases everything. Later calls reject with `closed`. May be called again. */
  close(): Promise<void>
}
