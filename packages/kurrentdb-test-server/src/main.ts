import { startTestServer } from './server.js'

const USAGE = `A test instrument that speaks enough of the KurrentDB protocol to test an adapter against. No database.

  kurrentdb-test-server [--file PATH] [--port N] [--version 26.1.0]

Prints its connection string as the first line. Ends with SIGTERM or SIGINT.`

const flag = (name: string): string | undefined => {
  const index = process.argv.indexOf(`--${name}`)
  return index < 0 ? undefined : process.argv[index + 1]
}

if (process.argv.includes('--help')) {
  console.log(USAGE)
} else {
  const [file, port, version] = [flag('file'), flag('port'), flag('version')]
  const server = await startTestServer({
    ...(file === undefined ? {} : { file }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(version === undefined ? {} : { version }),
  })
  console.log(server.connectionString())
  const stop = () => void server.stop().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
