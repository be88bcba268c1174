export { type Binaries, postgresBinaries } from './binaries.js'
export { type PostgresServer, type ServerOptions, startPostgres } from './server.js'
