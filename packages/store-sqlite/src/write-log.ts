import { ordinalOf } from '@ramal/core'
import { backupTo } from './backup.js'
import { checkpoints } from './checkpoint.js'
import type { Driver } from './driver.js'
import { storeError } from './failure.js'
import { groupCommit } from './group-commit.js'
import { checkIntegrity } from './integrity.js'
import { openKinds } from './kinds.js'
import { lockFile } from './lock.js'
import type { Log, LogOptions } from './log.js'
import { foldIn, leaveOneFile, openToWrite } from './open.js'
import { DEFAULTS } from './options.js'
import { checkPosition, openReader } from './reader.js'
import { openTail } from './tail.js'
import { openWriter } from './writer.js'

/** The log of its one writer. @throws StoreError */
export const openWriteLog = (driver: Driver, file: string, options: LogOptions): Log => {
  const { headCacheSize, busyTimeout, clock } = { ...DEFAULTS, ...options }
  const lock = lockFile(driver, file)
  try {
    const db = openToWrite(driver, file, busyTimeout, lock.hadLog)
    const kinds = openKinds(db)
    const tail = openTail(kinds)
    const writer = openWriter(db, kinds, headCacheSize, tail)
    const reader = openReader(db, kinds, file)
    const closing = new AbortController()
    const copies = checkpoints(db, clock, closing.signal)
    const failed = (cause: unknown) => storeError(cause, file, 'Writing to')
    const commits = groupCommit(writer, clock, failed, copies.committed)
    const beside = { driver, file, closed: closing.signal, timeout: busyTimeout }
    return {
      driver: driver.name,
      append: commits.append,
      head: writer.head,
      streamRows: reader.streamRows,
      logRows: (query, careful) => reader.logRows(query, writer.head(), careful),
      follow() {
        const { after, has, end } = tail.follow()
        return {
          page: (query) => after(checkPosition(query.after), writer.head(), query.filter, query.limit),
          has: (position) => has(ordinalOf(position)),
          end,
        }
      },
      backup: (toFile) => backupTo(toFile, beside),
      integrity: () => checkIntegrity(beside),
      compact() {
        try {
          return foldIn(db, file)
        } finally {
          db.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
        }
      },
      close() {
        commits.flush()
        closing.abort()
        leaveOneFile(db)
        db.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
