import { random } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'
import { policyOf } from '../test/steps.js'
import { choose, classify, type Judged, lineUp, type Ordered, sharing, type Ticket } from './index.js'

/** What holds in the long run: shares, allocation, exploration. */
const test = suite('routing, fairness')

const ticketOf = (id: string, queue: string): Ticket => {
  const s = scene()
  s.come('t')
  return { ...s.ticket('t'), id, queue }
}
const TICKET = ticketOf('t', 'main')

test('shares: of every m tickets served a queue gets m x share / sum, within as many tickets as there are other queues', () => {
  const shares = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 4 })
  fc.assert(
    fc.property(shares, fc.integer({ min: 1, max: 8 }), (list, rounds) => {
      const names = list.map((_, i) => `q${i}`)
      const policy = policyOf({
        name: 'shares',
        classification: [{ queue: 'q0' }],
        queues: Object.fromEntries(list.map((share, i) => [`q${i}`, { share }])),
      })
      // As many wait as the shares say, so that no queue has more than it should at first.
      const waiting = names.flatMap((queue, i) =>
        Array.from({ length: list[i]! * rounds }, (_, n): Ordered => {
          return { ticket: { ...TICKET, id: `${queue}.${n}`, queue }, key: -n }
        }),
      )
      const line = lineUp(policy, waiting)
      const served = new Map(names.map((name) => [name, 0]))
      const sum = list.reduce((a, b) => a + b, 0)
      let m = 0
      for (let one = line.next(); one; one = line.next()) {
        const { queue } = one.ticket
        assert.is(one.ticket.id, `${queue}.${served.get(queue!)}`, 'in a queue: who is first by the order')
        served.set(queue!, served.get(queue!)! + 1)
        line.serve(one)
        m++
        for (const [i, name] of names.entries()) {
          const over = served.get(name)! - (m * list[i]!) / sum
          assert.ok(over < 1 && over > -names.length, `${name} is ${over} ahead after ${m}`)
        }
      }
      assert.is(m, sum * rounds)
    }),
    { numRuns: 200 },
  )
})

test('shares: the queue that has most above its share goes first, and none waits for one that nobody can take', () => {
  const queues = { a: { share: 3 }, b: { share: 1 }, c: {} }
  const policy = policyOf({ name: 's', classification: [{ queue: 'a' }], queues })
  const lengths = new Map([
    ['a', 3],
    ['b', 3],
    ['c', 9],
  ])
  const { excess } = sharing(policy, lengths)
  assert.equal(['a', 'b', 'c'].map(excess), [-6, 6, 0])
  const s = scene({
    name: 's',
    classification: [{ when: { channel: 'sms' }, queue: 'b' }, { queue: 'a' }],
    queues,
  })
  for (let i = 0; i < 3; i++) s.come(`b${i}`, { channel: 'sms' })
  s.come('a0')
  s.hire('bia', { queues: ['a'] })
  assert.equal(s.offered('a0'), ['bia'])
})

test('allocation: by the weights in the long run, always the same for a ticket, and nothing where the weight is 0', () => {
  const queues = { a: {}, b: {}, none: {} }
  const queue = [
    { queue: 'none', weight: 0 },
    { queue: 'a', weight: 3 },
    { queue: 'b', weight: 1 },
  ]
  const policy = policyOf({ name: 'allocation', classification: [{ queue }], queues })
  const state = { lastAgents: new Map<string, string>() }
  const queueOf = (id: string, by = policy) => classify(state, by, { ...TICKET, id }, 0)!.queue
  const N = 8000
  let a = 0
  for (let i = 0; i < N; i++) {
    const got = queueOf(`t${i}`)
    assert.is.not(got, 'none')
    if (got === 'a') a++
    if (i % 100 === 0) assert.is(queueOf(`t${i}`), got)
  }
  // Three standard deviations of a binomial.
  assert.ok(Math.abs(a - 0.75 * N) < 3 * Math.sqrt(N * 0.75 * 0.25), `${a} of ${N}`)
  const other = policyOf({ ...policy.data, seed: 'another' })
  const moved = Array.from({ length: 400 }, (_, i) => `t${i}`).filter(
    (id) => queueOf(id) !== queueOf(id, other),
  )
  assert.ok(moved.length > 50, 'another seed draws anew')
  const s = scene(onePolicy({}, { classification: [{ queue }], queues }))
  s.come('t7')
  const { queue: first } = s.ticket('t7')
  s.command('t7', { type: 'abandon' })
  s.come('t7')
  assert.is(s.ticket('t7').queue, first, 'reopened, it goes where it was')
})

const judgedOf = (scores: readonly number[]): readonly Judged[] => {
  const s = scene()
  s.hire('a')
  const agent = s.w.state.agents.get('a')!
  return scores.map((score, i) => ({
    id: `a${i}`,
    idleSince: 0,
    agent: { ...agent, id: `a${i}` },
    load: agent,
    score: [score],
    verdict: 'ok',
  }))
}

for (const wanted of [1, 2, 3])
  test(`exploration: of ${wanted} asked at a time each is asked as often as the logged chance says`, () => {
    const explore = { permille: 300, within: 10 }
    const policy = policyOf(onePolicy({ explore }))
    const ranked = judgedOf([100, 97, 95, 90, 50, 10])
    const N = 6000
    const asked = new Map<string, { times: number; propensity: number }>()
    for (let i = 0; i < N; i++) {
      const { agents, chanceOf } = choose(
        policy,
        policy.queue(TICKET.queue!),
        { ...TICKET, id: `t${i}` },
        ranked,
        wanted,
      )
      assert.is(agents.length, wanted)
      for (const one of agents) {
        const { propensity, nearEqual } = chanceOf(one)!
        assert.is(nearEqual, 4)
        const seen = asked.get(one.agent.id) ?? { times: 0, propensity: propensity! }
        assert.is(seen.propensity, propensity)
        asked.set(one.agent.id, { ...seen, times: seen.times + 1 })
      }
    }
    for (const [id, { times, propensity: p }] of asked)
      assert.ok(Math.abs(times - p * N) <= 3.5 * Math.sqrt(N * p * (1 - p)), `${id}: ${times / N}, not ${p}`)
    const sum = [...asked.values()].reduce((total, { propensity }) => total + propensity, 0)
    assert.ok(Math.abs(sum - wanted) < 1e-9, `the chances add up to how many are asked, not to ${sum}`)
  })

test('exploration: the draws follow from the seed, the ticket and its version, and say who was first', () => {
  const policy = policyOf(onePolicy({ explore: { permille: 500, within: 10 } }))
  const ranked = judgedOf([9, 8, 7])
  for (let version = 0; version < 200; version++) {
    const ticket = { ...TICKET, version }
    const { agents, chanceOf } = choose(policy, policy.queue(ticket.queue!), ticket, ranked, 1)
    const draw = random(`${policy.seed}/explore/${ticket.id}/${version}`)
    const [explores, any] = [draw.below(1000), draw.below(3)]
    assert.equal(chanceOf(agents[0]!)!.draws, [explores, any])
    assert.is(agents[0]!.agent.id, `a${explores < 500 ? any : 0}`)
  }
})

test('without exploration nothing is left to chance, and nothing is logged of it', () => {
  const ranked = judgedOf([9, 9, 9])
  const policy = policyOf(onePolicy())
  const { agents, chanceOf } = choose(policy, policy.queue(TICKET.queue!), TICKET, ranked, 2)
  assert.equal(
    agents.map(({ agent }) => agent.id),
    ['a0', 'a1'],
  )
  assert.is(chanceOf(agents[0]!), undefined)
})

test.run()
