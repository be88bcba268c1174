import type { Recorded } from '@ramal/core'
import { categoryOf, positionOf } from '@ramal/core'
import { type Beside, pause, withDatabase } from './beside.js'
import type { Database } from './database.js'

export interface Integrity {
  /** Nothing was found. */
  readonly ok: boolean
  /** What is wrong and where, at most 100. */
  readonly faults: readonly string[]
  readonly events: number
  readonly streams: number
}

const MOST_FAULTS = 100

/** Rows looked at in one go. */
const PORTION = 500

interface Row {
  readonly position: number
  readonly version: number
  readonly id: string | null
  readonly body: string
  readonly name: string | null
  readonly category: string | null
  readonly type: string | null
}

/** What a body says otherwise than the columns beside it. */
const contradiction = (row: Row): string | undefined => {
  let event: Recorded
  try {
    event = JSON.parse(row.body)
  } catch {
    return 'its body is no JSON'
  }
  if (event.position !== positionOf(row.position)) return `its body says position ${event.position}`
  if (event.version !== row.version) return `its body says version ${event.version}, its row ${row.version}`
  if (event.stream !== row.name) return `its body says stream ${event.stream}, its row ${row.name}`
  if (event.type !== row.type) return `its body says type ${event.type}, its row ${row.type}`
  if (categoryOf(event.stream) !== row.category) return `its row says category ${row.category}`
  if (row.id !== null && row.id !== event.meta.id)
    return `its body says id ${event.meta.id}, its row ${row.id}`
  return undefined
}

const checkOrder = (db: Database, note: (fault: string) => void): void => {
  const { count, low, high } = db
    .prepare('SELECT count(*) AS count, min(position) AS low, max(position) AS high FROM event')
    .get() as { count: number; low: number | null; high: number | null }
  if (count > 0 && (low !== 1 || high !== count))
    note(`Positions have gaps: ${count} events from position ${low} to ${high}.`)
  const gaps = db
    .prepare(
      `SELECT sid, count(*) AS count, min(version) AS low, max(version) AS high FROM event
       GROUP BY sid HAVING low <> 0 OR high <> count - 1 LIMIT ${MOST_FAULTS}`,
    )
    .all() as { sid: number; count: number; low: number; high: number }[]
  for (const { sid, count: n, low: first, high: last } of gaps)
    note(`Versions of stream number ${sid} have gaps: ${n} events from version ${first} to ${last}.`)
}

/** Whether each event that must be found by its id is found, and nothing else. */
const checkClaims = (db: Database, note: (fault: string) => void): void => {
  const missing = db
    .prepare(
      `SELECT position FROM event WHERE id IS NOT NULL AND position <= (SELECT position FROM claimed)
       AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.id = event.id AND claim.position = event.position)
       LIMIT ${MOST_FAULTS}`,
    )
    .all() as { position: number }[]
  for (const { position } of missing) note(`Position ${position}: its id finds nothing.`)
  const wrong = db
    .prepare(
      `SELECT claim.position FROM claim LEFT JOIN event USING (position) WHERE event.id IS NOT claim.id
       LIMIT ${MOST_FAULTS}`,
    )
    .all() as { position: number }[]
  for (const { position } of wrong) note(`Position ${position}: the id of another event leads to it.`)
}

/** Reads the whole log on a connection of its own, in portions; only SQLite's own check runs in one go. */
export const checkIntegrity = (beside: Beside): Promise<Integrity> =>
  withDatabase(beside, beside.file, true, 'Checking', async (db) => {
    const faults: string[] = []
    const note = (fault: string) => {
      if (faults.length < MOST_FAULTS) faults.push(fault)
    }
    const count = (table: string) =>
      (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
    for (const row of db.prepare(`PRAGMA integrity_check(${MOST_FAULTS})`).all() as {
      integrity_check: string
    }[])
      if (row.integrity_check !== 'ok') note(`SQLite: ${row.integrity_check}.`)
    checkOrder(db, note)
    checkClaims(db, note)
    const rows = db.prepare(
      `SELECT position, version, id, body, name, category, type
       FROM event LEFT JOIN stream USING (sid) LEFT JOIN kind USING (kind)
       WHERE position > ? ORDER BY position LIMIT ${PORTION}`,
    )
    for (let after = 0; ; ) {
      const portion = rows.all(after) as Row[]
      for (const row of portion) {
        const fault = contradiction(row)
        if (fault) note(`Position ${row.position}: ${fault}.`)
      }
      if (portion.length < PORTION) break
      after = portion.at(-1)!.position
      await pause(beside, 'The check of')
    }
    return { ok: faults.length === 0, faults, events: count('event'), streams: count('stream') }
  })
