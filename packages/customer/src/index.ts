export * from './events.js'
export * from './identifier.js'
