export * from './content.js'
export * from './decision-record.js'
export * from './events.js'
