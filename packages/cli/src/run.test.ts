import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { openStore, parseStoreUrl, run } from './index.js'

const test = suite('ramal, the command')
const folder = mkdtempSync(join(tmpdir(), 'ramal-cli-'))

const ramal = async (...args: string[]) => {
  const lines: string[] = []
  const code = await run(args, (line) => lines.push(line))
  return { code, output: lines.join('\n') }
}

test('a URL says which store', () => {
  assert.is(parseStoreUrl('postgres://a@b/c').kind, 'postgres')
  assert.is(parseStoreUrl('kurrentdb+discover://a').kind, 'kurrentdb')
  assert.equal(parseStoreUrl('sqlite:x.db'), { kind: 'sqlite', where: 'x.db' })
  assert.equal(parseStoreUrl('dir/x.db'), { kind: 'sqlite', where: 'dir/x.db' })
  assert.throws(() => parseStoreUrl('mysql://a'), /"mysql:" is no store/)
})

test(
  'verify-store keeps the contract on an embedded store, and leaves nothing',
  async () => {
    const { code, output } = await ramal('verify-store', join(folder, 'x.db'), '--quick', '--seed', '7')
    assert.is(code, 0, output)
    assert.match(output, /\d+ passed, 0 failed/)
    assert.match(output, /seed 7/)
    assert.equal(readdirSync(folder), [])
  },
  { timeout: 60_000 },
)

test('a file that is not there is named, and so is what belongs where something else stands', async () => {
  const missing = await ramal('lint', join(folder, 'nowhere.json'))
  assert.is(missing.code, 1)
  assert.match(missing.output, /nowhere\.json: there is no such file$/)
  const policy = {
    name: 'x',
    classification: [{ queue: 'a', requirements: [{ skil: 'b' }] }],
    queues: { a: {} },
  }
  const wrong = await ramal('lint', JSON.stringify(policy))
  assert.is(wrong.code, 1)
  assert.match(
    wrong.output,
    'requirements[0]: expected a requirement: an object with one of skill, all, any,',
  )
})

test('verify decides a log again', async () => {
  const file = join(folder, 'log.db')
  await (await openStore(file)).close()
  const { code, output } = await ramal('verify', file)
  assert.is(code, 0, output)
  assert.match(output, /0 events, 0 passes, 0 decisions: 0 differ/)
})

test('what is not understood says how it goes, with exit code 2', async () => {
  for (const args of [
    [],
    ['verify'],
    ['nonsense', 'x'],
    ['verify-store', 'x', '--wrong'],
    ['verify-store', 'x', '--seed', 'a'],
  ]) {
    const { code, output } = await ramal(...args)
    assert.is(code, 2)
    assert.match(output, /ramal verify-store URL/)
  }
  const { code, output } = await ramal('verify-store', 'kurrentdb://127.0.0.1:1?tls=false')
  assert.is(code, 2)
  assert.match(output, /--into-this-log/)
})

test('what cannot be opened says what, with exit code 1', async () => {
  const file = join(folder, 'no.db')
  writeFileSync(file, 'this is no database, whatever its name says')
  const { code, output } = await ramal('verify', file)
  assert.is(code, 1)
  assert.match(output, /no\.db/)
})

test.after(() => rmSync(folder, { recursive: true, force: true }))
test.run()
