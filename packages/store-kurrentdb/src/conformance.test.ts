import { startTestServer, type TestServer } from '@ramal/kurrentdb-test-server'
import { runContract } from '../test/support.js'

let server: TestServer

runContract(
  'the contract of a store, on the test server in memory',
  async () => {
    server = await startTestServer()
    return server.connectionString()
  },
  () => server.stop(),
)
