import { readFileSync } from 'node:fs'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import {
  facts,
  germanOrders,
  type Loose,
  lint,
  orders,
  parsed,
  plain,
  rest,
  sound,
  withOffice,
  withOrders,
  withRules,
} from '../../test/lint-fixture.js'
import { lintPolicy } from './index.js'

const test = suite('lint: rules')

test('nothing is said of a policy that is sound, whatever is known besides it', () => {
  assert.equal(lint(sound), [])
  assert.equal(lint(sound, {}), [])
})

test('the policy that the README shows has no errors', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)![1]!)
  assert.equal(
    lint(shown, {}).filter((finding) => finding.startsWith('error')),
    [],
  )
})

test('a rule that an earlier one implies, and one that several earlier ones take everything from', () => {
  const chat = { when: { channel: ['webchat', 'sms'] }, queue: 'orders' }
  assert.equal(lint(plain(chat, germanOrders, rest), {}), ['error unreachableRule classification[1]'])
  const open = { when: { hours: { calendar: 'office', is: 'open' } }, queue: 'orders' }
  const closed = { when: { hours: { calendar: 'office', is: 'closed' } }, queue: 'care' }
  const { calendars } = sound
  assert.equal(lint({ ...plain(open, closed, rest), calendars }, {}), [
    'error unreachableRule classification[2]',
  ])
  const labelled = { when: { label: ['a', 'b'] }, queue: 'orders' }
  const not = { when: { not: { label: 'a' } }, queue: 'care' }
  const both = { when: { all: [{ label: 'a' }, { label: 'b' }] }, queue: 'orders' }
  assert.equal(lint(plain(labelled, not, both, rest), {}), [
    'error unreachableRule classification[2]',
    'error unreachableRule classification[3]',
  ])
  const [finding] = lintPolicy(parsed(withRules({ ...chat, name: 'chat' }, germanOrders, rest)))
  assert.is(
    finding!.message,
    'Rule "german orders" is never reached: whenever it holds, "chat" before it holds too.',
  )
})

test('rules that only overlap, or that differ in a label, are left in peace', () => {
  const chat = { when: { channel: 'webchat', endpoint: 'a' }, queue: 'orders' }
  const german = { when: { language: ['de', 'at'] }, queue: 'orders' }
  assert.equal(lint(plain(chat, german, germanOrders, rest), {}), ['error unreachableRule classification[2]'])
  const one = { when: { label: 'a' }, queue: 'orders' }
  const two = { when: { label: 'b' }, queue: 'orders' }
  const unknown = { when: { not: { language: ['de', 'en'] } }, queue: 'orders' }
  assert.equal(lint(plain(one, two, unknown, rest), {}), [])
})

test('a condition that contradicts itself', () => {
  const when = { all: [{ channel: 'webchat' }, { not: { channel: ['webchat', 'sms'] } }] }
  assert.equal(lint(withRules({ when, queue: 'orders' }, germanOrders, orders, rest), {}), [
    'error contradiction classification[0].when',
  ])
  const hours = (is: string) => ({ hours: { calendar: 'office', is } })
  assert.equal(
    lint(
      withRules(
        { when: { all: [hours('open'), hours('closed')] }, queue: 'care' },
        germanOrders,
        orders,
        rest,
      ),
      {},
    ),
    ['error contradiction classification[0].when'],
  )
  assert.equal(lint(withRules({ when: { any: [] }, queue: 'orders' }, germanOrders, orders, rest), {}), [
    'error contradiction classification[0].when',
  ])
})

test('requirements that nobody could ever meet', () => {
  const wants = (...requirements: readonly Loose[]) =>
    lint(withRules({ ...germanOrders, requirements }, orders, rest), {})
  const contradicted = ['error contradiction classification[0].requirements']
  const german = (level: number, is?: string) => ({ skill: 'german', level, ...(is ? { is } : {}) })
  assert.equal(wants(german(5), german(3, 'atMost')), contradicted)
  assert.equal(wants(german(5), { not: german(4) }), contradicted)
  assert.equal(wants(german(10, 'above')).slice(0, 1), contradicted)
  assert.equal(wants({ any: [] }, german(3)), contradicted)
  assert.equal(wants({ kind: 'bot' }, { kind: 'human' }, german(3)), contradicted)
  assert.equal(wants({ team: 'night' }, { not: { team: 'night' } }, german(3)), contradicted)
  assert.equal(wants({ agents: ['ana'] }, { agents: ['bia'] }, german(3)), contradicted)
  assert.equal(wants(german(3), german(5, 'atMost')), [])
  assert.equal(wants({ any: [german(5), { not: german(4) }] }), [])
  assert.equal(wants({ agents: ['ana', 'bia'] }, { not: { agents: ['ana'] } }, german(3)), [])
  const excluded = { ...germanOrders, requirements: [{ agents: ['ana'] }, german(3)], exclude: ['ana'] }
  assert.equal(lint(withRules(excluded, orders, rest), {}), contradicted)
})

test('channels that are not there', () => {
  const fax = { when: { any: [{ channel: 'fax' }, { channel: 'sms' }] }, queue: 'orders' }
  const policy = { ...withRules(germanOrders, orders, fax, rest), channels: { telex: { cost: 1 } } }
  assert.equal(lint(policy), [
    'warning unknownChannel classification[2].when',
    'warning unknownChannel channels.telex',
  ])
  assert.equal(lint(policy, { agents: facts().agents! }), [])
})

test('queues that nothing leads to', () => {
  const vip = { ...sound, queues: { ...sound.queues, vip: {} } }
  assert.equal(lint(vip), ['warning queueUnused queues.vip'])
  const escalated = withOrders({ escalations: [{ name: 'late', when: { waited: 1 }, do: { queue: 'vip' } }] })
  assert.equal(lint({ ...vip, queues: { ...vip.queues, ...(escalated.queues as Loose), vip: {} } }, {}), [])
  const borrowed = withOrders({ relaxation: [{ after: 1, borrow: ['vip'] }] })
  assert.equal(lint({ ...vip, queues: { ...vip.queues, ...(borrowed.queues as Loose), vip: {} } }, {}), [])
  const weighted = {
    ...rest,
    queue: [
      { queue: 'care', weight: 9 },
      { queue: 'vip', weight: 0 },
    ],
  }
  assert.equal(lint({ ...withRules(germanOrders, orders, weighted), queues: vip.queues }), [
    'warning weightZero classification[2].queue[1].weight',
    'warning queueUnused queues.vip',
  ])
})

test('calendars that are never open, that nobody asks for, and holidays given twice', () => {
  const never = withOffice({ weekly: [], holidays: [{ date: '2026-12-25' }] })
  assert.equal(lint(never), [
    'error contradiction classification[1].when',
    'warning calendarNeverOpen calendars.office',
  ])
  const stuck = { ...never, queues: { ...sound.queues, care: { hours: 'office' } } }
  assert.ok(lint(stuck).includes('error calendarNeverOpen calendars.office'))
  assert.equal(lint(withOffice({ holidays: [{ date: '2026-12-25' }, { date: '2026-12-25' }] })), [
    'warning holidayTwice calendars.office.holidays[1]',
  ])
  assert.equal(lint({ ...sound, calendars: { ...sound.calendars, night: sound.calendars.office } }), [
    'warning calendarUnused calendars.night',
  ])
  assert.equal(
    lint(
      withOffice({ weekly: [], holidays: [{ date: '2026-12-25', open: [{ from: '09:00', to: '12:00' }] }] }),
    ),
    [],
  )
})

test('a zone that was not compiled into the policy', () => {
  const policy = { ...parsed(sound), zones: {} }
  assert.equal(
    lintPolicy(policy).map(({ code, path }) => `${code} ${path}`),
    ['unknownZone calendars.office.timeZone'],
  )
})

test('bands, slopes, targets and shares that order nothing', () => {
  const banded = sound.classification.map((rule) => ({ ...rule, band: 5 }))
  assert.equal(lint({ ...sound, classification: banded }), ['warning bandOutOfUse classification'])
  assert.equal(lint(withRules({ ...germanOrders, band: 5 }, orders, rest)), [])
  assert.equal(lint({ ...sound, slope: 0 }), ['warning starvation slope'])
  assert.equal(lint({ ...withRules({ ...germanOrders, priority: 0 }, orders, rest), slope: 0 }), [])
  const due = {
    ...sound,
    order: 'deadline',
    queues: { orders: { ...sound.queues.orders, target: 90_000 }, care: {} },
  }
  assert.equal(lint(due), ['warning deadlineWithoutTarget queues.care'])
  assert.equal(lint({ ...due, slope: 3, queues: { ...due.queues, care: { target: 90_000 } } }), [
    'warning withoutEffect slope',
  ])
  assert.equal(lint({ ...due, queues: { ...due.queues, care: { target: 90_000 } } }), [])
  assert.equal(lint({ ...sound, queues: { ...sound.queues, care: { share: 5 } } }), [
    'warning shareAlone queues.care.share',
  ])
  assert.equal(
    lint({ ...sound, queues: { orders: { ...sound.queues.orders, share: 3 }, care: { share: 5 } } }),
    [],
  )
})

test('settings without effect', () => {
  const care = (fields: Loose) => lint({ ...sound, queues: { ...sound.queues, care: fields } })
  assert.equal(care({ explore: { permille: 0, within: 5 } }), ['warning withoutEffect queues.care.explore'])
  assert.equal(care({ explore: { permille: 50, within: 0 } }), [])
  assert.equal(care({ ranking: ['bestMatch', 'longestIdle', 'bestMatch'] }), [
    'warning withoutEffect queues.care.ranking[2]',
  ])
  const dormancy = (keeps: number) => ({
    ...sound,
    channels: { ...sound.channels, whatsapp: { dormancy: { after: 600_000, keeps, onWake: 'wait' } } },
  })
  assert.equal(lint(dormancy(100)), ['warning withoutEffect channels.whatsapp.dormancy'])
  assert.equal(lint(dormancy(99)), [])
  const prefer = (ms: number) =>
    withRules({ ...germanOrders, prefer: { agents: 'last', for: ms } }, orders, rest)
  assert.equal(lint(prefer(0)), ['warning withoutEffect classification[0].prefer.for'])
  assert.equal(lint(prefer(1)), [])
})

test.run()
