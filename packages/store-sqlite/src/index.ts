export type { DriverName } from './driver.js'
export type { SqliteStoreOptions } from './options.js'
export { type SqliteStore, sqliteStore } from './store.js'
