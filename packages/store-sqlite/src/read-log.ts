import { StoreError } from '@ramal/core'
import { backupTo } from './backup.js'
import type { Driver } from './driver.js'
import { checkIntegrity } from './integrity.js'
import { openKinds } from './kinds.js'
import type { Log, LogOptions } from './log.js'
import { openToRead } from './open.js'
import { DEFAULTS } from './options.js'
import { openReader } from './reader.js'

/** The log of those who only look, while another process writes or while none does. @throws StoreError */
export const openReadLog = (driver: Driver, file: string, options: LogOptions): Log => {
  const { busyTimeout } = { ...DEFAULTS, ...options }
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
  const refuse = (what: string): StoreError =>
    new StoreError('refused', `${file} is open only to be read; ${what} where it is open to be written.`)
  const beside = { driver, file, closed: closing.signal, timeout: busyTimeout }
  return {
    driver: driver.name,
    head,
    streamRows: reader.streamRows,
    logRows: (query, careful) => reader.logRows(query, head(), careful),
    backup: (toFile) => backupTo(toFile, beside),
    integrity: () => checkIntegrity(beside),
    append: async () => {
      throw refuse('append')
    },
    compact() {
      throw refuse('compact it')
    },
    close() {
      closing.abort()
      db.close()
    },
  }
}
