export type { PostgresOptions } from './options.js'
export { postgresStore } from './store.js'
