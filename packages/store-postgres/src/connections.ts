import { StoreError, systemClock } from '@ramal/core'
import pg from 'pg'
import { storeErrorOf } from './errors.js'
import { migrate } from './migrate.js'
import type { Settings } from './options.js'

/** How long a connection that nobody uses is kept, in ms. */
const IDLE = 30_000
/** How long to wait for the server to say goodbye, in ms. */
const FAREWELL = 2_000

/** Runs one statement that gives one row, in a transaction of its own. Rejects with a `StoreError`. */
export type Ask = <R>(text: string, values?: readonly unknown[]) => Promise<R>

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

/** Connects, and brings the schema to the version of this code. */
export const openConnections = async (settings: Settings): Promise<Connections> => {
  const { connection, schema, where } = settings
  const closing = new AbortController()
  const poolOf = (max: number) => {
    const pool = new pg.Pool({ ...connection, max, idleTimeoutMillis: IDLE, allowExitOnIdle: true })
    // A connection that broke while nobody used it is replaced; there is nobody to tell.
    pool.on('error', () => undefined)
    return pool
  }
  const writing = poolOf(1)
  const reading = poolOf(settings.readers)
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
    write: (text, values = []) =>
      writing.query(text, [...values]).then(
        ({ rows }) => rows[0],
        (error) => {
          throw storeErrorOf(error, `Appending on ${where}`)
        },
      ),
    read: (text, values = []) =>
      reading.query(text, [...values]).then(
        ({ rows }) => rows[0],
        (error) => {
          throw closing.signal.aborted ? closedError() : storeErrorOf(error, `Reading on ${where}`)
        },
      ),
    startClosing: () => closing.abort(),
    end,
  }
}
