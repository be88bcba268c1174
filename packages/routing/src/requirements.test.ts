import type { Comparison, Requirement } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { requirement } from '../test/policies.js'
import { type Able, asksOf, describeRequirement, fit, meets, meetsAll, missing } from './index.js'

const test = suite('routing, requirements')

const agent = (skills: Record<string, number> = {}, rest: Partial<Able> = {}): Able => ({
  id: 'bia',
  kind: 'human',
  team: 'day',
  skills,
  ...rest,
})
const money = (level: number, is?: Comparison): Requirement => ({ skill: 'money', level, is })

test('levels are compared in six ways; who has not the skill has level 0', () => {
  const table: readonly [Comparison | undefined, number, readonly boolean[]][] = [
    // For agents who have money 0 (that is: not), 2, 3 and 4.
    [undefined, 3, [false, false, true, true]],
    ['atLeast', 3, [false, false, true, true]],
    ['atMost', 3, [true, true, true, false]],
    ['exactly', 3, [false, false, true, false]],
    ['above', 3, [false, false, false, true]],
    ['below', 3, [true, true, false, false]],
    ['not', 3, [true, true, false, true]],
    ['atLeast', 0, [true, true, true, true]],
    ['exactly', 0, [true, false, false, false]],
  ]
  const agents = [agent(), agent({ money: 2 }), agent({ money: 3 }), agent({ money: 4 })]
  for (const [is, level, expected] of table)
    assert.equal(
      agents.map((one) => meets(one, money(level, is))),
      expected,
      `${is} ${level}`,
    )
})

test('and, or, not: the truth tables, with nothing in them too', () => {
  const yes: Requirement = { kind: 'human' }
  const no: Requirement = { kind: 'bot' }
  const table: readonly [Requirement, boolean][] = [
    [{ all: [] }, true],
    [{ all: [yes, yes] }, true],
    [{ all: [yes, no] }, false],
    [{ any: [] }, false],
    [{ any: [no, yes] }, true],
    [{ any: [no, no] }, false],
    [{ not: yes }, false],
    [{ not: no }, true],
    [{ not: { all: [yes, { any: [no, { not: no }] }] } }, false],
  ]
  for (const [one, expected] of table) assert.is(meets(agent(), one), expected, describeRequirement(one))
  assert.is(meetsAll(agent(), []), true)
  assert.is(meetsAll(agent(), [yes, no]), false)
})

test('kind, team, and agents by name', () => {
  assert.is(meets(agent({}, { kind: 'bot' }), { kind: 'bot' }), true)
  assert.is(meets(agent(), { team: 'day' }), true)
  assert.is(meets(agent({}, { team: undefined }), { team: 'day' }), false)
  assert.is(meets(agent(), { agents: ['caio', 'bia'] }), true)
  assert.is(meets(agent(), { agents: [] }), false)
})

test('whoever does not meet a requirement meets its opposite, and the other way round', () => {
  const skills = fc.record({ money: fc.nat({ max: 5 }), law: fc.nat({ max: 5 }) })
  fc.assert(
    fc.property(requirement, requirement, skills, (a: Requirement, b: Requirement, of) => {
      const one = agent(of)
      assert.is(meets(one, { not: a }), !meets(one, a))
      assert.is(meets(one, { not: { all: [a, b] } }), meets(one, { any: [{ not: a }, { not: b }] }))
      assert.is(meetsAll(one, [a, b]), meets(one, { all: [a, b] }))
    }),
  )
})

test('what should be is always met, and counts for the best fit', () => {
  const should: Requirement = { skill: 'law', level: 2, should: 3 }
  assert.is(meets(agent(), should), true)
  assert.is(fit(agent({ law: 2 }), [should]), 300)
  assert.is(fit(agent({ law: 1 }), [should]), 0)
})

test('the fit: levels of what is asked for at least, the best of alternatives, and what should be', () => {
  const able = agent({ money: 4, law: 2 })
  const table: readonly [readonly Requirement[], number][] = [
    [[], 0],
    [[money(3)], 4],
    [[money(3, 'above')], 4],
    [[money(9, 'atMost')], 0],
    [[money(4, 'exactly')], 0],
    [[{ kind: 'human' }, { team: 'day' }], 0],
    [[money(1), { skill: 'law', level: 1 }], 6],
    [[{ all: [money(1), { skill: 'law', level: 1 }] }], 6],
    [[{ any: [money(1), { skill: 'law', level: 1 }] }], 4],
    [[{ any: [money(9), { skill: 'law', level: 1 }] }], 2],
    [[{ any: [money(9)] }], 0],
    [[{ not: money(9) }], 0],
    [[money(1), { skill: 'law', level: 1, should: 2 }], 204],
  ]
  for (const [asked, expected] of table) assert.is(fit(able, asked), expected, JSON.stringify(asked))
})

test('the key is the same for the same requirements, in whatever order their fields stand, and for no others', () => {
  assert.is(asksOf([{ skill: 'a', level: 1 }]), asksOf([{ level: 1, skill: 'a' }]))
  assert.is.not(asksOf([{ skill: 'a', level: 1 }]), asksOf([{ skill: 'a', level: 2 }]))
  assert.is.not(asksOf([{ skill: 'a', level: 1 }]), asksOf([]))
})

test('what is missing is said in words', () => {
  assert.is(missing(agent({ money: 2 }), [money(2)]), undefined)
  assert.is(missing(agent({ money: 2 }), [money(2), money(3)]), 'money 2 of 3')
  assert.is(missing(agent(), [money(3)]), 'money 0 of 3')
  assert.is(missing(agent(), [money(3, 'above')]), 'wants money more than 3')
  assert.is(
    missing(agent(), [{ any: [money(1), { not: { team: 'day' } }] }]),
    'wants (money 1 or not team day)',
  )
  assert.is(missing(agent(), [{ kind: 'bot' }]), 'wants a bot')
  assert.is(missing(agent(), [{ agents: ['caio', 'dora'] }]), 'wants one of caio, dora')
})

test.run()
