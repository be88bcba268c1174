import type { Event, EventFamily, Json, LogFilter, Recorded } from '@ramal/core'

/** How a state is kept between two runs. A snapshot is a cache: what cannot be read is rebuilt from the log. */
export interface Snapshot<S> {
  /** Must not share anything with the state that `apply` changes later. */
  readonly encode: (state: S) => Json
  /** Nothing for what this code cannot read; the projection then starts over. */
  readonly decode: (json: Json) => S | undefined
}

/**
 * A fold of the log into a read model. Pure: no clock, no randomness, nothing outside the state. `apply` changes
 * a state that it owns, and takes every event that the filter lets through; it either applies an event or throws.
 */
export interface Projection<S> extends LogFilter {
  readonly name: string
  /** Counts up with every change that makes another state of the same log. An integer from 1. */
  readonly version: number
  readonly initial: () => S
  readonly apply: (state: S, event: Recorded) => void
  /** Without it the state lives in memory only and is rebuilt at every start. */
  readonly snapshot?: Snapshot<S>
}

/** For states that are JSON themselves. */
export const jsonSnapshot = <S>(): Snapshot<S> => ({
  encode: (state) => JSON.parse(JSON.stringify(state)),
  decode: (json) => json as S,
})

/** Gives a recorded event its type, in its newest shape; nothing for an event of none of the families. */
export const reading = <Ev extends Event>(
  ...families: readonly EventFamily<Ev>[]
): ((event: Recorded) => Recorded<Ev> | undefined) => {
  const byType = new Map<string, { readonly prefix: string; readonly family: EventFamily<Ev> }>()
  for (const family of families)
    for (const type of family.types.keys()) {
      if (byType.has(type)) throw new TypeError(`Two families have the event type ${type}.`)
      byType.set(type, { prefix: `${family.category}-`, family })
    }
  return (event) => {
    const found = byType.get(event.type)
    return found && event.stream.startsWith(found.prefix) ? found.family.upcast(event) : undefined
  }
}
