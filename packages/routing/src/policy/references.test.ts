import { suite } from '@ramal/testing'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../../test/scene.js'
import { parsePolicy } from './parse.js'

/** A policy that refers to nothing, or says what cannot be: refused as a whole, each fault with its path. */
const test = suite('policy, refusals')

const faultsOf = (input: unknown): readonly string[] => {
  const parsed = parsePolicy(input)
  if (!isLeft(parsed)) return []
  assert.is(parsed.left._tag, 'InvalidPolicy')
  return parsed.left.faults
}

const calendars = { office: { timeZone: 'UTC', weekly: [] } }

test('nothing is found in a policy that says all that can be said', () => {
  const queue = {
    hours: 'office',
    relaxation: [
      { after: 1, borrow: ['main'] },
      { after: 2, drop: ['x'] },
    ],
    escalations: [
      {
        name: 'late',
        when: { waited: 5, hours: { calendar: 'office', is: 'open' as const } },
        do: { queue: 'main' },
      },
    ],
  }
  const classification = [
    {
      when: { not: { hours: { calendar: 'office', is: 'closed' as const } } },
      queue: [{ queue: 'main', weight: 1 }],
    },
    { queue: 'main' },
  ]
  assert.equal(faultsOf(onePolicy(queue, { calendars, classification })), [])
})

const rule = (first: object) => onePolicy({}, { classification: [first, { queue: 'main' }] as never })
const always = { when: { channel: 'x' } }

const CASES: { readonly [what: string]: readonly [unknown, readonly string[]] } = {
  'a queue that there is not': [
    rule({ ...always, queue: 'nowhere' }),
    ['classification[0].queue: there is no queue "nowhere" in queues'],
  ],
  'a queue that only an object has': [
    rule({ ...always, queue: 'constructor' }),
    ['classification[0].queue: there is no queue "constructor" in queues'],
  ],
  'an allocation to queues that there are not, or to none': [
    rule({ ...always, queue: [{ queue: 'nowhere', weight: 0 }] }),
    [
      'classification[0].queue[0].queue: there is no queue "nowhere" in queues',
      'classification[0].queue: no queue has a weight above 0, so no ticket can go anywhere',
    ],
  ],
  'a calendar that there is not, in a condition however deep': [
    rule({
      when: { any: [{ all: [{ not: { hours: { calendar: 'none', is: 'open' } } }] }] },
      queue: 'main',
    }),
    ['classification[0].when.hours.calendar: there is no calendar "none" in calendars'],
  ],
  'hours of a queue by a calendar that there is not': [
    onePolicy({ hours: 'none' }),
    ['queues.main.hours: there is no calendar "none" in calendars'],
  ],
  'a rule that holds always, before others': [
    rule({ queue: 'main' }),
    ['classification[0]: it holds always, so rule 1 and those after it are never reached'],
  ],
  'a last rule that does not hold always': [
    onePolicy({}, { classification: [{ when: { channel: 'x' }, queue: 'main' }] }),
    ['classification[0].when: the last rule must hold always; leave "when" out'],
  ],
  'no rules': [
    onePolicy({}, { classification: [] }),
    ['classification: expected at least one rule, found none'],
  ],
  'steps that are not one after the other': [
    onePolicy({ relaxation: [{ after: 5 }, { after: 5, borrow: ['main', 'nowhere'] }] }),
    [
      'queues.main.relaxation[1].after: expected more than the 5 of the step before, found 5',
      'queues.main.relaxation[1].borrow[1]: there is no queue "nowhere" in queues',
    ],
  ],
  'escalations of one name, to nowhere, by no calendar': [
    onePolicy({
      escalations: [
        { name: 'a', when: { waited: 1 }, do: { queue: 'nowhere' } },
        {
          name: 'a',
          when: { waited: 1, hours: { calendar: 'none', is: 'open' } },
          do: { raise: 1 },
        },
      ],
    }),
    [
      'queues.main.escalations[0].do.queue: there is no queue "nowhere" in queues',
      'queues.main.escalations[1].name: another escalation is called "a"',
      'queues.main.escalations[1].when.hours.calendar: there is no calendar "none" in calendars',
    ],
  ],
  'an escalation that says not when, or not what': [
    onePolicy({ escalations: [{ name: 'a' }] }),
    [
      'queues.main.escalations[0].when: it would escalate every ticket at once; say when',
      'queues.main.escalations[0].do: it does nothing; say what',
    ],
  ],
}

for (const [what, [policy, faults]] of Object.entries(CASES))
  test(what, () => assert.equal(faultsOf(policy), faults))

test('what is no policy, has a field that there is not, or a number out of range: by the codec, with its path', () => {
  const path = (input: unknown) => faultsOf(input).join('\n')
  assert.match(path(undefined), 'expected')
  assert.match(path({}), 'classification')
  assert.match(path(onePolicy({ offerExpire: 5 } as never)), 'queues.main.offerExpire')
  assert.match(path(onePolicy({ concurrentOffers: 0 })), 'queues.main.concurrentOffers')
  // With auto-accept it would be given and taken back for ever, at one moment.
  assert.match(path(onePolicy({ silence: 0 })), 'queues.main.silence')
  assert.match(path(onePolicy({ ranking: ['fastest'] as never })), 'queues.main.ranking[0]')
  assert.match(path(onePolicy({}, { slope: 1.5 })), 'slope')
  assert.match(
    path(onePolicy({}, { calendars: { x: { timeZone: 'Mars/Base', weekly: [] } } })),
    'calendars.x.timeZone',
  )
  assert.match(path(rule({ ...always, queue: 'main', requirements: [{ skill: 'x' }] })), 'requirements[0]')
})

test('times that go beyond all clocks are refused: a moment and such a time would be no moment', () => {
  const forever = Number.MAX_SAFE_INTEGER
  const longest = 3_155_760_000_000
  const range = (from: number) => `expected an integer from ${from} to ${longest}, found ${forever}`
  const policies = (time: number) => [
    onePolicy({ offerExpiresAfter: time, declineRetryAfter: time, target: time, silence: time }),
    onePolicy({}, { channels: { sms: { wrapUp: time } }, reopenWithin: time, transferWaits: time }),
    onePolicy({
      escalations: [{ name: 'call', when: { waited: time }, do: { callBack: { after: time } } }],
    }),
  ]
  assert.equal(policies(forever).map(faultsOf), [
    [
      `queues.main.offerExpiresAfter: ${range(1)}`,
      `queues.main.declineRetryAfter: ${range(0)}`,
      `queues.main.target: ${range(0)}`,
      `queues.main.silence: ${range(1)}`,
    ],
    [`channels.sms.wrapUp: ${range(0)}`, `reopenWithin: ${range(0)}`, `transferWaits: ${range(0)}`],
    [
      `queues.main.escalations[0].when.waited: ${range(0)}`,
      `queues.main.escalations[0].do.callBack.after: ${range(0)}`,
    ],
  ])
  for (const policy of policies(longest)) {
    assert.equal(faultsOf(policy), [])
    const s = scene(policy)
    s.hire('a')
    s.come('t')
    s.accept('t')
    s.resolve('t', longest)
  }
})

test.run()
