import { bell, checkAppend, type EventStore, positionOf, systemClock } from '@ramal/core'
import { backupTo } from './backup.js'
import { checkpoints } from './checkpoint.js'
import type { Driver, DriverName } from './driver.js'
import { storeError } from './failure.js'
import { groupCommit } from './group-commit.js'
import { checkIntegrity, type Integrity } from './integrity.js'
import { openKinds } from './kinds.js'
import { lockFile } from './lock.js'
import { type Compacted, foldIn, leaveOneFile, openToWrite } from './open.js'
import { DEFAULTS, type SqliteStoreOptions } from './options.js'
import { openReader } from './reader.js'
import { closedError, readsOf } from './reads.js'
import { openWriter } from './writer.js'

export interface SqliteStore extends EventStore {
  /** The file, without symbolic links. */
  readonly file: string
  readonly driver: DriverName
  /**
   * Copies the log into a new file while it goes on: every event up to some position not before the call, and
   * nothing after it. The copy is a log like any other and appears under its name when it is whole.
   */
  backup(toFile: string): Promise<void>
  /** Folds the write-ahead log into the file. There is nothing else to gain: a log that only grows has no holes. */
  compact(): Promise<Compacted>
  /** Looks at everything: SQLite's own check, gapless positions and versions, bodies that say what columns say. */
  integrity(): Promise<Integrity>
}

/** The store on one library; see `sqliteStore`. */
export const openStore = (driver: Driver, file: string, options: SqliteStoreOptions): SqliteStore => {
  const { pageSize, headCacheSize, busyTimeout } = { ...DEFAULTS, ...options }
  const clock = options.clock ?? systemClock
  const lock = lockFile(driver, file)
  try {
    const db = openToWrite(driver, file, busyTimeout)
    const kinds = openKinds(db)
    const writer = openWriter(db, kinds, headCacheSize)
    const reader = openReader(db, kinds, file)
    const closing = new AbortController()
    const rings = bell(positionOf(writer.head()))
    const copies = checkpoints(db, clock, closing.signal)
    const commits = groupCommit(
      writer,
      clock,
      (cause) => storeError(cause, file, 'Writing to'),
      (events) => {
        copies.committed(events)
        rings.ring(positionOf(writer.head()))
      },
    )
    const checkOpen = () => {
      if (closing.signal.aborted) throw closedError(file)
    }
    const beside = { driver, file, closed: closing.signal, timeout: busyTimeout }
    return {
      file,
      driver: driver.name,
      ...readsOf({ file, reader, pageSize, head: writer.head, wait: rings.wait, closed: closing.signal }),

      async append(writes, guards = []) {
        checkOpen()
        checkAppend(writes, guards)
        return commits.append({ writes, guards })
      },

      async backup(toFile) {
        checkOpen()
        await backupTo(toFile, beside)
      },

      async compact() {
        checkOpen()
        try {
          return foldIn(db, file)
        } finally {
          db.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
        }
      },

      async integrity() {
        checkOpen()
        return checkIntegrity(beside)
      },

      async close() {
        if (closing.signal.aborted) return
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
