import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { policies } from '../test/policies.js'
import { act, agentId, POLICY, policyOf, type Step, step, ticketId } from '../test/steps.js'
import { world } from '../test/world.js'
import { digestOf } from './index.js'

/** The log's order decides; but what happens to different tickets and agents at one moment has none. */
const test = suite('routing, commands in another order')
const T0 = Date.UTC(2026, 2, 2, 9)
const BOSS = { kind: 'human', id: 'boss' } as const
const SYSTEM = { kind: 'system' } as const
const content = { kind: 'text', text: 'x' } as const

/** One command to one stream, which nothing else in the burst is for. */
const toTicket = fc.record({
  id: ticketId,
  what: fc.constantFrom('write', 'abandon', 'expedite', 'requeue', 'park', 'wake', 'pick', 'resolve'),
  agent: agentId,
})
const toAgent = fc.record({
  id: agentId,
  what: fc.constantFrom('back', 'away', 'drain', 'signOut', 'more', 'less', 'queues'),
})

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never

const ticketStep =
  (of: Of<typeof toTicket>): Step =>
  (w) => {
    const { id, what, agent } = of
    const channel = w.state.tickets.get(id)?.channel ?? 'whatsapp'
    const opening = { channel, endpoint: 'e', customer: id }
    if (what === 'write') w.conversation(id, { type: 'receive', message: `b${id}`, content, opening })
    if (what === 'abandon') w.conversation(id, { type: 'abandon' })
    if (what === 'expedite') w.conversation(id, { type: 'expedite', by: BOSS })
    if (what === 'requeue') w.conversation(id, { type: 'requeue', by: SYSTEM, reason: 'x' })
    if (what === 'park') w.conversation(id, { type: 'park', by: SYSTEM, until: w.now + 5000 })
    if (what === 'wake') w.conversation(id, { type: 'wake', reason: 'agent' })
    if (what === 'pick') w.conversation(id, { type: 'pick', agent, by: BOSS, reassign: true })
    if (what === 'resolve') w.conversation(id, { type: 'resolve', by: SYSTEM, disposition: 'x' })
  }

const agentStep =
  ({ id, what }: Of<typeof toAgent>): Step =>
  (w) => {
    if (what === 'back') w.agent(id, { type: 'becomeAvailable' })
    if (what === 'away') w.agent(id, { type: 'becomeUnavailable', reason: 'x' })
    if (what === 'drain') w.agent(id, { type: 'drain', within: 0 })
    if (what === 'signOut') w.agent(id, { type: 'signOut' })
    if (what === 'more') w.agent(id, { type: 'changeCapacity', capacity: { total: 6 } })
    if (what === 'less') w.agent(id, { type: 'changeCapacity', capacity: { total: 1 } })
    if (what === 'queues') w.agent(id, { type: 'changeQueues', queues: ['orders', 'care'] })
  }

const burst = fc
  .tuple(
    fc.uniqueArray(toTicket, { selector: ({ id }) => id, minLength: 2, maxLength: 8 }),
    fc.uniqueArray(toAgent, { selector: ({ id }) => id, maxLength: 4 }),
  )
  .chain(([tickets, agents]) => {
    const steps = [...tickets.map(ticketStep), ...agents.map(agentStep)]
    return fc.record({
      steps: fc.constant(steps),
      other: fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length }),
    })
  })

test(
  'a burst of commands to different streams at one moment leads to the same state and the same decisions in any order',
  () => {
    let decided = 0
    const before = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' })
    const policy = fc.oneof(policies, fc.constant(policyOf(POLICY)))
    fc.assert(
      fc.property(policy, before, burst, fc.nat({ max: 30_000 }), (of, list, { steps, other }, later) => {
        const [one, two] = [steps, other].map((order) => {
          const w = world(of, T0)
          for (const each of list) {
            each(w)
            w.settle()
          }
          const past = w.passes.length
          for (const each of order) each(w)
          w.settle()
          w.advance(later)
          w.settle()
          assert.equal(w.broken, [])
          const decisions = w.passes.slice(past).map((pass) => pass.decisions)
          return { digest: digestOf(w.state), decisions }
        })
        decided += one!.decisions.length
        assert.equal(two!.decisions, one!.decisions)
        assert.is(two!.digest, one!.digest)
      }),
      { numRuns: Number(process.env.RAMAL_MODEL_RUNS ?? 150), includeErrorInReport: true },
    )
    assert.ok(decided > 50, 'something is decided, or nothing is tested')
  },
  { timeout: 55_000 },
)

test('given twice at once, or again whenever, a command without an id breaks nothing', () => {
  const late = act('again', fc.nat({ max: 20 }), (w, n) => w.repeat(n))
  const steps = fc.array(fc.oneof({ weight: 3, arbitrary: step }, { weight: 1, arbitrary: late }), {
    minLength: 20,
    maxLength: 60,
    size: 'max',
  })
  fc.assert(
    fc.property(steps, (list) => {
      const w = world(policyOf(POLICY), T0)
      for (const each of list) {
        each(w)
        w.settle()
      }
      assert.equal(w.broken, [])
    }),
    { numRuns: 100 },
  )
})

test.run()
