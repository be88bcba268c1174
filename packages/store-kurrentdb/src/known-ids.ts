import { type EventId, type Recorded, StoreError, type StreamName } from '@ramal/core'
import type { Connection } from './connection.js'
import { fromServer } from './envelope.js'
import { readEvents } from './read.js'

/** Where the ids of a stream stand, up to a version. */
export interface KnownStream {
  /** Of the last event; -1 without one. */
  version: number
  readonly events: Map<EventId, Recorded['version']>
}

export interface KnownIds {
  /** What was known last, which others may have made old by now; nothing for a stream that is not kept. */
  last(stream: StreamName): KnownStream | undefined
  /** All ids of a stream, up to its end. Reads what came since it was asked last. */
  of(stream: StreamName): Promise<KnownStream>
  /** These were just written, up to version `last`: where they follow what is known they need not be read. */
  add(stream: StreamName, last: number, ids: readonly EventId[]): void
}

/** Most ids that are kept, over all streams: some ten megabytes. */
const MOST = 100_000

const PAGE = 1_000

/**
 * An append that expects no version can be told from its retry only by the ids in its stream. They are read once
 * and kept for the streams last used; then only what is new is read.
 */
export const knownIds = (connection: Connection): KnownIds => {
  const kept = new Map<StreamName, KnownStream>()
  let size = 0
  const forget = (stream: StreamName) => {
    size -= kept.get(stream)?.events.size ?? 0
    kept.delete(stream)
  }
  const keep = (stream: StreamName, known: KnownStream) => {
    kept.set(stream, known)
    size += known.events.size
    for (const oldest of kept.keys()) {
      if (size <= MOST) return
      forget(oldest)
    }
  }
  return {
    last: (stream) => kept.get(stream),
    async of(stream) {
      const known = kept.get(stream) ?? { version: -1, events: new Map() }
      forget(stream)
      for (;;) {
        const raw = await readEvents(connection, stream, known.version + 1, PAGE)
        for (const event of raw) {
          const id = fromServer(event)?.meta.id
          if (id === undefined)
            throw new StoreError('schema', `Event ${event.revision} of ${stream} was not written by Ramal.`)
          known.version = Number(event.revision)
          known.events.set(id, known.version)
        }
        if (raw.length < PAGE) break
      }
      keep(stream, known)
      return known
    },
    add(stream, last, ids) {
      const known = kept.get(stream)
      if (known?.version !== last - ids.length) return
      forget(stream)
      for (const id of ids) {
        known.version += 1
        known.events.set(id, known.version)
      }
      keep(stream, known)
    },
  }
}
