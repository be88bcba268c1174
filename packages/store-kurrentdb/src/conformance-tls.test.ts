import { join } from 'node:path'
import {
  type Certificate,
  makeCertificate,
  startTestServer,
  type TestServer,
} from '@ramal/kurrentdb-test-server'
import { freshFolder, runContract } from '../test/support.js'

let server: TestServer
let certificate: Certificate

runContract(
  'the contract of a store, on the test server on disk, with TLS and a login',
  async () => {
    certificate = await makeCertificate()
    server = await startTestServer({
      file: join(freshFolder(), 'log'),
      tls: certificate,
      login: { username: 'admin', password: 'changeit' },
    })
    return server.connectionString({ tlsCAFile: certificate.authority })
  },
  async () => {
    await server.stop()
    await certificate.remove()
  },
)
