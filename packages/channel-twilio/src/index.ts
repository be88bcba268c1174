export * from './options.js'
export * from './signature.js'
