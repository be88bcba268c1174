import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metadataFor, random, transact, virtualClock } from '@ramal/core'
import { startRouter } from '@ramal/router'
import { parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
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

test('explain says why a conversation went to somebody, why it waits, and what nothing is known of', async () => {
  const file = join(folder, 'why.db')
  const store = await openStore(file)
  const clock = virtualClock(Date.UTC(2026, 2, 2, 9))
  const run = transact({ store, clock, random: random('cli') })
  let commands = 0
  const context = () => ({ commandId: `c${++commands}`, at: clock.now(), tenant: 'main' })
  const parsed = parsePolicy({ name: 'shop', classification: [{ queue: 'care' }], queues: { care: {} } })
  assert.ok(isRight(parsed))
  await run(policyDecider, 'policy-main', { type: 'publish', policy: parsed.right }, context())
  const profile = { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['care'] } as const
  for (const one of [{ type: 'register', profile }, { type: 'signIn' }, { type: 'becomeAvailable' }] as const)
    await run(agentDecider, 'agent-bia', one, context())
  const router = startRouter({ store, clock, router: 'r1', patience: 0 })
  const opening = { channel: 'sms', endpoint: 'e', direction: 'inbound', customer: 'ana' }
  for (const id of ['t1', 't2']) {
    const meta = { ...metadataFor(context(), `conversation-${id}`, 0), schemaVersion: 1 }
    const events = [{ type: 'ConversationOpened', data: opening, meta }]
    await store.append([{ stream: `conversation-${id}`, expected: 'empty', events }])
  }
  await router.settledAt(await store.head())
  await router.stop()
  await store.close()

  const at = ['--at', '2026-03-02T09:01:00Z'] as const
  const given = await ramal('explain', file, '--conversation', 't1', ...at)
  assert.is(given.code, 0, given.output)
  assert.match(given.output, 'Ticket t1 went to bia: nobody else could have taken it.')
  const waiting = await ramal('explain', file, '--conversation', 't2', ...at)
  assert.match(waiting.output, 'Ticket t2 waits in queue "care", place 1, since 60 s.')
  assert.match(waiting.output, 'It would go to bia if this held: has 1 more free.')
  const data = JSON.parse((await ramal('explain', file, '--conversation', 't2', '--json', ...at)).output)
  assert.equal([data.decision, data.wait.changes[0].agent], [undefined, 'bia'])
  const unknown = await ramal('explain', file, '--conversation', 't3')
  assert.equal([unknown.code, unknown.output.includes('conversation t3')], [1, true])
  const gone = await ramal('explain', file, '--conversation', 't1', '--offer', 'p9.9')
  assert.match(gone.output, 'it has no offer p9.9')
  assert.is((await ramal('explain', file)).code, 2)
})

test('what is not understood says how it goes, with exit code 2', async () => {
  const wrong: readonly (readonly [args: readonly string[], first: RegExp])[] = [
    [[], /^Say which command\./],
    [['verify'], /^Say what to verify, after it\./],
    [['nonsense', 'x'], /^There is no command nonsense; there are lint, .*verify-store\./],
    [['explain', 'x', 't1'], /^t1: explain takes one thing;/],
    [['verify-store', 'x', '--wrong'], /^Unknown option '--wrong'/],
    [['verify-store', 'x', '--seed', 'a'], /^--seed a: it is not understood\./],
  ]
  for (const [args, first] of wrong) {
    const { code, output } = await ramal(...args)
    assert.is(code, 2)
    assert.match(output, first)
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
