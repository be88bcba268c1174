export * from './open-store.js'
export * from './run.js'
export * from './verify-log.js'
export * from './verify-store.js'
