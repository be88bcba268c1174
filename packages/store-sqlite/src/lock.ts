import { statSync } from 'node:fs'
import { StoreError } from '@ramal/core'
import type { Database } from './database.js'
import type { Driver } from './driver.js'
import { storeError } from './failure.js'

/** ms to wait for whoever just opens or closes; another that has the log open is waited for in vain. */
const BUSY = 100

/** One writer: holds a lock that ends with this process, however that ends. */
export interface Lock {
  /** There was a log when this lock was taken some time before. */
  readonly hadLog: boolean
  release(): void
}

/** Set in the header of the lock once there was a log to lock. */
const HAD_LOG = 1

const numberIn = (db: Database, pragma: 'user_version' | 'application_id'): number => {
  try {
    return Number((db.prepare(`PRAGMA ${pragma}`).get() as Record<string, unknown>)[pragma])
  } catch {
    return 0
  }
}

/**
 * The lock is the write lock of a tiny database beside the log, which the operating system drops when the process
 * ends. That database says by its user_version who holds it; a RESERVED lock lets others read that.
 * @throws StoreError `locked`
 */
export const lockFile = (driver: Driver, file: string): Lock => {
  const path = `${file}.lock`
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  let db: Database | undefined
  let hadLog = false
  try {
    db = driver.open(path, { readOnly: false, timeout: BUSY })
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF')
    hadLog = numberIn(db, 'application_id') === HAD_LOG
    const mark = size > 0 ? `PRAGMA application_id = ${HAD_LOG};` : ''
    const sign = `BEGIN IMMEDIATE; PRAGMA user_version = ${process.pid}; ${mark} COMMIT; BEGIN IMMEDIATE`
    db.exec(sign)
    // Between the two transactions another process may have come and gone.
    while (numberIn(db, 'user_version') !== process.pid) db.exec(`ROLLBACK; ${sign}`)
  } catch (cause) {
    const failure = storeError(cause, path, 'Locking')
    const pid = db && failure.code === 'locked' ? numberIn(db, 'user_version') : 0
    db?.close()
    if (failure.code !== 'locked') throw failure
    const who =
      pid === process.pid ? 'this process already has it open' : `process ${pid || 'unknown'} has it open`
    throw new StoreError(
      'locked',
      `The log ${file} has one writer and ${who}; close that one, or open it with { readOnly: true }.`,
      { cause },
    )
  }
  const held = db
  return {
    hadLog,
    release() {
      // libsql keeps a closed file open until its statements are collected; the end of the transaction is certain.
      held.exec('ROLLBACK')
      held.close()
    },
  }
}
