export { type KurrentdbOptions, kurrentdbStore } from './kurrentdb-store.js'
