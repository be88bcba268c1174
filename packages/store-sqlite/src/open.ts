import { statSync } from 'node:fs'
import { StoreError } from '@ramal/core'
import type { Database } from './database.js'
import type { Driver } from './driver.js'
import { storeError } from './failure.js'
import { checkSchema, prepareSchema } from './schema.js'

const MiB = 1024 * 1024

/** A write-ahead log longer than this is cut when it starts over. */
const WAL_LIMIT = 16 * MiB

const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 20000;
PRAGMA journal_size_limit = ${WAL_LIMIT};
PRAGMA cache_size = -65536;
PRAGMA temp_store = MEMORY;
`

const numberOf = (db: Database, pragma: string): number =>
  Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() as Record<string, unknown>)[0])

/** A file that is shorter than SQLite knows it to be was cut: what is missing would show much later. */
const checkLength = (db: Database, file: string): void => {
  const { busy, log, checkpointed } = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as {
    readonly busy: number
    readonly log: number
    readonly checkpointed: number
  }
  if (busy !== 0 || log !== checkpointed) return
  const wanted = numberOf(db, 'page_count') * numberOf(db, 'page_size')
  const { size } = statSync(file)
  if (size < wanted)
    throw new StoreError(
      'corrupt',
      `${file} has ${size} bytes and should have ${wanted}: it was cut; restore a backup.`,
    )
}

const opening = (db: Database, file: string, prepare: () => void): Database => {
  try {
    prepare()
    return db
  } catch (cause) {
    db.close()
    throw storeError(cause, file, 'Opening')
  }
}

const openFile = (driver: Driver, file: string, readOnly: boolean, timeout: number): Database => {
  try {
    return driver.open(file, { readOnly, timeout })
  } catch (cause) {
    throw storeError(cause, file, 'Opening')
  }
}

/**
 * The log for its one writer, made where there is none. The caller holds the lock.
 * @param hadLog an empty file then is a log that was cut, not one that is to be made
 */
export const openToWrite = (driver: Driver, file: string, timeout: number, hadLog: boolean): Database => {
  if (hadLog && statSync(file, { throwIfNoEntry: false })?.size === 0)
    throw new StoreError(
      'corrupt',
      `${file} has 0 bytes and was a log: it was cut; restore a backup, or delete it to begin anew.`,
    )
  const db = openFile(driver, file, false, timeout)
  return opening(db, file, () => {
    prepareSchema(db, file)
    db.exec(SETTINGS)
    checkLength(db, file)
  })
}

/** The log for those who only look. */
export const openToRead = (driver: Driver, file: string, timeout: number): Database => {
  if (!statSync(file, { throwIfNoEntry: false }))
    throw new StoreError('unavailable', `There is no log ${file} to read; whoever writes it makes it.`)
  const db = openFile(driver, file, true, timeout)
  return opening(db, file, () => checkSchema(db, file))
}

/** Bytes of the log and of its write-ahead log. */
const sizeOf = (file: string): number =>
  [file, `${file}-wal`].reduce((sum, f) => sum + (statSync(f, { throwIfNoEntry: false })?.size ?? 0), 0)

export interface Compacted {
  /** Bytes on the disk before. */
  readonly before: number
  readonly after: number
}

/** Folds the write-ahead log into the file, and cuts it if nobody reads from it just now. */
export const foldIn = (db: Database, file: string): Compacted => {
  const before = sizeOf(file)
  try {
    db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
    // Not waiting for readers: this thread would stand still.
    db.exec('PRAGMA busy_timeout = 0')
    db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  } catch (cause) {
    throw storeError(cause, file, 'Compacting')
  }
  return { before, after: sizeOf(file) }
}

/** Leaves one file, which also those can read who may not write. A reader elsewhere prevents that: no harm. */
export const leaveOneFile = (db: Database): void => {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE')
  } catch {
    // The next writer goes on with the write-ahead log as it is.
  }
}
