import { join } from 'node:path'
import { makeCertificate, startTestServer } from '@ramal/kurrentdb-test-server'
import { freshFolder, runContractOnTestServer } from '../test/support.js'

runContractOnTestServer(
  'the contract of a store, on the test server on disk, with TLS and a login',
  async () => {
    const certificate = await makeCertificate()
    const server = await startTestServer({
      file: join(freshFolder(), 'log'),
      tls: certificate,
      login: { username: 'admin', password: 'changeit' },
    })
    return {
      server,
      urlAt: (port) =>
        `kurrentdb://admin:changeit@127.0.0.1:${port}?tls=true&tlsCAFile=${certificate.authority}`,
      stop: certificate.remove,
    }
  },
)
