import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { postgresBinaries, startPostgres } from './index.js'

const test = suite('servers to test on')

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

test('there is a new PostgreSQL and one of version 13, from npm', () => {
  const versions = postgresBinaries().map(({ version }) => version)
  assert.ok(versions.includes(18) && versions.includes(13), versions.join(', '))
})

test(
  'a server stops, starts again on its port, and leaves nothing behind',
  async () => {
    const server = await startPostgres({ settings: { fsync: 'off' } })
    for (const mode of ['fast', 'immediate'] as const) {
      assert.is(await listens(server.port), true)
      await server.stop(mode)
      assert.is(await listens(server.port), false)
      await server.start()
    }
    await server.remove()
    assert.is(await listens(server.port), false)
  },
  { timeout: 60_000 },
)

test(
  'a server goes when its test process is killed',
  async () => {
    const index = new URL('./index.ts', import.meta.url).href
    const script = `import { startPostgres } from '${index}'
      const server = await startPostgres({ settings: { fsync: 'off' } })
      console.log(server.port + ' ' + server.directory)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data')
    const [port, directory] = String(line).trim().split(' ')
    assert.is(await listens(Number(port)), true)
    assert.ok(existsSync(directory!))
    child.kill('SIGKILL')
    for (let i = 0; i < 500 && (existsSync(directory!) || (await listens(Number(port)))); i++) await sleep(20)
    assert.is(await listens(Number(port)), false)
    assert.not(existsSync(directory!))
  },
  { timeout: 60_000 },
)

test.run()
