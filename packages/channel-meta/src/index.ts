export * from './graph.js'
export * from './graph-error.js'
export * from './handshake.js'
export * from './signature.js'
