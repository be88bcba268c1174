import { createHash } from 'node:crypto'
import { StoreError, systemClock } from '@ramal/core'
import pg from 'pg'
import { storeErrorOf } from './errors.js'
import { migrate } from './migrate.js'
import type { Settings } from './options.js'
import { type Answer, runOn, type Value } from './statement.js'

/** How long a connection that nobody uses is kept, in ms. */
const IDLE = 30_000
/** How long to wait for the server to say goodbye, in ms. */
const FAREWELL = 2_000

/** Runs one statement, in a transaction of its own. Rejects with a `StoreError`. */
export type Ask = (text: string, values?: readonly Value[]) => Promise<Answer>

export interface Connections {
  /** One connection, so that appends go one after the other. */
  readonly write: Ask
  readonly read: Ask
  /** Aborted once `startClosing` was called. */
  readonly closing: AbortSignal
  /** What fails from now on fails as `closed`. */
  startClosing(): void
  end(): Promise<void>
}

export const closedError = (): StoreError => new StoreError('closed', 'The PostgreSQL store is closed.')

/** What a server says of a prepared statement that a pooler took to another of its connections. */
const isMisplaced = (error: unknown): boolean => {
  const { code } = error as { code?: unknown }
  return code === '26000' || code === '42P05'
}

/**
 * Runs statements on the connections of a pool. One that has just answered is kept for whoever asks at this moment,
 * which spares the way through the pool where calls follow each other; a moment later it is back there.
 */
const runnerOf = (pool: pg.Pool) => {
  const kept: pg.PoolClient[] = []
  return async (text: string, values: readonly Value[], name?: string): Promise<Answer> => {
    const client = kept.pop() ?? (await pool.connect())
    try {
      const answer = await runOn(client, text, values, name)
      if (pool.waitingCount > 0) client.release()
      else if (kept.push(client) === 1)
        setImmediate(() => {
          for (const one of kept.splice(0)) one.release()
        })
      return answer
    } catch (error) {
      client.release(error as Error)
      throw error
    }
  }
}

/**
 * Runs statements prepared, so that a server parses each once a connection. Behind a pooler that does not carry them
 * along, the first one that is missed ends that: it was not carried out, and is sent again as it is. The name follows
 * from the text, so no connection can ever hold another statement under it.
 */
const preparing = () => {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `ramal_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
    names.set(text, name)
    return name
  }
  let prepared = true
  return (pool: pg.Pool): Ask => {
    const run = runnerOf(pool)
    return async (text, values = []) => {
      if (prepared)
        try {
          return await run(text, values, nameOf(text))
        } catch (error) {
          if (!isMisplaced(error)) throw error
          prepared = false
        }
      return run(text, values)
    }
  }
}

/** Connects, and brings the schema to the version of this code. */
export const openConnections = async (settings: Settings): Promise<Connections> => {
  const { connection, schema, where } = settings
  const closing = new AbortController()
  const poolOf = (max: number) => {
    const pool = new pg.Pool({ ...connection, max, idleTimeoutMillis: IDLE, allowExitOnIdle: true })
    // A connection that broke while nobody used it is replaced; there is nobody to tell.
    pool.on('error', () => undefined)
    // An error of one in use is that of its statement. Heard for good: a server may send its last word along with the
    // message by which a connection becomes ready, before whoever asked for it has it.
    pool.on('connect', (client) => client.on('error', () => undefined))
    return pool
  }
  const writing = poolOf(1)
  const reading = poolOf(settings.readers)
  const askOf = preparing()
  const [write, read] = [askOf(writing), askOf(reading)]
  const end = async () => {
    const ends = Promise.all([writing.end(), reading.end()])
    await Promise.race([ends, systemClock.sleep(FAREWELL)])
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
  return {
    closing: closing.signal,
    write: (text, values) =>
      write(text, values).catch((error) => {
        throw storeErrorOf(error, `Appending on ${where}`)
      }),
    read: (text, values) =>
      read(text, values).catch((error) => {
        throw closing.signal.aborted ? closedError() : storeErrorOf(error, `Reading on ${where}`)
      }),
    startClosing: () => closing.abort(),
    end,
  }
}
