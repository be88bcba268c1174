import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { START } from '@ramal/core'
import { checks, runCheck } from '@ramal/core/conformance'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { event } from '../test/events.js'
import { terminateConnections } from '../test/terminate.js'
import { postgresStore } from './index.js'

const findPgbouncer = (): string | undefined => {
  for (const path of ['pgbouncer', '/usr/sbin/pgbouncer'])
    try {
      execFileSync(path, ['--version'], { stdio: 'ignore' })
      return path
    } catch {
      // Not here.
    }
  return undefined
}

const pgbouncer = findPgbouncer()
const all = suite('PostgreSQL behind pgbouncer, a connection only for each transaction')
if (!pgbouncer) console.log('    there is no pgbouncer here; install the package pgbouncer of the system')
const test = pgbouncer ? all : all.skip

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })

let server: PostgresServer
let pooler: ChildProcess | undefined
let port = 0
const directory = mkdtempSync(join(tmpdir(), 'ramal-pooler-'))

all.before(async () => {
  if (!pgbouncer) return
  server = await startPostgres({ settings: { fsync: 'off' } })
  port = await freePort()
  chmodSync(directory, 0o755)
  writeFileSync(join(directory, 'users'), `"postgres" "${server.password}"\n`)
  writeFileSync(
    join(directory, 'pgbouncer.ini'),
    `[databases]
postgres = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(directory, 'users')}
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
`,
  )
  // It does not run as root.
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  pooler = spawn(pgbouncer, [join(directory, 'pgbouncer.ini')], { ...user, stdio: 'ignore' })
  pooler.unref()
  process.on('exit', () => pooler?.kill('SIGKILL'))
  for (let i = 0; i < 250 && !(await answers(port)); i++) await sleep(20)
})
all.after(async () => {
  pooler?.kill('SIGKILL')
  await server?.remove()
  rmSync(directory, { recursive: true, force: true })
})

let logs = 0
const openLog = () =>
  postgresStore({
    url: server.url().replace(`:${server.port}/`, `:${port}/`),
    schema: `log_${logs}`,
    notify: false,
    poll: 30,
  })
const open = () => {
  logs += 1
  return openLog()
}

const disturb = () => terminateConnections(server)
const options = { open, reopen: openLog, beside: openLog, disturb, quick: true }
for (const check of checks)
  test(check.name, () => runCheck(check, options), { timeout: check.timeout ?? 30_000 })

test('many stores share three connections of the server, and each hears of the others', async () => {
  logs += 1
  const stores = []
  for (let i = 0; i < 12; i++) stores.push(await openLog())
  const stop = new AbortController()
  const heard = stores.map(async (store) => {
    let count = 0
    for await (const page of store.subscribe({ after: START }, stop.signal)) {
      count += page.events.length
      if (count === 12 * 20) return count
    }
    return count
  })
  await Promise.all(
    stores.map(async (store, i) => {
      for (let n = 0; n < 20; n++)
        await store.append([
          { stream: `w-${i}`, expected: n === 0 ? 'empty' : { at: n - 1 }, events: [event()] },
        ])
    }),
  )
  assert.equal(
    await Promise.all(heard),
    stores.map(() => 240),
  )
  const admin = new pg.Client(server.url())
  await admin.connect()
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  )
  await admin.end()
  assert.ok(rows[0].n <= 3, `${rows[0].n} connections`)
  stop.abort()
  for (const store of stores) await store.close()
})

all.run()
