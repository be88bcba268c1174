import {
  type LogFilter,
  ordinalOf,
  type Page,
  type Position,
  positionOf,
  type Recorded,
  START,
  StoreError,
  type StreamName,
} from '@ramal/core'
import type { Database, Statement, Value } from './driver.js'
import type { Kinds } from './kinds.js'

/** Some rows, parsed; `more` when it stopped before the end of what was asked for. */
interface Some {
  readonly events: readonly Recorded[]
  readonly more: boolean
}

export interface Reader {
  /** Events of a stream from a version on, at most `limit`. */
  streamPage(stream: StreamName, from: number, limit: number): Some
  /** The next wanted events of the log up to `head`, at most `limit`. */
  logPage(after: Position, filter: LogFilter, head: number, limit: number): Page
}

/** Bodies larger than this (bytes) are read one by one, so that no page is larger than memory should hold. */
const LARGE = 64 * 1024
const MOST_BYTES = 8 * 1024 * 1024

/** One text of all bodies, in brackets: joining them in JavaScript costs a fifth of the whole. */
const JOINED = `count(*) AS n, max(octet_length(body)) AS large,
  '[' || group_concat(iif(octet_length(body) <= ${LARGE}, body, NULL), ',') || ']' AS bodies`

/** How many rows a filtered page looks at before it says how far it came. */
const SCAN = 20_000

interface Joined {
  readonly n: number
  readonly large: number | null
  readonly bodies: string | null
}

/** Which rows: `condition` and `order` name columns of `event`. */
interface Selection {
  readonly condition: string
  readonly order: 'position' | 'version'
  readonly values: readonly Value[]
  /** Most rows wanted. */
  readonly limit: number
  /** The condition cannot hold for more rows than `limit`, and an index gives them in order. */
  readonly bounded: boolean
}

interface Row {
  readonly position: number
  readonly body: string
}

/** @throws StoreError `invalid` for a position that no SQLite store wrote */
export const checkPosition = (position: Position): number => {
  if (position !== START && !/^\d{16}$/.test(position))
    throw new StoreError(
      'invalid',
      `${JSON.stringify(position)} is no position of an SQLite log; give one back that it gave you.`,
    )
  return ordinalOf(position)
}

export const openReader = (db: Database, kinds: Kinds, file: string): Reader => {
  const statements = new Map<string, Statement>()
  const prepare = (sql: string): Statement => {
    let statement = statements.get(sql)
    if (!statement) {
      if (statements.size > 200) statements.clear()
      statement = db.prepare(sql)
      statements.set(sql, statement)
    }
    return statement
  }

  const parse = ({ position, body }: Row): Recorded => {
    try {
      return JSON.parse(body)
    } catch (cause) {
      throw new StoreError(
        'corrupt',
        `The event at position ${position} of ${file} is no JSON; restore a backup, or read around it with sqlite3.`,
        { cause },
      )
    }
  }

  /** Row by row: for pages with large bodies, and to name the position of a damaged one. */
  const readRows = ({ condition, order, values, limit }: Selection): Some => {
    const events: Recorded[] = []
    const sizes = prepare(
      `SELECT position, octet_length(body) AS bytes FROM event WHERE ${condition} ORDER BY ${order} LIMIT ?`,
    ).all(...values, limit) as { position: number; bytes: number }[]
    let bytes = 0
    for (const row of sizes) {
      bytes += row.bytes
      if (bytes > MOST_BYTES && events.length > 0) break
      const { body } = prepare('SELECT body FROM event WHERE position = ?').get(row.position) as Row
      events.push(parse({ position: row.position, body }))
    }
    return { events, more: events.length === limit || events.length < sizes.length }
  }

  /** Many rows, one text, one parse. */
  const readJoined = ({ condition, order, values, limit, bounded }: Selection): Some | undefined => {
    const statement = bounded
      ? prepare(`SELECT ${JOINED} FROM event WHERE ${condition}`)
      : prepare(
          `SELECT ${JOINED} FROM (SELECT body FROM event WHERE ${condition} ORDER BY ${order} LIMIT ${limit})`,
        )
    const { n, large, bodies } = statement.get(...values) as Joined
    if (n === 0) return { events: [], more: false }
    if (large === null || large > LARGE || bodies === null) return undefined
    try {
      const events: readonly Recorded[] = JSON.parse(bodies)
      return events.length === n ? { events, more: n === limit } : undefined
    } catch {
      return undefined
    }
  }

  const readSome = (selection: Selection): Some => readJoined(selection) ?? readRows(selection)

  const missing = (what: string) =>
    new StoreError('corrupt', `${what} of ${file} is missing; run its integrity(), then restore a backup.`)

  return {
    streamPage(stream, from, limit) {
      const some = readSome({
        condition: 'sid = (SELECT sid FROM stream WHERE name = ?) AND version >= ? AND version < ?',
        order: 'version',
        values: [stream, from, from + limit],
        limit,
        bounded: true,
      })
      const last = some.events.at(-1)
      if (last && last.version !== from + some.events.length - 1)
        throw missing(`An event of ${stream} between versions ${from} and ${last.version}`)
      return some
    },

    logPage(after, filter, head, limit) {
      const start = checkPosition(after)
      const wanted = kinds.wanted(filter)
      const end = Math.max(start, Math.min(head, start + (wanted ? SCAN : limit)))
      const nothing = wanted?.length === 0 || end === start || limit === 0
      const { events, more } = nothing
        ? { events: [], more: limit === 0 && end > start }
        : readSome({
            condition: `position > ? AND position <= ?${wanted ? ` AND kind IN (${wanted})` : ''}`,
            order: 'position',
            values: [start, end],
            limit,
            bounded: !wanted,
          })
      const position = more ? (events.at(-1)?.position ?? after) : positionOf(end)
      if (!wanted && ordinalOf(position) - start !== events.length)
        throw missing(`An event between positions ${start} and ${ordinalOf(position)}`)
      return { events, position, caughtUp: ordinalOf(position) >= head }
    },
  }
}
