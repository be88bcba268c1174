import type { StreamName } from '@ramal/core'
import { generationCache } from './cache.js'
import type { Database } from './database.js'

/** A stream's number, and the version of its last event. */
export interface Head {
  readonly sid: number
  version: number
}

/** Where each stream ends; kept in memory for those in use, which holds because there is one writer. */
export interface Heads {
  of(stream: StreamName): Head | undefined
  create(stream: StreamName): Head
  nameOf(sid: number): StreamName | undefined
  /** After a transaction was undone. */
  reload(): void
}

/** @param flush called before the events are read: some may still be on their way */
export const openHeads = (db: Database, cacheSize: number, flush: () => void): Heads => {
  const selectSid = db.prepare('SELECT sid FROM stream WHERE name = ?')
  const selectName = db.prepare('SELECT name FROM stream WHERE sid = ?')
  const selectVersion = db.prepare('SELECT max(version) AS version FROM event WHERE sid = ?')
  const selectLast = db.prepare('SELECT max(sid) AS sid FROM stream')
  const insert = db.prepare('INSERT INTO stream (sid, name) VALUES (?, ?)')
  const cache = generationCache<StreamName, Head | 'none'>(cacheSize)
  let lastSid = 0
  const reload = () => {
    cache.clear()
    lastSid = (selectLast.get() as { sid: number | null }).sid ?? 0
  }
  reload()
  return {
    reload,
    nameOf: (sid) => (selectName.get(sid) as { name: StreamName } | undefined)?.name,
    of(stream) {
      const known = cache.get(stream)
      if (known) return known === 'none' ? undefined : known
      const row = selectSid.get(stream) as { sid: number } | undefined
      if (!row) {
        // A new stream is asked for several times before it is there.
        cache.set(stream, 'none')
        return undefined
      }
      flush()
      const { version } = selectVersion.get(row.sid) as { version: number | null }
      const head = { sid: row.sid, version: version ?? -1 }
      cache.set(stream, head)
      return head
    },
    create(stream) {
      const head = { sid: ++lastSid, version: -1 }
      insert.run(head.sid, stream)
      cache.set(stream, head)
      return head
    },
  }
}
