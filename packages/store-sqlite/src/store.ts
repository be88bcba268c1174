import {
  bell,
  checkAppend,
  type EventStore,
  follow,
  type Page,
  type Position,
  positionOf,
  type Recorded,
  START,
  StoreError,
  systemClock,
} from '@ramal/core'
import { chooseDriver, type Database, type DriverName } from './driver.js'
import { storeError } from './failure.js'
import { resolveFile } from './files.js'
import { groupCommit } from './group-commit.js'
import { openKinds } from './kinds.js'
import { lockFile } from './lock.js'
import { DEFAULTS, type SqliteStoreOptions } from './options.js'
import { openReader } from './reader.js'
import { prepareSchema } from './schema.js'
import { takeTurns } from './turns.js'
import { openWriter } from './writer.js'

export interface SqliteStore extends EventStore {
  /** The file, without symbolic links. */
  readonly file: string
  readonly driver: DriverName
}

/** Folds the write-ahead log into the file. Another process that reads keeps it from going away: no harm. */
const leaveOneFile = (db: Database): void => {
  try {
    db.exec('PRAGMA journal_mode = DELETE')
  } catch {
    // The next writer goes on with the log as it is.
  }
}

/**
 * The log in one SQLite file, made where it is not there. One process writes; more may read it with `readOnly`.
 * @throws StoreError `locked` when another process has it open, `schema` when the file is something else
 */
export const sqliteStore = async (path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> => {
  const { pageSize, headCacheSize, busyTimeout } = { ...DEFAULTS, ...options }
  const clock = options.clock ?? systemClock
  const driver = await chooseDriver(options.driver)
  const file = resolveFile(path)
  const lock = lockFile(driver, file)
  const db = driver.open(file, { readOnly: false, timeout: busyTimeout })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000')
  prepareSchema(db, file)
  const kinds = openKinds(db)
  const writer = openWriter(db, kinds, headCacheSize)
  const reader = openReader(db, kinds, file)
  const closing = new AbortController()
  const head = () => positionOf(writer.head())
  const rings = bell(head())
  const commits = groupCommit(
    writer,
    clock,
    (cause) => storeError(cause, file, 'Writing to'),
    () => rings.ring(head()),
  )
  const checkOpen = () => {
    if (closing.signal.aborted) throw new StoreError('closed', `The store on ${file} is closed.`)
  }
  const letOthers = takeTurns()
  const reading = async <T extends { readonly events: readonly Recorded[] }>(read: () => T): Promise<T> => {
    checkOpen()
    try {
      const page = read()
      await letOthers(page.events.length)
      return page
    } catch (cause) {
      throw storeError(cause, file, 'Reading from')
    }
  }

  return {
    file,
    driver: driver.name,

    async append(writes, guards = []) {
      checkOpen()
      checkAppend(writes, guards)
      return commits.append({ writes, guards })
    },

    async *read(stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      let version = from
      let left = limit
      for (;;) {
        const { events, more } = await reading(() =>
          reader.streamPage(stream, version, Math.min(pageSize, left)),
        )
        version += events.length
        left -= events.length
        const position: Position = events.at(-1)?.position ?? head()
        yield { events, position, caughtUp: !more }
        if (!more || left <= 0) return
      }
    },

    async *readAll({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      let position = after
      let left = limit
      for (;;) {
        const page: Page = await reading(() =>
          reader.logPage(position, filter, writer.head(), Math.min(pageSize, left)),
        )
        left -= page.events.length
        position = page.position
        yield page
        if (page.caughtUp || left <= 0) return
      }
    },

    subscribe({ after, ...filter }, signal) {
      checkOpen()
      const ended = AbortSignal.any([signal, closing.signal])
      const readPage = (position: Position) =>
        reading(() => reader.logPage(position, filter, writer.head(), pageSize))
      return follow(readPage, rings.wait, after, ended)
    },

    async head() {
      checkOpen()
      return writer.head() === 0 ? START : head()
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
}
