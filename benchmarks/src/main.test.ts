import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { benches } from './benches.js'

const test = suite('bench command')

// What is built, since each bench is a process of plain Node.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

const run = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { timeout: 50_000 }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })

test(
  'prints one JSON object a figure, and nothing else on standard output',
  async () => {
    const { code, out } = await run('floors', '--quick', '--json')
    assert.is(code, 0)
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.is(lines.length, 2)
    for (const line of lines) {
      assert.equal(Object.keys(line), ['bench', 'figure', 'value', 'unit', 'beside', 'ratio', 'goal', 'ok'])
      assert.is(line.bench, 'floors')
      assert.ok(line.value > 0)
    }
  },
  { timeout: 55_000 },
)

test('says which benches there are, and which options', async () => {
  const { code, out, err } = await run('nothing')
  assert.equal([code, out], [2, ''])
  for (const name of Object.keys(benches)) assert.match(err, name)
  assert.is((await run('--quik')).code, 2)
})

test.run()
