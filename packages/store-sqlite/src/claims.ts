import type { EventId } from '@ramal/core'
import type { Database } from './database.js'
import { openInserts } from './inserts.js'

interface Place {
  readonly sid: number
  readonly version: number
}

/** Where events stand that have one id: nearly always one, and no list is made for it. */
type Positions = number | number[]

/** Finds events by their ids: those that may be only once in the log, and those that no version tells from a retry. */
export interface Claims {
  /** The version at which an event of this id stands in a stream. */
  versionIn(id: EventId, sid: number): number | undefined
  /** The first of these ids that an event has, and the number of that event's stream. */
  held(ids: readonly EventId[]): { readonly id: EventId; readonly sid: number } | undefined
  add(id: EventId, position: number): void
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

/** Of a digit in base 16, in small letters, by its character; nothing that counts for any other. */
const digit = (code: number): number => (code < 58 ? code - 48 : code - 87)

/** Ids a look. */
const AT_ONCE = 16

/**
 * Ids come in no order, so each would be one more page to write, at a random place of their index. They wait in memory
 * until there are many, and those that stand next to each other are written together, digits by digits in turn: a page
 * takes several at once. After each turn a mark says up to which event all are written; the rest is in the events, and
 * is read again from there when the log is opened.
 */
export const openClaims = (db: Database, flush: () => void): Claims => {
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
  const selectRest = db.prepare('SELECT id, position FROM event WHERE position > ? AND id IS NOT NULL')
  const selectPlace = db.prepare('SELECT sid, version FROM event WHERE position = ?')
  const selectLast = db.prepare('SELECT max(position) AS position FROM event')
  const waiting = Array.from({ length: BUCKETS }, () => new Map<EventId, Positions>())
  let count = 0
  /** The bucket to be written next. */
  let next = 0
  /** The end of the log when this turn began: what came before is written when it ends. */
  let began = 0
  /** From where the length of the turn counts. */
  let since = 0

  const bucketOf = (id: EventId) =>
    waiting[16 * digit(id.charCodeAt(0)) + digit(id.charCodeAt(1))] ?? waiting[0]!

  const add = (id: EventId, position: number): void => {
    const bucket = bucketOf(id)
    const others = bucket.get(id)
    bucket.set(id, others === undefined ? position : [others, position].flat())
    count++
  }

  const write = (bucket: Map<EventId, Positions>): void => {
    for (const id of [...bucket.keys()].sort())
      for (const position of [bucket.get(id)!].flat()) {
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
    for (const { id, position } of selectRest.all(since) as { id: EventId; position: number }[])
      add(id, position)
  }

  /** Where events of this id stand that are not in the index yet. */
  const waitingOf = (id: EventId): readonly Place[] => {
    const positions = bucketOf(id).get(id)
    if (positions === undefined) return []
    flush()
    return [positions].flat().map((position) => selectPlace.get(position) as Place)
  }

  const find = (id: EventId): number | undefined =>
    waitingOf(id)[0]?.sid ?? (holderOf.get(id) as { sid: number } | undefined)?.sid

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
      const found = waitingOf(id).find((place) => place.sid === sid)
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
