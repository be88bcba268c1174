import type { Clock, EventStore, Position, Recorded } from '@ramal/core'
import type { FailurePolicy } from './failure.js'
import type { Parked, ProjectionStorage } from './storage.js'

export interface RunDeps {
  readonly store: EventStore
  readonly clock: Clock
  /** Ends the run; what is not saved yet is saved first. */
  readonly signal: AbortSignal
  /** Default: in memory. */
  readonly storage?: ProjectionStorage
}

export interface RunOptions<S> {
  /**
   * What follows from an event outside the log, such as a notification. Runs only while this version answers,
   * once for each event after the head of the log at the very first start, or after what the version before has
   * done; after a crash perhaps again. The state is at least as new as the event.
   */
  readonly effects?: (event: Recorded, state: Readonly<S>) => Promise<void> | void
  /** Default: stop at the first failure. */
  readonly onFailure?: FailurePolicy
  /** Saves after so many events. Default 50,000. */
  readonly saveEvery?: number
  /** Saves when the last time is so long ago and something came, in ms. Default 10,000. */
  readonly saveWithin?: number
}

/** How a run ended. `Fenced`: another runner has this version now. `Superseded`: a newer version answers. */
export type Outcome =
  | { readonly _tag: 'Ended' }
  | { readonly _tag: 'Failed'; readonly error: unknown }
  | { readonly _tag: 'Fenced'; readonly holder: number }
  | { readonly _tag: 'Superseded'; readonly by: number }

export interface Progress {
  /** The state is the fold of the log up to here, without what is parked. */
  readonly position: Position
  /** Events applied since the start of the run. */
  readonly applied: number
  /** The end of the log, as it was when last read, has been reached. */
  readonly caughtUp: boolean
  /** While behind: how long ago the event applied last was recorded, in ms. 0 when caught up. */
  readonly lag: number
  /** This version is the one that answers. */
  readonly serving: boolean
  readonly parked: readonly Parked[]
}

export interface RunningProjection<S> {
  readonly name: string
  readonly version: number
  /** To read, not to keep: it changes with the next event. */
  readonly state: Readonly<S>
  readonly progress: Progress
  /** Everything that is in the log now has been applied. @throws ProjectionStopped */
  caughtUp(): Promise<void>
  /** Everything up to this position has been applied. @throws ProjectionStopped */
  reached(position: Position): Promise<void>
  /** Called after each page, at most once for it. Returns how to stop. */
  onChange(listener: () => void): () => void
  /** As `onChange`, by pull. Ends with the run. */
  changes(signal?: AbortSignal): AsyncIterable<void>
  /** Starts over from the first event, and resolves when it is back at the end. Effects do not run again. */
  rebuild(options?: { readonly unpark?: boolean }): Promise<void>
  readonly outcome: Promise<Outcome>
}
