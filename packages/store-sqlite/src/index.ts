import { chooseDriver } from './driver.js'
import { resolveFile } from './files.js'
import type { SqliteStoreOptions } from './options.js'
import { openReadOnly } from './read-only.js'
import { openStore, type SqliteStore } from './store.js'

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
export const sqliteStore = async (file: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> => {
  const driver = await chooseDriver(options.driver)
  const path = resolveFile(file)
  return options.readOnly ? openReadOnly(driver, path, options) : openStore(driver, path, options)
}
