import { StoreError } from '@ramal/core'
import type { Database } from './database.js'
import type { Driver } from './driver.js'
import { storeError } from './failure.js'

/** What long work needs that runs on a connection of its own, beside the store. */
export interface Beside {
  readonly driver: Driver
  readonly file: string
  /** Aborts when the store closes: the work then ends. */
  readonly closed: AbortSignal
  /** ms to wait for a lock. */
  readonly timeout: number
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Between two portions of long work: others have their turn, and a closed store ends it. */
export const pause = async ({ closed, file }: Beside, doing: string): Promise<void> => {
  await nextTurn()
  if (closed.aborted) throw new StoreError('closed', `${doing} ${file} was ended: the store was closed.`)
}

/** Runs work on a connection of its own, and closes that in any case. */
export const withDatabase = async <T>(
  { driver, timeout }: Beside,
  file: string,
  readOnly: boolean,
  doing: string,
  work: (db: Database) => Promise<T>,
): Promise<T> => {
  let db: Database | undefined
  try {
    db = driver.open(file, { readOnly, timeout })
    return await work(db)
  } catch (cause) {
    throw storeError(cause, file, doing)
  } finally {
    db?.close()
  }
}
