import { produce } from 'immer'
import type { EventFamily } from './codec.js'
import type { Reducer } from './decider.js'
import type { Event, Fact, Recorded } from './event.js'
import { frozen } from './frozen.js'
import { keep, recall, type Snapshot, type SnapshotUse } from './snapshot.js'
import type { EventStore } from './store.js'
import type { StreamName } from './stream-name.js'

export interface Loaded<S> {
  readonly state: S
  /** -1 for a stream without events. */
  readonly version: number
}

/** A state, and how it came to be. */
export interface Folding<S> extends Loaded<S> {
  /** The snapshot from which it was folded. */
  readonly snapshot: Snapshot | undefined
  /** All that was read since the snapshot, or since the beginning. */
  readonly events: readonly Recorded[]
}

/** The events that the family knows, in their newest shape. */
export const factsOf = <Ev extends Event>(
  family: EventFamily<Ev>,
  events: readonly Recorded[],
): readonly Fact<Ev>[] =>
  events.flatMap((recorded) => {
    const fact = family.upcast(recorded)
    return fact ? [fact as Fact<Ev>] : []
  })

const fold = <Ev extends Event, S>(
  { events: family, apply }: Reducer<Ev, S>,
  state: S,
  events: readonly Recorded[],
): void => {
  for (const recorded of events) {
    const fact = family.upcast(recorded)
    if (fact) apply(state, fact as Fact<Ev>)
  }
}

/** From the first event on: nobody else holds the state, so it needs no draft and is frozen once. */
const foldFirst = <Ev extends Event, S>(reducer: Reducer<Ev, S>, events: readonly Recorded[]): Folding<S> => {
  const state = reducer.initial()
  if (typeof state === 'object' && state !== null && Object.isFrozen(state))
    throw new TypeError(
      `\`initial\` for "${reducer.events.category}" gives a state that is in use: make a new one in each call.`,
    )
  fold(reducer, state, events)
  return { state: frozen(state), version: events.at(-1)?.version ?? -1, snapshot: undefined, events }
}

const foldOn = <Ev extends Event, S>(
  reducer: Reducer<Ev, S>,
  { state, version, snapshot, events: before }: Folding<S>,
  events: readonly Recorded[],
): Folding<S> => ({
  state: produce(state, (draft) => fold(reducer, draft as S, events)),
  version: events.at(-1)?.version ?? version,
  snapshot,
  events: [...before, ...events],
})

const readFrom = async (
  store: EventStore,
  stream: StreamName,
  from: number,
): Promise<readonly Recorded[]> => {
  const pages: (readonly Recorded[])[] = []
  for await (const { events, caughtUp } of store.read(stream, { from })) {
    pages.push(events)
    if (caughtUp) break
  }
  return pages.length === 1 ? pages[0]! : pages.flat()
}

/** Reads a stream on from where `from` stands and folds what is new. */
export const loadOn = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  from: Folding<S>,
): Promise<Folding<S>> => foldOn(reducer, from, await readFrom(store, stream, from.version + 1))

/** Whether the stream holds the last event of the snapshot in its place. */
const stands = async (store: EventStore, stream: StreamName, snapshot: Snapshot): Promise<boolean> => {
  for await (const { events } of store.read(stream, { from: snapshot.version, limit: 1 }))
    if (events[0]) return events[0].meta.id === snapshot.eventId
  return false
}

/** The state of a stream, from a snapshot where there is one that `fits`. */
export const begin = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  use: SnapshotUse,
  fits: (snapshot: Snapshot) => boolean = () => true,
): Promise<Folding<S>> => {
  const snapshot = use.snapshots && (await recall(reducer, stream, use))
  if (!(snapshot && fits(snapshot) && (await stands(store, stream, snapshot))))
    return foldFirst(reducer, await readFrom(store, stream, 0))
  const { state, version } = snapshot
  return loadOn(store, reducer, stream, { state, version, snapshot, events: [] })
}

/** The state of a stream now. */
export const load = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  use: SnapshotUse = {},
): Promise<Loaded<S>> => {
  const { snapshots } = use
  const folding = snapshots
    ? await begin(store, reducer, stream, use)
    : foldFirst(reducer, await readFrom(store, stream, 0))
  if (snapshots) await keep(reducer, stream, folding, use)
  return { state: folding.state, version: folding.version }
}
