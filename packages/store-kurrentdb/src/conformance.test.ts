import { startTestServer } from '@ramal/kurrentdb-test-server'
import { runContractOnTestServer } from '../test/support.js'

runContractOnTestServer('the contract of a store, on the test server in memory', async () => ({
  server: await startTestServer(),
  urlAt: (port) => `kurrentdb://127.0.0.1:${port}?tls=false`,
}))
