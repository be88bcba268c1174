export * from './explain-offer.js'
export * from './ledger.js'
export * from './router.js'
export * from './verify.js'
