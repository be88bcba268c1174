import type { Requirement } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { conditionHolds, ruleFor, type TicketFacts } from '../classify.js'
import { type Condition, parsePolicy } from '../policy/index.js'
import { type Able, meetsAll } from '../requirements.js'
import { lintPolicy } from './index.js'
import { reachOf } from './reach.js'
import { subtract, tell } from './region.js'
import { agentDomains, agentRegion } from './requirements.js'

const test = suite('lint, against every ticket and every agent')

const CALENDARS = ['office', 'shop'] as const
const weekdays = (from: string, to: string) => ({
  timeZone: 'UTC',
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from, to }],
})

const some = <T extends string>(...values: readonly T[]) =>
  fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }))

const { condition } = fc.letrec<{ condition: Condition; plain: Condition }>((tie) => ({
  plain: fc.record(
    {
      channel: some('a', 'b'),
      language: some('x', 'y'),
      label: some('l', 'm'),
      hours: fc.record({ calendar: fc.constantFrom(...CALENDARS), is: fc.constantFrom('open', 'closed') }),
    },
    { requiredKeys: [] },
  ),
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('plain'),
    fc.record({ not: tie('condition') }),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
  ),
}))

const policyOf = (conditions: readonly Condition[]) => {
  const isAlways = (when: Condition) => Object.keys(when).length === 0
  return parsePolicy({
    name: 'drawn',
    classification: [
      ...conditions.filter((when) => !isAlways(when)).map((when) => ({ when, queue: 'q' })),
      { queue: 'q' },
    ],
    queues: { q: {} },
    calendars: { office: weekdays('09:00', '18:00'), shop: weekdays('08:00', '20:00') },
  })
}

/** Every ticket that the drawn conditions tell apart. */
const TICKETS: readonly TicketFacts[] = ['a', 'b', 'c'].flatMap((channel) =>
  ['x', 'y', undefined].flatMap((language) =>
    [[], ['l'], ['m'], ['l', 'm']].map((labels) => ({
      id: 't',
      channel,
      endpoint: 'e',
      language,
      intent: undefined,
      segment: undefined,
      labels,
    })),
  ),
)
const OPEN: readonly (readonly string[])[] = [[], ['office'], ['shop'], [...CALENDARS]]

test(
  'a rule is called unreachable if and only if no ticket, at no time, is classified by it',
  () => {
    let unreachable = 0
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 5 }), (conditions) => {
        const parsed = policyOf(conditions)
        assert.ok(E.isRight(parsed), JSON.stringify(parsed))
        const reached = new Set<number>()
        for (const open of OPEN) {
          const policy = { ...parsed.right, isOpen: (name: string) => open.includes(name) }
          for (const ticket of TICKETS) reached.add(ruleFor(policy, ticket, 0)!.index)
        }
        const never = parsed.right.rules.map((_, i) => i).filter((i) => !reached.has(i))
        unreachable += never.length
        const called = reachOf(parsed.right).flatMap((rule, i) => (rule.never ? [i] : []))
        assert.equal(called, never)
      }),
      { numRuns: 400 },
    )
    assert.ok(unreachable > 50, `${unreachable} unreachable rules were drawn: too few to prove much`)
  },
  { timeout: 40_000 },
)

test(
  'a policy that parses and has no errors classifies every ticket, and uses every rule',
  () => {
    let sound = 0
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), (conditions) => {
        const parsed = policyOf(conditions)
        assert.ok(E.isRight(parsed))
        const policy = parsed.right
        if (lintPolicy(policy).some(({ severity }) => severity === 'error')) return
        sound++
        const reached = new Set<number>()
        for (const open of OPEN)
          for (const ticket of TICKETS) {
            const found = ruleFor({ ...policy, isOpen: (name) => open.includes(name) }, ticket, 0)
            assert.ok(found, JSON.stringify(ticket))
            assert.ok(Object.hasOwn(policy.data.queues, String(found.rule.queue)))
            reached.add(found.index)
          }
        assert.is(reached.size, policy.rules.length)
      }),
      { numRuns: 400 },
    )
    assert.ok(sound > 50, `${sound} sound policies were drawn: too few to prove much`)
  },
  { timeout: 40_000 },
)

const { requirement } = fc.letrec<{ requirement: Requirement }>((tie) => ({
  requirement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record(
      {
        skill: fc.constantFrom('german', 'tax'),
        level: fc.integer({ min: 0, max: 10 }),
        is: fc.constantFrom('atLeast', 'atMost', 'exactly', 'above', 'below', 'not'),
        should: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['skill', 'level'] },
    ),
    fc.record({ kind: fc.constantFrom('human', 'bot') }),
    fc.record({ team: fc.constantFrom('day', 'night') }),
    fc.record({ agents: fc.uniqueArray(fc.constantFrom('ana', 'bia'), { maxLength: 2 }) }),
    fc.record({ not: tie('requirement') }),
    fc.record({ all: fc.array(tie('requirement'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('requirement'), { maxLength: 3 }) }),
  ),
})) as { requirement: fc.Arbitrary<Requirement> }

const LEVELS = Array.from({ length: 11 }, (_, level) => level)

/** Every agent that the drawn requirements tell apart. */
const AGENTS: readonly Able[] = LEVELS.flatMap((german) =>
  LEVELS.flatMap((tax) =>
    (['human', 'bot'] as const).flatMap((kind) =>
      ['day', 'night', undefined].flatMap((team) =>
        ['ana', 'bia', 'eva', 'zoe'].map((id) => ({ id, kind, team, skills: { german, tax } })),
      ),
    ),
  ),
)

test(
  'requirements are called contradictory, or one list weaker than another, as the agents show',
  () => {
    let empty = 0
    let weaker = 0
    const lists = fc.tuple(fc.array(requirement, { maxLength: 4 }), fc.array(requirement, { maxLength: 3 }))
    fc.assert(
      fc.property(lists, ([one, other]) => {
        const domains = agentDomains([one, other], ['eva'])
        const met = AGENTS.filter((agent) => meetsAll(agent, one))
        if (met.length === 0) empty++
        assert.is(
          tell(() => agentRegion(domains, one).length === 0),
          met.length === 0,
        )
        assert.is(
          tell(() => agentRegion(domains, one, ['ana', 'eva']).length === 0),
          met.every(({ id }) => id === 'ana' || id === 'eva'),
        )
        const implied = met.every((agent) => meetsAll(agent, other))
        if (implied) weaker++
        assert.is(
          tell(() => subtract(domains, agentRegion(domains, one), agentRegion(domains, other)).length === 0),
          implied,
        )
      }),
      { numRuns: 300 },
    )
    assert.ok(empty > 20 && weaker > 20, `${empty} contradictions, ${weaker} weaker: too few to prove much`)
  },
  { timeout: 40_000 },
)

test('what a ticket meets is what the region of a condition says', () => {
  fc.assert(
    fc.property(condition, (when) => {
      const parsed = policyOf([when])
      assert.ok(E.isRight(parsed))
      const holds = OPEN.some((open) => {
        const policy = { ...parsed.right, isOpen: (name: string) => open.includes(name) }
        return TICKETS.some((ticket) => conditionHolds(policy, when, ticket, 0))
      })
      assert.is(reachOf(parsed.right)[0]!.never !== undefined, !holds)
    }),
    { numRuns: 200 },
  )
})

test.run()
