import { checks, runCheck } from '@ramal/core/conformance'
import { type Binaries, type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import { postgresStore } from '../src/index.js'
import { terminateConnections } from './terminate.js'

/** The whole contract of a store, on one PostgreSQL; a log of its own for each check. */
export const testContract = (binaries: Binaries): void => {
  const test = suite(`the contract of a store, on ${binaries.name}`)
  let server: PostgresServer
  let logs = 0
  const openLog = () => postgresStore({ url: server.url(), schema: `log_${logs}`, poll: 50 })
  const open = () => {
    logs += 1
    return openLog()
  }

  test.before(async () => {
    server = await startPostgres({ binaries, settings: { fsync: 'off' } })
  })
  test.after(() => server.remove())
  const disturb = () => terminateConnections(server)
  const options = { open, reopen: openLog, beside: openLog, disturb, quick: true }
  for (const check of checks)
    test(check.name, () => runCheck(check, options), { timeout: check.timeout ?? 30_000 })
  test.run()
}
