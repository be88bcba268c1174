import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { DAY, define, type FcrDefinition } from './definition.js'
import { diffDefinitions, fcr, historyOf, unitsOf } from './fcr.js'
import { formatReport } from './format.js'
import { inMarch, workedExample } from './worked-example.js'

const test = suite('worked example')

const history = historyOf(workedExample())
const A = inMarch(12)
const B = inMarch(13, '12:00')
const C = inMarch(46)

const check = (overrides: Partial<FcrDefinition>, ...lines: readonly [string, string, string]) => {
  const found = [A, B, C].map((asOf) => {
    const { counts, closedCohort } = fcr(history, { definition: define(overrides), asOf }).total
    const rate = closedCohort.rate?.toFixed(4) ?? 'none closed'
    return `${counts.success}/${counts.failed}/${counts.pending}/${counts.open} ${rate}`
  })
  assert.equal(found, lines)
}

const ticket = {
  unit: 'contact',
  key: 'ticket',
  evidence: 'status',
  denominator: 'resolved',
  reopen: 'allowed',
} as const

const table: readonly [string, Partial<FcrDefinition>, string, string, string][] = [
  ['default', {}, '5/3/2/1 0.6250', '5/4/1/1 0.5556', '6/4/0/1 0.6000'],
  ['24 h', { window: DAY }, '13/0/0/1 1.0000', '14/0/0/1 1.0000', '14/0/0/1 1.0000'],
  ['30 d', { window: 30 * DAY }, '0/3/7/1 none closed', '0/4/6/1 none closed', '6/4/0/1 0.6000'],
  ['half-open bound', { bound: 'open' }, '6/2/3/1 0.7500', '6/3/2/1 0.6667', '8/3/0/1 0.7273'],
  ['Genesys', { unit: 'contact', key: 'customer' }, '4/5/4/1 0.4444', '6/6/2/1 0.5000', '8/6/0/1 0.5714'],
  ['same channel only', { crossChannel: false }, '6/3/2/1 0.6667', '8/3/1/1 0.7273', '9/3/0/1 0.7500'],
  ['abandons full', { abandoned: 'full' }, '4/4/2/1 0.5000', '4/5/1/1 0.4444', '5/5/0/1 0.5000'],
  [
    'HDI live',
    { evidence: 'status', escalation: 'breaks', callback: 'breaks' },
    '7/3/0/1 0.7000',
    '7/3/0/1 0.7000',
    '7/3/0/1 0.7000',
  ],
  [
    'HDI and 7 d repeats',
    { escalation: 'breaks', callback: 'breaks' },
    '3/5/2/1 0.3750',
    '3/6/1/1 0.3333',
    '4/6/0/1 0.4000',
  ],
  [
    'fixed, customer, 3 d',
    { chain: 'fixed', key: 'customer', window: 3 * DAY },
    '6/3/2/1 0.6667',
    '9/3/0/1 0.7500',
    '9/3/0/1 0.7500',
  ],
  [
    'rolling, customer, 3 d',
    { key: 'customer', window: 3 * DAY },
    '5/3/2/1 0.6250',
    '8/3/0/1 0.7273',
    '8/3/0/1 0.7273',
  ],
  ['warm transfers only', { transfer: 'warm' }, '4/4/2/1 0.5000', '4/5/1/1 0.4444', '5/5/0/1 0.5000'],
  [
    'Zendesk, fewer than 2 replies',
    { ...ticket, maxAgentReplies: 1 },
    '8/4/0/0 0.6667',
    '9/4/0/0 0.6923',
    '9/4/0/0 0.6923',
  ],
  [
    'Zendesk, exactly 1 reply',
    { ...ticket, maxAgentReplies: 1, minAgentReplies: 1 },
    '4/8/0/0 0.3333',
    '5/8/0/0 0.3846',
    '5/8/0/0 0.3846',
  ],
  [
    'Freshservice',
    { ...ticket, maxCustomerReplies: 0 },
    '9/3/0/0 0.7500',
    '10/3/0/0 0.7692',
    '10/3/0/0 0.7692',
  ],
  [
    'net of cancel and refund',
    { denominator: 'net', notL1: ['cancel', 'refund'] },
    '3/3/2/1 0.5000',
    '3/4/1/1 0.4286',
    '4/4/0/1 0.5000',
  ],
  ['survey', { evidence: 'survey' }, '2/1/0/0 0.6667', '2/1/0/0 0.6667', '2/1/0/0 0.6667'],
  ['bot ignored', { bot: 'ignore' }, '4/3/2/1 0.5714', '4/4/1/1 0.5000', '5/4/0/1 0.5556'],
]

for (const [name, overrides, a, b, c] of table)
  test(`${name}: at all three moments`, () => check(overrides, a, b, c))

test('the bounds and the nowcast of the default at the first moment', () => {
  const { bounds, nowcast, closedCohort } = fcr(history, { definition: define(), asOf: A }).total
  assert.is(bounds.lower?.toFixed(4), '0.4545')
  assert.is(bounds.upper?.toFixed(4), '0.7273')
  assert.is(closedCohort.of, 8)
  assert.is(nowcast?.rate, (9 / 10) * (7 / 8) * (5 / 6))
  assert.is(nowcast?.rate.toFixed(4), '0.6563')
  assert.is(nowcast?.of, 10)
})

const byChannel = (attribution: FcrDefinition['attribution']) =>
  fcr(history, { definition: define({ attribution }), asOf: C, by: ['channel'] })
    .cells.map(
      ({ values, figures: { counts } }) => `${values[0]} ${counts.success}/${counts.success + counts.failed}`,
    )
    .join(', ')

test('by channel: the first is blamed, the last is credited, and WhatsApp goes from half to all', () => {
  assert.is(byChannel('first'), 'chat 1/1, email 2/3, facebook 0/0, phone 2/3, sms 0/1, whatsapp 1/2')
  assert.is(byChannel('last'), 'chat 1/1, email 2/3, facebook 0/0, phone 2/3, sms 0/2, whatsapp 1/1')
  // With each, what took two channels stands in both, and the cells no longer add up to the total.
  assert.is(byChannel('each'), 'chat 1/1, email 2/3, facebook 0/0, phone 2/3, sms 0/2, whatsapp 1/3')
})

test('contacts for each decided issue', () => {
  const { total } = fcr(history, { definition: define(), asOf: C })
  assert.is(total.contactsPerUnit, 1.4)
})

test('the conversations behind a cell', () => {
  const question = { definition: define(), asOf: C, by: ['channel'] as const }
  const failed = unitsOf(history, question, { states: ['failed'], values: ['phone'] })
  assert.equal(
    failed.map((u) => [u.unit, u.contacts, u.reasons]),
    [['C02', ['C02', 'C03', 'C18'], ['repeat']]],
  )
})

test('two definitions differ on named conversations', () => {
  const at = { asOf: C }
  const diff = diffDefinitions(
    history,
    { definition: define(), ...at },
    { definition: define({ window: DAY }), ...at },
  )
  const states = diff.different.map(({ unit, left, right }) => [unit, left?.state, right?.state])
  assert.equal(states, [
    ['C01', 'failed', 'success'],
    ['C02', 'failed', 'success'],
    ['C03', undefined, 'success'],
    ['C13', 'failed', 'success'],
    ['C14', undefined, 'success'],
    ['C16', 'failed', 'success'],
    ['C17', undefined, 'success'],
    ['C18', undefined, 'success'],
  ])
  assert.is(diff.same, 7)
})

test('what was printed at a moment is printed again later; what we know now is another question', () => {
  const definition = define()
  const then = fcr(history, { definition, asOf: A }).total.counts
  const hindsight = fcr(history, { definition, asOf: A, known: C }).total.counts
  assert.equal([then.success, then.failed], [5, 3])
  assert.equal([hindsight.success, hindsight.failed], [4, 4])
})

test('the report says what it counts before it says how much', () => {
  const text = formatReport(fcr(history, { definition: define(), asOf: A, by: ['channel'] }))
  for (const part of [
    'First-contact resolution: 62.5 % of 8',
    'same customer and intent, any channel',
    '7 days after the end of a contact, inclusive, rolling',
    'first contact',
    'closed cohort: only units whose window is over',
    '2026-03-12 00:00 UTC',
    'what ended before 2026-03-05 00:00 UTC',
    '45.5 % to 72.7 % of 11',
    'repeat 2, reopened 1',
  ])
    assert.ok(text.includes(part), `"${part}" is missing in\n${text}`)
})

test.run()
