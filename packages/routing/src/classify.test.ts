import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { onePolicy, scene, T0 } from '../test/scene.js'
import { policyOf } from '../test/steps.js'
import { type Condition, classify, conditionHolds, ruleFor, type TicketFacts } from './index.js'

const test = suite('routing, classification')

const calendars = {
  office: { timeZone: 'UTC', weekly: [{ days: ['mon' as const], from: '09:00', to: '17:00' }] },
}
const policy = policyOf(onePolicy({}, { calendars }))
const facts: TicketFacts = {
  id: 't',
  channel: 'whatsapp',
  endpoint: 'shop',
  language: 'pt',
  intent: undefined,
  segment: 'gold',
  labels: ['vip', 'late'],
}
const holds = (condition: Condition, ticket = facts, now = T0) =>
  conditionHolds(policy, condition, ticket, now)

test('every fact: one value or one of several; what is not known is none of them', () => {
  const table: readonly [Condition, boolean][] = [
    [{}, true],
    [{ channel: 'whatsapp' }, true],
    [{ channel: 'sms' }, false],
    [{ channel: ['sms', 'whatsapp'] }, true],
    [{ channel: [] }, false],
    [{ endpoint: 'shop', language: 'pt' }, true],
    [{ endpoint: 'shop', language: 'en' }, false],
    [{ intent: 'refund' }, false],
    [{ segment: ['silver', 'gold'] }, true],
    [{ label: 'vip' }, true],
    [{ label: ['x', 'late'] }, true],
    [{ label: 'x' }, false],
    [{ label: [] }, false],
  ]
  for (const [condition, expected] of table) assert.is(holds(condition), expected, JSON.stringify(condition))
})

test('all, any, not: the truth tables, with nothing in them too', () => {
  const yes: Condition = { channel: 'whatsapp' }
  const no: Condition = { channel: 'sms' }
  const table: readonly [Condition, boolean][] = [
    [{ all: [] }, true],
    [{ all: [yes, yes] }, true],
    [{ all: [yes, no] }, false],
    [{ any: [] }, false],
    [{ any: [no, yes] }, true],
    [{ any: [no, no] }, false],
    [{ not: no }, true],
    [{ not: { any: [no, { all: [yes, { not: no }] }] } }, false],
  ]
  for (const [condition, expected] of table) assert.is(holds(condition), expected, JSON.stringify(condition))
  const simple: fc.Arbitrary<Condition> = fc.constantFrom(yes, no, { intent: 'x' }, { label: 'vip' })
  fc.assert(
    fc.property(simple, simple, (a, b) =>
      assert.is(holds({ not: { all: [a, b] } }), holds({ any: [{ not: a }, { not: b }] })),
    ),
  )
})

test('hours: by the calendar of the policy, at the moment of the decision', () => {
  const open: Condition = { hours: { calendar: 'office', is: 'open' } }
  const closed: Condition = { hours: { calendar: 'office', is: 'closed' } }
  const evening = Date.UTC(2026, 2, 2, 17)
  assert.equal([holds(open, facts, T0), holds(closed, facts, T0)], [true, false])
  assert.equal([holds(open, facts, evening - 1), holds(open, facts, evening)], [true, false])
  assert.is(holds({ all: [closed, { channel: 'whatsapp' }] }, facts, evening), true)
})

test('the first rule that holds; one without a name is called by its place', () => {
  const several = policyOf(
    onePolicy(
      {},
      {
        classification: [
          { name: 'texts', when: { channel: 'sms' }, queue: 'main' },
          { when: { label: 'vip' }, queue: 'main', priority: 5 },
          { queue: 'main' },
        ],
      },
    ),
  )
  const name = (ticket: TicketFacts) => ruleFor(several, ticket, T0)?.name
  assert.is(name({ ...facts, channel: 'sms' }), 'texts')
  assert.is(name(facts), 'classification[1]')
  assert.is(name({ ...facts, labels: [] }), 'classification[2]')
})

test('what a rule says becomes the ticket: labels add up, people are heard before rules', () => {
  const s = scene(
    onePolicy(
      {},
      {
        classification: [
          {
            name: 'all',
            queue: 'main',
            priority: 7,
            band: 2,
            labels: ['late', 'new'],
            requirements: [{ skill: 'law', level: 1 }],
            prefer: { agents: ['bia'], for: 5 },
            exclude: ['caio'],
          },
        ],
      },
    ),
  )
  s.come('t', { labels: ['vip', 'late'] })
  const { queue, priority, band, labels, preferred, excluded, expedited, requirements, since } = s.ticket('t')
  assert.equal([queue, priority, band, labels], ['main', 7, 2, ['vip', 'late', 'new']])
  assert.equal(preferred, { agents: ['bia'], for: 5, at: T0, direct: false })
  assert.equal([excluded, expedited, since], [['caio'], false, T0])
  assert.equal(requirements, [{ skill: 'law', level: 1 }])
  const by = { kind: 'human', id: 'boss' } as const
  s.command('t', { type: 'exclude', agent: 'dora', by })
  s.command('t', { type: 'expedite', by })
  s.publish(onePolicy({}, { onPublish: 'reclassify' }))
  assert.equal(s.ticket('t').excluded, ['dora'], "a person's word outlives the rule's")
  assert.is(s.ticket('t').expedited, true)
  assert.is(s.ticket('t').priority, 0)
  const desk = { kind: 'system', id: 'desk' } as const
  s.command('t', { type: 'transfer', to: { kind: 'queue', queue: 'main' }, mode: 'cold', by: desk })
  s.publish(onePolicy({}, { onPublish: 'reclassify', classification: [{ queue: 'main', priority: 9 }] }))
  assert.is(s.ticket('t').priority, 0, 'what a person transferred stays as it is')
  s.command('t', { type: 'abandon' })
  s.come('t')
  assert.equal([s.ticket('t').excluded, s.ticket('t').expedited], [['dora'], false])
})

test('the last agent of the customer is preferred, or excluded, where a rule says so', () => {
  const s = scene()
  s.come('t')
  const ticket = s.ticket('t')
  const rule = (of: object) => policyOf(onePolicy({}, { classification: [{ queue: 'main', ...of }] }))
  const last = { lastAgents: new Map([['t', 'bia']]) }
  const none = { lastAgents: new Map<string, string>() }
  const prefers = rule({ prefer: { agents: 'last', for: 9 } })
  assert.equal(classify(last, prefers, ticket, T0)?.prefer, { agents: ['bia'], for: 9 })
  assert.is(classify(none, prefers, ticket, T0)?.prefer, undefined)
  assert.equal(classify(last, rule({ exclude: 'last' }), ticket, T0)?.excluded, ['bia'])
  assert.is(classify(none, rule({ exclude: 'last' }), ticket, T0)?.excluded, undefined)
  const own = { ...ticket, lastAgent: 'caio' }
  assert.equal(classify(last, prefers, own, T0)?.prefer?.agents, ['caio'], 'of this ticket before of another')
})

test.run()
