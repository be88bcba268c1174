import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { world } from '../../test/world.js'
import { parsePolicy } from '../policy/index.js'
import { type PreviewAgent, type PreviewFacts, previewInWords, previewSteps } from './index.js'

const test = suite('preview')

const at = (iso: string): number => Date.parse(iso)
/** A Monday, 10:00 in Sao Paulo. */
const NOW = at('2026-11-23T13:00:00Z')

const agent = (id: string, german: number, rest: Partial<PreviewAgent> = {}): PreviewAgent => ({
  id,
  kind: 'human',
  team: undefined,
  skills: german > 0 ? { german } : {},
  capacity: { total: 3 },
  queues: ['orders'],
  ...rest,
})

const team = (count: number, german: number, rest: Partial<PreviewAgent> = {}): readonly PreviewAgent[] =>
  Array.from({ length: count }, (_, i) => agent(`${String.fromCharCode(97 + german)}${i}`, german, rest))

const policyOf = (fields: Readonly<Record<string, unknown>>) => {
  const parsed = parsePolicy({
    name: 'shop',
    classification: [{ name: 'german', queue: 'orders', requirements: [{ skill: 'german', level: 5 }] }],
    queues: { orders: {}, care: {} },
    ...fields,
  })
  assert.ok(E.isRight(parsed), JSON.stringify(parsed))
  return parsed.right
}

const chat: PreviewFacts = { channel: 'webchat' }

test('after 60 s the pool grows from 3 to 17', () => {
  const policy = policyOf({ queues: { orders: { relaxation: [{ after: 60_000, lower: { german: 2 } }] } } })
  const steps = previewSteps(policy, [...team(3, 5), ...team(14, 3), ...team(9, 1)], chat, NOW)
  assert.equal(
    steps.map(({ at, step, pool, present, asks }) => ({ at, step, pool, present, asks })),
    [
      { at: 0, step: 0, pool: 3, present: 3, asks: ['german 5'] },
      { at: 60_000, step: 1, pool: 17, present: 17, asks: ['german 2'] },
    ],
  )
  assert.equal(steps[0]!.agents, ['f0', 'f1', 'f2'])
  assert.equal(previewInWords(steps), [
    'at once: classified by rule "german" to queue "orders"; asks for german 5; 3 can take it',
    '+1 min: step 1 of relaxation; asks for german 2; the pool grows from 3 to 17',
  ])
})

test('who is away is in the pool, and is not present; a step may be skipped for it', () => {
  const steps = { after: 60_000, lower: { german: 2 }, skipToWhenNobodyPresent: true }
  const policy = policyOf({ queues: { orders: { relaxation: [steps] } } })
  const agents = [...team(2, 5, { available: false }), ...team(2, 3)]
  assert.equal(previewInWords(previewSteps(policy, agents, chat, NOW)), [
    'at once: classified by rule "german" to queue "orders"; step 1 of relaxation, as nobody present could take it; ' +
      'asks for german 2; 4 can take it, 2 of them available',
  ])
})

test('escalations change the queue and what is asked for, and end it', () => {
  const policy = policyOf({
    queues: {
      orders: {
        escalations: [
          {
            name: 'late',
            when: { waited: 90_000 },
            do: { queue: 'care', requirements: [], raise: 50, labels: ['late'] },
          },
        ],
      },
      care: {
        relaxation: [{ after: 30_000, borrow: ['orders'] }],
        escalations: [
          { name: 'give up', when: { waited: 3_600_000 }, do: { close: { disposition: 'noAgent' } } },
        ],
      },
    },
  })
  const agents = [...team(1, 5), ...team(2, 1, { queues: ['care'] })]
  assert.equal(previewInWords(previewSteps(policy, agents, chat, NOW)), [
    'at once: classified by rule "german" to queue "orders"; asks for german 5; 1 can take it',
    '+1 min 30 s: escalated by "late": to queue "care", priority 50, labelled late; asks for nothing more; ' +
      'the pool grows from 1 to 2',
    '+2 min: step 1 of relaxation; the pool grows from 2 to 3',
    '+1 h: escalated by "give up"; closed as "noAgent"',
  ])
})

test('a ticket waits for who had it last while they are there, and no longer than the rule says', () => {
  const policy = policyOf({ classification: [{ queue: 'orders', prefer: { agents: 'last', for: 30_000 } }] })
  const facts = { ...chat, lastAgent: 'b1' }
  assert.equal(
    previewSteps(policy, team(3, 1), facts, NOW).map(({ at, why, agents }) => [at, why, agents.join()]),
    [
      [0, 'classified by rule "classification[0]" to queue "orders"; waits for b1', 'b1'],
      [30_000, 'waits for b1 no longer', 'b0,b1,b2'],
    ],
  )
  const away = team(3, 1).map((one) => ({ ...one, available: one.id !== 'b1' }))
  assert.equal(
    previewSteps(policy, away, facts, NOW).map(({ pool, present }) => [pool, present]),
    [[3, 2]],
  )
})

test('a queue is closed until its calendar opens, and steps are taken meanwhile', () => {
  const calendars = {
    office: {
      timeZone: 'America/Sao_Paulo',
      weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
    },
  }
  const policy = policyOf({
    calendars,
    queues: { orders: { hours: 'office', relaxation: [{ after: 60_000, drop: ['german'] }] } },
  })
  const friday = at('2026-11-27T21:30:00Z')
  const words = previewInWords(previewSteps(policy, team(2, 5), chat, friday, { horizon: 3 * 86_400_000 }))
  assert.equal(words, [
    'at once: classified by rule "german" to queue "orders"; "office" is closed; asks for german 5; nobody can take it',
    '+1 min: step 1 of relaxation; asks for nothing more',
    '+2 d 14 h 30 min: "office" opens; the pool grows from 0 to 2',
    '+2 d 23 h 30 min: "office" is closed; the pool shrinks from 2 to 0',
  ])
})

test('a promised call parks the ticket, and it wakes', () => {
  const late = { name: 'late', when: { waited: 60_000 }, do: { callBack: { after: 600_000 } } }
  const policy = policyOf({ queues: { orders: { escalations: [late] } } })
  assert.equal(
    previewSteps(policy, team(1, 5), chat, NOW).map(({ at, place, pool }) => [at, place, pool]),
    [
      [0, 'queued', 1],
      [60_000, 'parked', 0],
      [660_000, 'queued', 1],
    ],
  )
})

test('facts and agents that no log would take are refused', () => {
  const policy = policyOf({})
  assert.throws(
    () => previewSteps(policy, [], { channel: '' }, NOW),
    /conversation-preview: channel: expected/,
  )
  assert.throws(
    () => previewSteps(policy, [agent('ana', 11)], chat, NOW),
    /agent-ana: skills\.german: expected/,
  )
})

const OPENED = {
  type: 'receive',
  message: 'm1',
  content: { kind: 'text', text: 'hello' },
  opening: { channel: 'webchat', endpoint: 'e', customer: 'c' },
} as const

const delay = fc.integer({ min: 1, max: 500 }).map((n) => n * 1000)

test(
  'it is what happens: the same steps and escalations, at the same moments, as a router would decide',
  () => {
    const drawn = fc.record({
      steps: fc.uniqueArray(delay, { maxLength: 3 }),
      skips: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      late: delay,
      over: fc.boolean(),
      give: delay,
      present: fc.boolean(),
    })
    fc.assert(
      fc.property(drawn, ({ steps, skips, late, over, give, present }) => {
        const relaxation = steps
          .sort((a, b) => a - b)
          .map((after, i) => ({ after, lower: { german: 4 - i }, skipToWhenNobodyPresent: skips[i]! }))
        const policy = policyOf({
          queues: {
            orders: {
              relaxation,
              escalations: [
                {
                  name: 'late',
                  when: over ? { waited: late } : { waited: late, nobodyPresent: true },
                  do: { queue: 'care' },
                },
              ],
            },
            care: {
              escalations: [
                { name: 'give up', when: { waited: give + 500_000 }, do: { close: { disposition: 'x' } } },
              ],
            },
          },
        })
        // They can take nothing, so no offer is made.
        const agents = team(2, 3, { capacity: { total: 0 }, available: present })
        const previewed = previewSteps(policy, agents, chat, NOW).map(({ at, queue, step, place }) => [
          at,
          queue,
          step,
          place,
        ])

        const real = world(policy, NOW)
        for (const { id, available, kind, skills, capacity, queues } of agents) {
          real.agent(id, { type: 'register', profile: { kind, skills, capacity, queues } })
          real.agent(id, { type: 'signIn' })
          if (available) real.agent(id, { type: 'becomeAvailable' })
        }
        const happened: unknown[][] = []
        real.conversation('preview', OPENED)
        for (let ms = 0; ms <= 1_100_000; ms += 500) {
          real.settle()
          const { queue, step, place } = real.state.tickets.get('preview')!
          const now = [ms, queue, step, place]
          if (happened.at(-1)?.slice(1).join() !== now.slice(1).join()) happened.push(now)
          if (place === 'resolved') break
          real.advance(500)
        }
        assert.equal(previewed, happened)
      }),
      { numRuns: 25 },
    )
  },
  { timeout: 40_000 },
)

test.run()
