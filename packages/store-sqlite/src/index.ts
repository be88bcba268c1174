import { systemClock } from '@ramal/core'
import { resolveFile } from './files.js'
import { openLog } from './open-log.js'
import { DEFAULTS, type SqliteStoreOptions } from './options.js'
import { type SqliteStore, storeOn } from './store.js'
import { openWorkerLog } from './worker-log.js'

export type { DriverName } from './driver.js'
export type { Integrity } from './integrity.js'
export type { Compacted } from './open.js'
export type { SqliteStoreOptions } from './options.js'
export type { SqliteStore } from './store.js'

/**
 * The log in one SQLite file, made where it is not there. One process writes; more may read it with `readOnly`.
 * @throws StoreError `locked` when another process has it open, `schema` when the file is something else,
 * `corrupt` when it was cut, `refused` or `invalid` when it cannot be opened, `unsupported` without SQLite
 */
export const sqliteStore = async (path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> => {
  const { pageSize, pollInterval, headCacheSize, busyTimeout, readOnly, worker } = { ...DEFAULTS, ...options }
  const clock = options.clock ?? systemClock
  const file = resolveFile(path)
  const request = { file, driver: options.driver, readOnly, headCacheSize, busyTimeout }
  const log = await (worker ? openWorkerLog(request, clock) : openLog(request, clock))
  return storeOn(log, { file, clock, pageSize, pollInterval: readOnly ? pollInterval : undefined })
}
