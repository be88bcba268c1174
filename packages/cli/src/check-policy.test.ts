import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { run } from './index.js'

const test = suite('ramal lint and ramal preview')
const folder = mkdtempSync(join(tmpdir(), 'ramal-cli-policy-'))

const ramal = async (...args: string[]) => {
  const lines: string[] = []
  const code = await run(args, (line) => lines.push(line))
  return { code, output: lines.join('\n') }
}

const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const policy = {
  $schema: './policy.schema.json',
  name: 'shop',
  classification: [
    {
      name: 'german',
      when: { channel: 'webchat' },
      queue: 'orders',
      requirements: [{ skill: 'german', level: 5 }],
    },
    { name: 'all else', queue: 'orders' },
  ],
  queues: { orders: { hours: 'office', relaxation: [{ after: 60_000, lower: { german: 2 } }] } },
  calendars: { office: { timeZone: 'UTC', weekly: [{ days: ['mon'], from: '09:00', to: '18:00' }] } },
}
const agents = [
  { id: 'ana', skills: { german: 8 }, capacity: { total: 3 }, queues: ['orders'] },
  { id: 'bia', skills: { german: 3 }, capacity: { total: 3 }, queues: ['orders'], available: false },
]
const sound = file('policy.json', policy)
const team = file('agents.json', agents)

test('lint: a sound policy ends with 0, and says so', async () => {
  const { code, output } = await ramal('lint', sound, '--agents', team, '--channels', 'webchat,sms')
  assert.is(output, '0 findings: 0 errors, 0 warnings')
  assert.is(code, 0)
})

test('lint: warnings end with 0, errors with 1; as data with --json', async () => {
  const nobody = file('nobody.json', [{ id: 'eva', capacity: { total: 3 }, queues: ['orders'] }])
  const { code, output } = await ramal('lint', sound, '--agents', nobody)
  assert.is(code, 1)
  assert.match(
    output,
    /^error {3}nobodyCanServe classification\[0\]: Nobody can ever take what comes to queue "orders"/m,
  )
  assert.match(output, /\d findings: 1 error, \d warnings?$/)
  const fax = await ramal('lint', sound, '--channels', 'fax', '--json')
  assert.is(fax.code, 0)
  assert.equal(JSON.parse(fax.output), [
    {
      severity: 'warning',
      code: 'unknownChannel',
      path: 'classification[0].when',
      message: 'There is no channel "webchat"; there are fax.',
    },
  ])
})

test('lint: what is no policy, no list of agents, or no JSON is named with its file and path', async () => {
  const misspelt = file('misspelt.json', { ...policy, queues: { orders: { hour: 'office' } } })
  const one = await ramal('lint', misspelt)
  assert.is(one.code, 1)
  assert.match(one.output, /misspelt\.json: queues\.orders\.hour: there is no such field/)
  const two = await ramal('lint', sound, '--agents', file('a.json', [{ ...agents[0], skill: {} }]))
  assert.match(two.output, /a\.json: \[0\]\.skill: there is no such field/)
  const twice = await ramal('lint', sound, '--agents', file('b.json', [agents[0], agents[0]]))
  assert.match(twice.output, /two agents have the id "ana"/)
  const text = await ramal('lint', file('text.json', 'name: shop'))
  assert.is(text.code, 1)
  assert.match(text.output, /text\.json: it is no JSON/)
  const missing = await ramal('lint', join(folder, 'missing.json'))
  assert.is(missing.code, 1)
  assert.match(missing.output, /missing\.json/)
})

test('preview: in words and as data, at a moment that is given', async () => {
  const ticket = '{ "channel": "webchat" }'
  const at = ['--at', '2026-11-23T10:00:00Z']
  const { code, output } = await ramal('preview', sound, '--agents', team, '--ticket', ticket, ...at)
  assert.is(code, 0)
  assert.equal(output.split('\n').slice(0, 3), [
    'at once: classified by rule "german" to queue "orders"; asks for german 5; 1 can take it',
    '+1 min: step 1 of relaxation; asks for german 2; the pool grows from 1 to 2, 1 of them available',
    '+8 h: "office" is closed; the pool shrinks from 2 to 0',
  ])
  const data = await ramal(
    'preview',
    sound,
    '--agents',
    team,
    '--ticket',
    file('t.json', ticket),
    ...at,
    '--json',
  )
  assert.equal(
    JSON.parse(data.output)
      .slice(0, 2)
      .map((step: { at: number; pool: number; agents: string[] }) => [step.at, step.pool, step.agents]),
    [
      [0, 1, ['ana']],
      [60_000, 2, ['ana', 'bia']],
    ],
  )
})

test('preview: without a ticket, or at no moment, it says how it goes', async () => {
  const none = await ramal('preview', sound)
  assert.is(none.code, 2)
  assert.match(none.output, /Say which ticket, with --ticket\.[\s\S]*ramal preview POLICY/)
  const never = await ramal('preview', sound, '--ticket', '{"channel":"x"}', '--at', 'yesterday')
  assert.is(never.code, 2)
  assert.match(never.output, /--at yesterday: it is not understood/)
  const bad = await ramal('preview', sound, '--ticket', '{"chanel":"x"}')
  assert.is(bad.code, 1)
  assert.match(bad.output, /chanel: there is no such field; there are channel,/)
})

test('what the page on checking a policy shows is what comes out', async () => {
  const page = readFileSync(new URL('../../../docs/how-to/check-a-policy.md', import.meta.url), 'utf8')
  const [shownPolicy, shownAgents] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text!)
  const [linted, previewed] = [...page.matchAll(/```sh\n.*\n```\n\n```\n([\s\S]*?)\n```/g)].map(
    ([, text]) => text!,
  )
  const [p, a] = [file('shown.json', shownPolicy), file('shown-agents.json', shownAgents)]
  assert.is((await ramal('lint', p, '--agents', a, '--channels', 'whatsapp,webchat,sms')).output, linted)
  const ticket = '{ "channel": "webchat", "language": "de" }'
  assert.is((await ramal('preview', p, '--agents', a, '--ticket', ticket)).output, previewed)
})

test.after(() => rmSync(folder, { recursive: true, force: true }))
test.run()
