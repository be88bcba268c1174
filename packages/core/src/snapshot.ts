import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { integer } from './codecs.js'
import type { Reducer } from './decider.js'
import type { Event, EventId, Metadata } from './event.js'
import { hashOf } from './json.js'
import type { StreamName } from './stream-name.js'

/** A state that was folded before. A cache, never truth: to lose it costs time and nothing else. */
export interface Snapshot {
  /** Of the last event in it. */
  readonly version: number
  /** Of the last event in it: a snapshot of another log, or from after a restored backup, is not taken for ours. */
  readonly eventId: EventId
  /** What led to the last events in it, oldest first, so that a repeated command is still known as one. */
  readonly commands: readonly string[]
  readonly state: unknown
}

/**
 * Where snapshots are kept. Both methods may reject: the state is then folded from the log. What `get` gives is
 * checked, so it may be old, cut off or wrong.
 */
export interface Snapshots {
  /** What was put last for this stream under this hash, if it is still there. */
  get(stream: StreamName, foldHash: string): Promise<unknown>
  put(stream: StreamName, foldHash: string, snapshot: Snapshot): Promise<void>
}

export interface SnapshotUse {
  readonly snapshots?: Snapshots
  /** A new snapshot is put when so many events came since the last. Default 100. */
  readonly snapshotEvery?: number
}

/** So many commands before a snapshot are known as repeated. */
export const SNAPSHOT_COMMANDS = 256

const snapshotCodec = t.type({
  version: integer(0),
  eventId: t.string,
  commands: t.array(t.string),
  state: t.unknown,
})

/**
 * Names a way of folding: the version that its author gives it, and every event type with its version.
 * Nothing for a reducer whose states are not kept.
 */
export const foldHashOf = <Ev extends Event, S>({ events, snapshot }: Reducer<Ev, S>): string | undefined =>
  snapshot &&
  hashOf({
    category: events.category,
    version: snapshot.version,
    types: Object.fromEntries([...events.types.values()].map(({ type, version }) => [type, version])),
  })

/** A snapshot of this very way of folding that decodes, if there is one. */
export const recall = async <Ev extends Event, S>(
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  { snapshots }: SnapshotUse,
): Promise<(Snapshot & { readonly state: S }) | undefined> => {
  const hash = snapshots && foldHashOf(reducer)
  if (hash === undefined) return undefined
  const kept = snapshotCodec.decode(await snapshots?.get(stream, hash).catch(() => undefined))
  if (E.isLeft(kept)) return undefined
  const codec = reducer.snapshot?.codec
  if (!codec) return { ...kept.right, state: kept.right.state as S }
  const state = codec.decode(kept.right.state)
  return E.isLeft(state) ? undefined : { ...kept.right, state: state.right }
}

export interface Keepable<S> {
  readonly state: S
  readonly version: number
  /** From which this was folded. */
  readonly snapshot: Snapshot | undefined
  /** All since then, or since the beginning. */
  readonly events: readonly { readonly meta: Metadata }[]
}

/** Puts a snapshot when enough events came since the last. A cache that fails is no reason for a command to fail. */
export const keep = async <Ev extends Event, S>(
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  { state, version, snapshot, events }: Keepable<S>,
  { snapshots, snapshotEvery = 100 }: SnapshotUse,
): Promise<void> => {
  const hash = snapshots && foldHashOf(reducer)
  const last = events.at(-1)
  if (hash === undefined || !last || version - (snapshot?.version ?? -1) < snapshotEvery) return
  const codec = reducer.snapshot?.codec
  const commands = [...(snapshot?.commands ?? []), ...events.map(({ meta }) => meta.causationId)]
  const kept: Snapshot = {
    version,
    eventId: last.meta.id,
    commands: [...new Set(commands)].slice(-SNAPSHOT_COMMANDS),
    state: codec ? codec.encode(state) : state,
  }
  await snapshots?.put(stream, hash, kept).catch(() => undefined)
}

/** Snapshots in memory, as text. The stream that was longest not asked for goes first when there are too many. */
export const memorySnapshots = ({ most = 10_000 }: { readonly most?: number } = {}): Snapshots => {
  const texts = new Map<string, string>()
  const touch = (key: string, text: string) => {
    texts.delete(key)
    texts.set(key, text)
  }
  return {
    async get(stream, foldHash) {
      const key = `${foldHash} ${stream}`
      const text = texts.get(key)
      if (text === undefined) return undefined
      touch(key, text)
      return JSON.parse(text)
    },
    async put(stream, foldHash, snapshot) {
      touch(`${foldHash} ${stream}`, JSON.stringify(snapshot))
      for (const key of texts.keys()) {
        if (texts.size <= most) return
        texts.delete(key)
      }
    },
  }
}
