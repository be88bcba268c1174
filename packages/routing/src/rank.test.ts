import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { onePolicy, type Scene, scene } from '../test/scene.js'
import { policyOf } from '../test/steps.js'
import {
  type AgentState,
  compareRanked,
  nearBest,
  RANKINGS,
  type Ranked,
  type Ranking,
  rankOf,
  tieBreakOf,
} from './index.js'

const test = suite('routing, ranking')

/** Who is asked first of bia and caio, by one ranking, after something has made them differ. */
const first = (ranking: Ranking, differ: (s: Scene) => void, requirements: object[] = []): string => {
  const policy = (only: readonly Ranking[], asked: object[]) =>
    onePolicy(
      { ranking: [...only], declineRetryAfter: 1 },
      { classification: [{ queue: 'main', requirements: asked as never }] },
    )
  const s = scene(policy(['longestIdle'], []))
  differ(s)
  s.wait(10_000)
  // Bia would win every tie.
  s.publish(policy([ranking], requirements))
  s.come('subject')
  return s.offered('subject')[0]!
}

const both = (s: Scene) => {
  s.hire('bia', { capacity: { total: 9 } })
  s.wait(1000)
  s.hire('caio', { capacity: { total: 9 } })
  s.wait(1000)
}

/** Bia is given a ticket; then she is the one who was busy last. */
const biaHasOne = (s: Scene) => {
  both(s)
  s.come('x')
  assert.is(s.accept('x'), 'bia')
}

test('each ranking, by a small example in which bia would win a tie', () => {
  const cases: Readonly<Record<Ranking, () => string>> = {
    longestIdle: () => first('longestIdle', biaHasOne),
    longestSinceOffered: () =>
      first('longestSinceOffered', (s) => {
        both(s)
        s.come('x')
        assert.equal(s.offered('x'), ['bia'])
        s.command('x', { type: 'abandon' })
      }),
    longestSinceAssigned: () => first('longestSinceAssigned', biaHasOne),
    longestSinceEnded: () =>
      first('longestSinceEnded', (s) => {
        biaHasOne(s)
        s.resolve('x')
      }),
    longestAvailable: () =>
      first('longestAvailable', (s) => {
        both(s)
        s.agent('bia', { type: 'becomeUnavailable', reason: 'lunch' }, { type: 'becomeAvailable' })
      }),
    roundRobin: () => first('roundRobin', biaHasOne),
    leastLoaded: () => first('leastLoaded', biaHasOne),
    mostCapacity: () =>
      first('mostCapacity', (s) => {
        s.hire('bia', { capacity: { total: 2 } })
        s.hire('caio', { capacity: { total: 3 } })
      }),
    fewestTickets: () => first('fewestTickets', biaHasOne),
    bestMatch: () =>
      first(
        'bestMatch',
        (s) => {
          s.hire('bia', { skills: { money: 2 } })
          s.hire('caio', { skills: { money: 5 } })
        },
        [{ skill: 'money', level: 1 }],
      ),
    expectedResolution: () =>
      first('expectedResolution', (s) => {
        both(s)
        s.w.estimate({ version: 'v', prior: 500, estimates: [{ agent: 'caio', permille: 501 }] })
      }),
  }
  for (const name of RANKINGS) assert.is(cases[name](), 'caio', name)
})

test('with nothing to tell them apart every ranking leaves it to the lesser id', () => {
  for (const ranking of RANKINGS)
    assert.is(
      first(ranking, (s) => {
        s.hire('caio')
        s.hire('bia')
      }),
      'bia',
      ranking,
    )
})

test('load counts in proportion, and who can carry nothing is full', () => {
  const s = scene(onePolicy({ ranking: ['leastLoaded'] }))
  s.hire('bia', { capacity: { total: 10 } })
  s.hire('caio', { capacity: { total: 0 } })
  s.come('t')
  const policy = policyOf(onePolicy({ ranking: ['leastLoaded'] }))
  const scoreOf = (agent: AgentState, load: number) =>
    rankOf(s.w.state, policy, s.ticket('t'), agent, { ...agent, load })
  const [bia, caio] = ['bia', 'caio'].map((id) => s.w.state.agents.get(id)!)
  assert.equal(
    [0, 1, 3, 10].map((load) => scoreOf(bia!, load)[0]! + 0),
    [0, -100, -300, -1000],
  )
  assert.equal(scoreOf(caio!, 0), [-1000])
})

test('rankings are compared one after the other', () => {
  const s = scene(onePolicy({ ranking: ['fewestTickets', 'mostCapacity'], concurrentOffers: 4 }))
  s.hire('a', { capacity: { total: 2 } })
  s.hire('b', { capacity: { total: 5 } })
  s.hire('c', { capacity: { total: 9 } })
  s.command('x', {
    type: 'receive',
    message: 'm',
    content: { kind: 'text', text: 'x' },
    opening: { channel: 'sms', endpoint: 'e', customer: 'x' },
  })
  s.accept('x', 'c')
  s.come('t')
  assert.equal(s.offered('t'), ['b', 'a', 'c'])
})

const ranked: fc.Arbitrary<Ranked> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  score: fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat({ max: 1 })),
})

test('the order is total: of two one goes first unless they are the same, and it is the same order from anywhere', () => {
  fc.assert(
    fc.property(ranked, ranked, ranked, (a, b, c) => {
      const sign = (x: Ranked, y: Ranked) => Math.sign(compareRanked(x, y))
      assert.is(sign(a, b) + sign(b, a), 0)
      if (sign(a, b) === 0) assert.equal([a.id, a.score], [b.id, b.score])
      if (sign(a, b) <= 0 && sign(b, c) <= 0) assert.ok(sign(a, c) <= 0)
    }),
    { numRuns: 2000 },
  )
})

test('the tie-break names what told the best from the next', () => {
  const one = (id: string, ...score: number[]): Ranked => ({ id, score })
  const ranking: readonly Ranking[] = ['leastLoaded', 'longestIdle']
  assert.is(tieBreakOf(ranking, [one('a', 1, 2)]), 'only candidate')
  assert.is(tieBreakOf(ranking, [one('a', 2, 2), one('b', 1, 9)]), 'leastLoaded')
  assert.is(tieBreakOf(ranking, [one('a', 1, 9), one('b', 1, 2)]), 'longestIdle')
  assert.is(tieBreakOf(ranking, [one('a', 1, 2), one('b', 1, 2)]), 'agent id')
})

test('near the best are those whose first score is within so much of it', () => {
  const scores = [9, 9, 7, 4].map((score, i): Ranked => ({ id: `${i}`, score: [score] }))
  assert.equal(
    [0, 1, 2, 5, 100].map((within) => nearBest(scores, 9, within)),
    [2, 2, 3, 4, 4],
  )
})

test.run()
