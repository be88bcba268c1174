import type { Either } from 'fp-ts/lib/Either.js'
import { produce } from 'immer'
import type * as t from 'io-ts'
import type { EventFamily } from './codec.js'
import type { Event, Fact } from './event.js'

/**
 * How a fact changes a state, written in the plain mutating style and run in two ways, see `evolve` and
 * `foldOwned`. It returns nothing, keeps no part of the event that it later changes, and neither reads a clock
 * nor draws a random number. It takes every event of its family and never throws.
 */
export type Recipe<S, Ev extends Event = Event> = (draft: S, event: Fact<Ev>) => void

/** How facts make a state. */
export interface Reducer<Ev extends Event, S> {
  readonly events: EventFamily<Ev>
  /** A new state in each call: the first events change it where it is. */
  readonly initial: () => S
  readonly apply: Recipe<S, Ev>
  /** Lets states be kept as snapshots. Without it every state is folded from the first event. */
  readonly snapshot?: SnapshotFormat<S>
}

export interface SnapshotFormat<S> {
  /** Raise it whenever the same facts would make another state: states of other versions are discarded. */
  readonly version: number
  /** For a state that JSON does not carry as it is; one that does not decode is discarded. */
  readonly codec?: t.Type<S, unknown, unknown>
}

/** A reducer with a decision: what follows from a command in a state. */
export interface Decider<C, Ev extends Event, S, R> extends Reducer<Ev, S> {
  /**
   * Right: the events that follow; none when what is commanded is already so. Left: why it is refused.
   * Deciding the same command again, after its events were applied, gives none or a refusal.
   */
  readonly decide: (command: C, state: Readonly<S>) => Either<R, readonly Ev[]>
}

/** The next state; the old one lives on, and both are frozen. For commands, time travel, tests and pages. */
export const evolve = <S, Ev extends Event>(apply: Recipe<S, Ev>, state: S, event: Fact<Ev>): S =>
  produce(state, (draft) => {
    apply(draft as S, event)
  })

/** As `evolve` for several events, under one draft: two to three times as fast for each event. */
export const evolveAll = <S, Ev extends Event>(
  apply: Recipe<S, Ev>,
  state: S,
  events: readonly Fact<Ev>[],
): S =>
  events.length === 0
    ? state
    : produce(state, (draft) => {
        for (const event of events) apply(draft as S, event)
      })

/** Changes a state that nobody else holds, at full speed. For replay, the router and projections. */
export const foldOwned = <S, Ev extends Event>(
  apply: Recipe<S, Ev>,
  state: S,
  events: Iterable<Fact<Ev>>,
): S => {
  for (const event of events) apply(state, event)
  return state
}
