import { type LogFilter, ordinalOf, type Position, START, StoreError, type StreamName } from '@ramal/core'
import type { Database, Statement, Value } from './database.js'
import type { Kinds } from './kinds.js'

/** Rows as one JSON text, to be parsed by whoever wants the events: in another thread, perhaps. */
export interface Rows {
  readonly count: number
  /** A JSON array of `count` events. */
  readonly text: string
  /** It stopped before the end of what was asked for. */
  readonly more: boolean
}

export interface LogRows extends Rows {
  /** Where the search ended, if `more` is false. */
  readonly end: number
  /** Position of the last event of the log when this was read. */
  readonly head: number
  /** It was a search for some events only: there may be others between those found. */
  readonly filtered: boolean
}

export interface LogQuery {
  readonly after: Position
  readonly filter: LogFilter
  readonly limit: number
}

export interface Reader {
  /**
   * Events of a stream from a version on, at most `limit`.
   * @param careful parses each row by itself and names the one that does not
   */
  streamRows(stream: StreamName, from: number, limit: number, careful: boolean): Rows
  /** The next wanted events of the log up to `head`. */
  logRows(query: LogQuery, head: number, careful: boolean): LogRows
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

const NOTHING: Rows = { count: 0, text: '[]', more: false }

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

  const check = ({ position, body }: Row): void => {
    try {
      JSON.parse(body)
    } catch (cause) {
      throw new StoreError(
        'corrupt',
        `The event at position ${position} of ${file} is no JSON; restore a backup, or read around it with sqlite3.`,
        { cause },
      )
    }
  }

  /** Row by row: for pages with large bodies, and to name the position of a damaged one. */
  const readRows = ({ condition, order, values, limit }: Selection, careful: boolean): Rows => {
    const bodies: string[] = []
    const sizes = prepare(
      `SELECT position, octet_length(body) AS bytes FROM event WHERE ${condition} ORDER BY ${order} LIMIT ?`,
    ).all(...values, limit) as { position: number; bytes: number }[]
    let bytes = 0
    for (const { position, bytes: size } of sizes) {
      bytes += size
      if (bytes > MOST_BYTES && bodies.length > 0) break
      const { body } = prepare('SELECT body FROM event WHERE position = ?').get(position) as Row
      if (careful) check({ position, body })
      bodies.push(body)
    }
    const count = bodies.length
    return { count, text: `[${bodies.join(',')}]`, more: count === limit || count < sizes.length }
  }

  /** Many rows in one text. Nothing when some are large. */
  const readJoined = ({ condition, order, values, limit, bounded }: Selection): Rows | undefined => {
    const statement = bounded
      ? prepare(`SELECT ${JOINED} FROM event WHERE ${condition}`)
      : prepare(
          `SELECT ${JOINED} FROM (SELECT body FROM event WHERE ${condition} ORDER BY ${order} LIMIT ${limit})`,
        )
    const { n, large, bodies } = statement.get(...values) as Joined
    if (n === 0) return NOTHING
    if (large === null || large > LARGE || bodies === null) return undefined
    return { count: n, text: bodies, more: n === limit }
  }

  const readSome = (selection: Selection, careful: boolean): Rows =>
    (careful ? undefined : readJoined(selection)) ?? readRows(selection, careful)

  return {
    streamRows: (stream, from, limit, careful) =>
      readSome(
        {
          condition: 'sid = (SELECT sid FROM stream WHERE name = ?) AND version >= ? AND version < ?',
          order: 'version',
          values: [stream, from, from + limit],
          limit,
          bounded: true,
        },
        careful,
      ),

    logRows({ after, filter, limit }, head, careful) {
      const start = checkPosition(after)
      const wanted = kinds.wanted(filter)
      const filtered = wanted !== undefined
      const end = Math.max(start, Math.min(head, start + (filtered ? SCAN : limit)))
      if (wanted?.length === 0 || end === start || limit === 0)
        return { ...NOTHING, more: limit === 0 && end > start, end, head, filtered }
      const rows = readSome(
        {
          condition: `position > ? AND position <= ?${filtered ? ` AND kind IN (${wanted})` : ''}`,
          order: 'position',
          values: [start, end],
          limit,
          bounded: !filtered,
        },
        careful,
      )
      return { ...rows, end, head, filtered }
    },
  }
}
