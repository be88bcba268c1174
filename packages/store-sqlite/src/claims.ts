import type { EventId } from '@ramal/core'
import type { Database } from './database.js'
import { openInserts } from './inserts.js'

/** Where an event stands. */
interface Place {
  readonly sid: number
  readonly version: number
  readonly position: number
}

/** Finds events by their ids: those that may be only once in the log, and those that no version tells from a retry. */
export interface Claims {
  /** The version at which an event of this id stands in a stream. */
  versionIn(id: EventId, sid: number): number | undefined
  /** The first of these ids that an event has, and the number of that event's stream. */
  held(ids: readonly EventId[]): { readonly id: EventId; readonly sid: number } | undefined
  add(id: EventId, place: Place): void
  /** In a transaction, before its commit: writes down some of what is only in memory. `last`: the end of the log. */
  settle(last: number): void
  /** After a transaction was undone. */
  reload(): void
}

/** Ids that wait in memory. */
const MOST = 8_192

/** Most events after the mark: so many are looked at when the log is opened. */
const LONGEST = 32_768

/** By the first two digits of an id. */
const BUCKETS = 256

/** Ids a look. */
const AT_ONCE = 16

/**
 * Ids come in no order, so each would be one more page to write, at a random place of their index. They wait in memory
 * until there are many, and those that stand next to each other are written together, digits by digits in turn: a page
 * takes several at once. After each turn a mark says up to which event all are written; the rest is in the events, and
 * is read again from there when the log is opened.
 */
export const openClaims = (db: Database): Claims => {
  const inserts = openInserts(db, 'claim', ['id', 'position'], 'INSERT OR IGNORE')
  // By the id first: a stream may be as long as the log.
  const selectIn = db.prepare(
    'SELECT version FROM claim CROSS JOIN event USING (position) WHERE claim.id = ? AND sid = ?',
  )
  const selectHolder = (ids: number) =>
    db.prepare(
      `SELECT sid FROM claim CROSS JOIN event USING (position)
       WHERE claim.id IN (${Array.from({ length: ids }, () => '?')}) LIMIT 1`,
    )
  const holderOf = selectHolder(1)
  const holderOfAny = selectHolder(AT_ONCE)
  const selectMark = db.prepare('SELECT position FROM claimed')
  const updateMark = db.prepare('UPDATE claimed SET position = ?')
  const selectRest = db.prepare(
    'SELECT id, sid, version, position FROM event WHERE position > ? AND id IS NOT NULL',
  )
  const selectLast = db.prepare('SELECT max(position) AS position FROM event')
  const waiting = Array.from({ length: BUCKETS }, () => new Map<EventId, Place[]>())
  let count = 0
  /** The bucket to be written next. */
  let next = 0
  /** The end of the log when this turn began: what came before is written when it ends. */
  let began = 0
  /** From where the length of the turn counts. */
  let since = 0

  const bucketOf = (id: EventId) => waiting[Number.parseInt(id.slice(0, 2), 16)] ?? waiting[0]!

  const add = (id: EventId, place: Place): void => {
    const bucket = bucketOf(id)
    const others = bucket.get(id)
    if (others) others.push(place)
    else bucket.set(id, [place])
    count++
  }

  const write = (bucket: Map<EventId, Place[]>): void => {
    for (const id of [...bucket.keys()].sort())
      for (const { position } of bucket.get(id)!) {
        inserts.add(id, position)
        count--
      }
    inserts.flush()
    bucket.clear()
  }

  const reload = (): void => {
    for (const bucket of waiting) bucket.clear()
    inserts.forget()
    count = 0
    next = 0
    since = (selectMark.get() as { position: number }).position
    began = (selectLast.get() as { position: number | null }).position ?? 0
    for (const { id, ...place } of selectRest.all(since) as (Place & { id: EventId })[]) add(id, place)
  }

  const find = (id: EventId): number | undefined =>
    bucketOf(id).get(id)?.[0]?.sid ?? (holderOf.get(id) as { sid: number } | undefined)?.sid

  /** Nearly always none is there, and that many are told with one look. */
  const areNew = (ids: readonly EventId[]): boolean =>
    ids.length === AT_ONCE &&
    ids.every((id) => !bucketOf(id).has(id)) &&
    holderOfAny.get(...ids) === undefined

  reload()
  return {
    add,
    reload,
    held(ids) {
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const some = ids.slice(from, from + AT_ONCE)
        if (areNew(some)) continue
        for (const id of some) {
          const sid = find(id)
          if (sid !== undefined) return { id, sid }
        }
      }
      return undefined
    },
    versionIn(id, sid) {
      const found = bucketOf(id)
        .get(id)
        ?.find((place) => place.sid === sid)
      return found?.version ?? (selectIn.get(id, sid) as { version: number } | undefined)?.version
    },
    settle(last) {
      while (count > MOST || next < (BUCKETS * (last - since)) / LONGEST) {
        write(waiting[next++]!)
        if (next < BUCKETS) continue
        updateMark.run(began)
        next = 0
        began = last
        since = last
      }
    },
  }
}
