export * from './combined.js'
export * from './commands.js'
export {
  type ConsentEntry,
  type Consents,
  consentFor,
  consentKey,
  joinConsents,
  stoppedFor,
} from './consent.js'
export * from './events.js'
export * from './identifier.js'
export * from './merge.js'
export * from './state.js'
export * from './time-zone.js'
export * from './variants.js'
