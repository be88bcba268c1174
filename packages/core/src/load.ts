import { evolveAll, type Reducer } from './decider.js'
import type { Event, EventId, Fact } from './event.js'
import { keep, recall, type Snapshot, type SnapshotUse } from './snapshot.js'
import type { EventStore } from './store.js'
import type { StreamName } from './stream-name.js'

export interface Loaded<S> {
  readonly state: S
  /** -1 for a stream without events. */
  readonly version: number
}

/** A state, how it came to be, and what was read last. */
export interface Folding<Ev extends Event, S> extends Loaded<S> {
  readonly eventId: EventId | undefined
  /** What led to the events so far; of those before a snapshot only the last. */
  readonly commands: readonly string[]
  /** Version of the snapshot from which it was folded, -1 for none. */
  readonly since: number
  /** What the last read added. */
  readonly facts: readonly Fact<Ev>[]
}

/** Reads a stream on from where `from` stands and folds what is new. */
export const loadOn = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  from: Folding<Ev, S>,
): Promise<Folding<Ev, S>> => {
  const facts: Fact<Ev>[] = []
  const commands = [...from.commands]
  let { version, eventId } = from
  for await (const { events } of store.read(stream, { from: from.version + 1 }))
    for (const recorded of events) {
      const fact = reducer.events.upcast(recorded)
      if (fact) facts.push(fact as Fact<Ev>)
      version = recorded.version
      eventId = recorded.meta.id
      commands.push(recorded.meta.causationId)
    }
  const state = evolveAll(reducer.apply, from.state, facts)
  return { state, version, eventId, commands, since: from.since, facts }
}

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
): Promise<Folding<Ev, S>> => {
  const kept = await recall(reducer, stream, use)
  if (kept && fits(kept) && (await stands(store, stream, kept)))
    return loadOn(store, reducer, stream, { ...kept, since: kept.version, facts: [] })
  const nothing = { state: reducer.initial(), version: -1, eventId: undefined, commands: [], since: -1 }
  return loadOn(store, reducer, stream, { ...nothing, facts: [] })
}

/** The state of a stream now. */
export const load = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  use: SnapshotUse = {},
): Promise<Loaded<S>> => {
  const folding = await begin(store, reducer, stream, use)
  await keep(reducer, stream, folding, use)
  return { state: folding.state, version: folding.version }
}
