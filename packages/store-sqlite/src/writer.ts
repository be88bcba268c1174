import {
  type Appended,
  type Conflict,
  type EventId,
  encodeRecorded,
  frozenRecord,
  type Guard,
  type Instant,
  meets,
  type NewEvent,
  positionOf,
  StoreError,
  type StreamName,
  type Write,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { openClaims } from './claims.js'
import type { Database } from './database.js'
import { type Head, openHeads } from './heads.js'
import { openInserts } from './inserts.js'
import type { Kinds } from './kinds.js'
import type { Tail, TailEvent } from './tail.js'

export interface Append {
  readonly writes: readonly Write[]
  readonly guards: readonly Guard[]
}

/** What became of one append: a value, or an error that is its alone. */
export type Outcome = E.Either<Conflict, Appended> | StoreError

export interface Writer {
  /** Position of the last event, 0 for an empty log. */
  head(): number
  /** Carries out all in one transaction, in order, each all or nothing. When it throws, none was written. */
  commit(appends: readonly Append[], now: Instant): readonly Outcome[]
}

/** A write, and where its stream ends; nothing where it is not there. */
interface Target extends Write {
  readonly head: Head | undefined
}

interface Standing {
  readonly stream: StreamName
  readonly version: number
  readonly position: number
}

/**
 * Whether an event can be looked up by its id: where no version tells a retry from something new. Everywhere else the
 * version does, at no cost.
 */
const isFindable = ({ expected }: Write, event: NewEvent): boolean =>
  event.once === true || expected === 'any' || expected === 'exists'

export const openWriter = (db: Database, kinds: Kinds, cacheSize: number, tail: Tail): Writer => {
  const inserts = openInserts(db, 'event', ['position', 'sid', 'version', 'kind', 'id', 'body'])
  const heads = openHeads(db, cacheSize, inserts.flush)
  const selectLast = db.prepare('SELECT max(position) AS position FROM event')
  const selectAt = db.prepare('SELECT position, body FROM event WHERE sid = ? AND version = ?')
  const claims = openClaims(db, inserts.flush)
  const readLast = () => (selectLast.get() as { position: number | null }).position ?? 0
  /** What this transaction has written, for those who follow. */
  let written: TailEvent[] = []
  let last = readLast()
  let open = false

  const firstVersion = ({ expected, events }: Write, { sid }: Head): number | undefined => {
    if (expected === 'empty') return 0
    if (typeof expected === 'object') return expected.at + 1
    return claims.versionIn(events[0]!.meta.id, sid)
  }

  /** Where the events of a write already stand in their stream, if all of them do and in this order. */
  const standing = (write: Target): Standing | undefined => {
    const { head } = write
    if (!head) return undefined
    const first = firstVersion(write, head)
    if (first === undefined) return undefined
    const version = first + write.events.length - 1
    if (version > head.version) return undefined
    inserts.flush()
    let position = 0
    for (const [i, { meta }] of write.events.entries()) {
      const row = selectAt.get(head.sid, first + i) as { position: number; body: string }
      const body: { readonly meta: { readonly id: EventId } } = JSON.parse(row.body)
      if (body.meta.id !== meta.id) return undefined
      position = row.position
    }
    return { stream: write.stream, version, position }
  }

  const repeatOf = (writes: readonly Target[]): Appended | undefined => {
    if (writes.length === 0) return undefined
    const before: Standing[] = []
    for (const write of writes) {
      const found = standing(write)
      if (!found) return undefined
      before.push(found)
    }
    return {
      position: positionOf(Math.max(...before.map((s) => s.position))),
      versions: new Map(before.map((s) => [s.stream, s.version])),
      repeated: true,
    }
  }

  const wrongVersion = ({ stream, expected }: Guard, head: Head | undefined): Conflict | undefined => {
    const actual = head?.version ?? -1
    if (meets(expected, actual)) return undefined
    return { _tag: 'WrongVersion', stream, expected, actual: actual < 0 ? 'none' : actual }
  }

  const duplicate = ({ stream, expected, events, head }: Target): Conflict | undefined => {
    const held = claims.held(events.filter(({ once }) => once).map(({ meta }) => meta.id))
    if (held) return { _tag: 'Duplicate', id: held.id, stream: heads.nameOf(held.sid) }
    if (!head || (expected !== 'any' && expected !== 'exists')) return undefined
    for (const { once, meta } of events)
      if (!once && claims.versionIn(meta.id, head.sid) !== undefined)
        return { _tag: 'Duplicate', id: meta.id, stream }
    return undefined
  }

  const conflictOf = (targets: readonly Target[], guards: readonly Guard[]): Conflict | undefined => {
    for (const target of targets) {
      const found = wrongVersion(target, target.head)
      if (found) return found
    }
    for (const guard of guards) {
      const found = wrongVersion(guard, heads.of(guard.stream))
      if (found) return found
    }
    for (const target of targets) {
      const found = duplicate(target)
      if (found) return found
    }
    return undefined
  }

  const append = ({ writes: wanted, guards }: Append, now: Instant): Outcome => {
    const targets = wanted.map(
      ({ stream, expected, events }): Target => ({ stream, expected, events, head: heads.of(stream) }),
    )
    const writes = targets.filter(({ events }) => events.length > 0)
    // Before anything is looked up: outside of a transaction each look takes and gives back the locks of the file.
    if (!open && writes.length > 0) {
      db.exec('BEGIN IMMEDIATE')
      open = true
    }
    const repeat = repeatOf(writes)
    if (repeat) return E.right(repeat)
    const conflict = conflictOf(targets, guards)
    if (conflict) return E.left(conflict)
    // Everything is encoded before anything is written: an event that does not encode leaves no trace.
    const bodies: string[] = []
    for (const { stream, events, head } of writes) {
      let version = head?.version ?? -1
      for (const event of events)
        bodies.push(encodeRecorded(event, stream, ++version, positionOf(last + bodies.length + 1), now))
    }
    const versions = new Map<StreamName, number>()
    let i = 0
    for (const write of writes) {
      const head = write.head ?? heads.create(write.stream)
      let type: string | undefined
      let kind = 0
      for (const event of write.events) {
        if (event.type !== type) kind = kinds.numberOf(write.stream, event.type)
        type = event.type
        const id = isFindable(write, event) ? event.meta.id : null
        const body = bodies[i++]!
        inserts.add(++last, head.sid, ++head.version, kind, id, body)
        if (id !== null) claims.add(id, last)
        if (tail.begun) {
          const record = frozenRecord(event, write.stream, head.version, positionOf(last), now)
          written.push({ event: record, kind, size: body.length })
        }
      }
      versions.set(write.stream, head.version)
    }
    return E.right({ position: positionOf(last), versions, repeated: false })
  }

  const undo = () => {
    if (open)
      try {
        db.exec('ROLLBACK')
      } catch {
        // SQLite has undone it by itself, as it does when the disk is full.
      }
    open = false
    written = []
    inserts.forget()
    claims.reload()
    heads.reload()
    kinds.reload()
    last = readLast()
  }

  return {
    head: () => last,
    commit(appends, now) {
      try {
        const outcomes = appends.map((request) => {
          try {
            return append(request, now)
          } catch (error) {
            if (error instanceof StoreError && error.code === 'invalid') return error
            throw error
          }
        })
        inserts.flush()
        if (open) {
          claims.settle(last)
          db.exec('COMMIT')
        }
        open = false
        tail.add(written, last)
        written = []
        return outcomes
      } catch (error) {
        undo()
        throw error
      }
    },
  }
}
