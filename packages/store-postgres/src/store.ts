import {
  bell,
  checkAppend,
  type EventStore,
  follow,
  type LogFilter,
  ordinalOf,
  type Page,
  type Position,
  positionOf,
  type Recorded,
  START,
  StoreError,
  systemClock,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { oneAhead } from './ahead.js'
import { encodeAppend, typeKey } from './batch.js'
import { committer } from './committer.js'
import { storeErrorOf } from './errors.js'
import { hinter, listen, poll } from './hints.js'
import { migrate } from './migrate.js'
import { type PostgresOptions, settingsOf } from './options.js'
import { persist } from './persist.js'

/** Most events and most bytes of a page; the latter bounds memory where events are large. */
const PAGE = 2_000
const PAGE_BYTES = 8_000_000
/** Most events that one call looks at for wanted ones. */
const SPAN = 50_000
const EVERYTHING = 2 ** 52
/** How long a connection that nobody uses is kept, in ms. */
const IDLE = 30_000
/** How long `close` waits for the server to say goodbye, in ms. */
const FAREWELL = 2_000

interface PageRow {
  readonly events: string | null
  readonly last: string | null
  readonly more: boolean
  readonly head: string | null
}

const eventsOf = ({ events }: PageRow, schema: string): readonly Recorded[] => {
  if (events === null) return []
  try {
    return JSON.parse(`[${events}]`)
  } catch (cause) {
    throw new StoreError('corrupt', `Table ${schema}.events holds a body that is not JSON.`, { cause })
  }
}

const ordinal = (position: Position): number => {
  const number = ordinalOf(position)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new StoreError('invalid', `${JSON.stringify(position)} is no position of this log.`)
}

/**
 * Opens the log in a schema of a PostgreSQL database, and makes it when it is not there.
 * @throws StoreError `invalid` for options that are wrong, `refused` for a wrong user, password or database, `schema`
 * for a log of another version, `unsupported` for a server that is too old, `unavailable` when nobody answers
 */
export const postgresStore = async (options: PostgresOptions): Promise<EventStore> => {
  const settings = settingsOf(options)
  const { connection, schema, where, patience } = settings
  const pool = (max: number) => {
    const made = new pg.Pool({ ...connection, max, idleTimeoutMillis: IDLE, allowExitOnIdle: true })
    // A connection that broke while nobody used it is replaced; there is nobody to tell.
    made.on('error', () => undefined)
    return made
  }
  const writing = pool(1)
  const reading = pool(settings.readers)
  const closing = new AbortController()
  const closedError = () => new StoreError('closed', 'The PostgreSQL store is closed.')
  const checkOpen = () => {
    if (closing.signal.aborted) throw closedError()
  }
  const end = async () => {
    const ends = Promise.all([writing.end(), reading.end()])
    await Promise.race([ends, systemClock.sleep(FAREWELL)])
  }

  const ask = async <R>(
    of: pg.Pool,
    doing: string,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<R> => {
    try {
      const { rows } = await of.query(text, [...values])
      return rows[0]
    } catch (error) {
      if (closing.signal.aborted && of === reading) throw closedError()
      throw storeErrorOf(error, `${doing} on ${where}`)
    }
  }

  try {
    const client = await writing.connect().catch((error) => {
      throw storeErrorOf(error, `Connecting to ${where}`)
    })
    try {
      await migrate(client, schema, settings.migrate)
    } finally {
      client.release()
    }
  } catch (error) {
    await end()
    throw error
  }

  const rings = bell(START)
  const tell = settings.notify
    ? hinter((p) => reading.query('select pg_notify($1, $2)', [settings.channel, p]), closing.signal)
    : () => undefined
  const commits = committer({
    patience,
    send: async (parameters) => {
      const text = `select ${schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as answer`
      const row = await ask<{ answer: string }>(writing, 'Appending', text, [
        settings.clock?.now() ?? null,
        ...parameters,
      ])
      return row.answer
    },
    onWritten: ({ position, repeated }) => {
      if (repeated) return
      rings.ring(position)
      tell(position)
    },
  })

  const readHead = async (): Promise<Position> => {
    const { head } = await ask<{ head: string | null }>(
      reading,
      'Reading',
      `select max(position) as head from ${schema}.events`,
    )
    return head === null ? START : positionOf(Number(head))
  }
  const patiently = <T>(attempt: () => Promise<T>): Promise<T> =>
    persist(attempt, { patience, signal: closing.signal })

  const readLog = async (after: Position, { types, categories }: LogFilter, limit: number): Promise<Page> => {
    const from = ordinal(after)
    const span = types || categories ? SPAN : EVERYTHING
    const row = await ask<PageRow>(
      reading,
      'Reading',
      `select * from ${schema}.read_log($1, $2, $3, $4, $5, $6)`,
      [from, span, types?.map(typeKey) ?? null, categories ?? null, limit, PAGE_BYTES],
    )
    const head = Number(row.head ?? 0)
    const reached = row.more ? Number(row.last ?? from) : Math.max(from, Math.min(head, from + span))
    return { events: eventsOf(row, schema), position: positionOf(reached), caughtUp: reached >= head }
  }

  let watching = false
  const watch = () => {
    if (watching) return
    watching = true
    const lookNow = poll(readHead, rings, settings.poll, closing.signal)
    if (settings.notify) void listen(settings, lookNow, closing.signal)
  }

  return {
    async append(writes, guards = []) {
      checkOpen()
      checkAppend(writes, guards)
      const encoded = encodeAppend(writes, guards, 0)
      if (encoded.lookUps.length === 0)
        return E.right({ position: await patiently(readHead), versions: new Map(), repeated: false })
      return commits.append(encoded)
    },

    async *read(stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      let next = from
      for (let left = limit; ; ) {
        checkOpen()
        const row = await patiently(() =>
          ask<PageRow>(reading, 'Reading', `select * from ${schema}.read_stream($1, $2, $3, $4)`, [
            stream,
            next,
            Math.min(PAGE, left),
            PAGE_BYTES,
          ]),
        )
        const events = eventsOf(row, schema)
        left -= events.length
        next += events.length
        const last = row.last ?? row.head
        yield { events, position: positionOf(Number(last ?? 0)), caughtUp: !row.more }
        if (!row.more || left <= 0) return
      }
    },

    async *readAll({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      const readPage = (from: Position, most = PAGE) => patiently(() => readLog(from, filter, most))
      const readOn = limit === Number.POSITIVE_INFINITY ? oneAhead(readPage) : readPage
      let position = after
      for (let left = limit; ; ) {
        checkOpen()
        const page = await readOn(position, Math.min(PAGE, left))
        left -= page.events.length
        position = page.position
        yield page
        if (page.caughtUp || left <= 0) return
      }
    },

    subscribe({ after, ...filter }, signal) {
      checkOpen()
      watch()
      const ended = AbortSignal.any([signal, closing.signal])
      const nothing = (position: Position): Page => ({ events: [], position, caughtUp: true })
      const persistence = { patience: Number.POSITIVE_INFINITY, signal: ended }
      const readPage = (position: Position): Promise<Page> =>
        persist(() => readLog(position, filter, PAGE), persistence).catch((error) => {
          // Aborted: `follow` ends after this page without giving it on.
          if (ended.aborted) return nothing(position)
          throw error
        })
      return follow(oneAhead(readPage), rings.wait, after, ended)
    },

    async head() {
      checkOpen()
      return patiently(readHead)
    },

    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      await commits.close()
      await end()
    },
  }
}
