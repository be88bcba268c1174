/** What a bench imports: its shape, the rounds that measure it, and the floors that it is measured beside. */
export * from './harness/bench.js'
export * from './harness/floors.js'
export * from './harness/percentiles.js'
export * from './harness/rounds.js'
