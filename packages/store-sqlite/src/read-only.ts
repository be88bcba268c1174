import { type Position, positionOf, StoreError, systemClock } from '@ramal/core'
import { backupTo } from './backup.js'
import type { Driver } from './driver.js'
import { checkIntegrity } from './integrity.js'
import { openKinds } from './kinds.js'
import { openToRead } from './open.js'
import { DEFAULTS, type SqliteStoreOptions } from './options.js'
import { openReader } from './reader.js'
import { closedError, readsOf } from './reads.js'
import type { SqliteStore } from './store.js'

/** The store for those who only look, while another process writes or while none does. */
export const openReadOnly = (driver: Driver, file: string, options: SqliteStoreOptions): SqliteStore => {
  const { pageSize, pollInterval, busyTimeout } = { ...DEFAULTS, ...options }
  const clock = options.clock ?? systemClock
  const db = openToRead(driver, file, busyTimeout)
  const kinds = openKinds(db)
  const reader = openReader(db, kinds, file)
  const closing = new AbortController()
  const selectLast = db.prepare('SELECT max(position) AS position FROM event')
  let seen = 0
  const head = (): number => {
    const { position } = selectLast.get() as { position: number | null }
    if (position !== null && position > seen) {
      seen = position
      // New events may be of new kinds.
      kinds.reload()
    }
    return seen
  }
  const wait = async (after: Position, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && positionOf(head()) <= after) await clock.sleep(pollInterval, signal)
  }
  const refuse = (what: string): StoreError =>
    new StoreError('refused', `${file} is open only to be read; ${what} where it is open to be written.`)
  const checkOpen = () => {
    if (closing.signal.aborted) throw closedError(file)
  }
  const beside = { driver, file, closed: closing.signal, timeout: busyTimeout }
  return {
    file,
    driver: driver.name,
    ...readsOf({ file, reader, pageSize, head, wait, closed: closing.signal }),

    async append() {
      checkOpen()
      throw refuse('append')
    },

    async backup(toFile) {
      checkOpen()
      await backupTo(toFile, beside)
    },

    async compact() {
      checkOpen()
      throw refuse('compact it')
    },

    async integrity() {
      checkOpen()
      return checkIntegrity(beside)
    },

    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      db.close()
    },
  }
}
