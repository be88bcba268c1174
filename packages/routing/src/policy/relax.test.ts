import type { Requirement } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { relaxation, requirement } from '../../test/policies.js'
import { meetsAll } from '../requirements.js'
import { relax } from './relax.js'

const test = suite('routing, relaxation')

const money: Requirement = { skill: 'money', level: 4 }
const law: Requirement = { skill: 'law', level: 2 }

test('steps add up: skills are dropped, levels lowered, queues borrowed from', () => {
  const steps = [
    { after: 1, lower: { money: 2 } },
    { after: 2, drop: ['law'], borrow: ['b'] },
    { after: 3, borrow: ['c', 'b'] },
  ]
  assert.equal(relax([money, law], []), { requirements: [money, law], borrow: [] })
  assert.equal(relax([money, law], steps.slice(0, 1)).requirements, [{ skill: 'money', level: 2 }, law])
  assert.equal(relax([money, law], steps), {
    requirements: [{ skill: 'money', level: 2 }],
    borrow: ['b', 'c'],
  })
})

test('no level is raised, and none lowered that an agent may have at most', () => {
  const lower = [{ after: 1, lower: { money: 5, law: 1 } }]
  assert.equal(relax([money], lower).requirements, [money])
  for (const is of ['atMost', 'below', 'exactly', 'not'] as const)
    assert.equal(relax([{ ...law, is }], lower).requirements, [{ ...law, is }])
  assert.equal(relax([{ ...law, is: 'above' }], lower).requirements, [{ ...law, is: 'above', level: 1 }])
})

test('within alternatives one that is dropped frees all of them; what is forbidden stays forbidden', () => {
  const drop = [{ after: 1, drop: ['law'] }]
  assert.equal(relax([{ any: [money, law] }], drop).requirements, [])
  assert.equal(relax([{ all: [money, law] }], drop).requirements, [{ all: [money] }])
  assert.equal(relax([{ not: law }], drop).requirements, [{ not: law }])
})

test('a step may ask for something else instead, and later steps relax that', () => {
  const steps = [
    { after: 1, requirements: [law] },
    { after: 2, lower: { law: 1 } },
  ]
  assert.equal(relax([money], steps.slice(0, 1)).requirements, [law])
  assert.equal(relax([money], steps).requirements, [{ ...law, level: 1 }])
})

test('whoever could serve a step can serve every later one, unless a step asks for something else instead', () => {
  const able = fc.record({
    id: fc.constantFrom('a0', 'a1'),
    kind: fc.constantFrom('human' as const, 'bot' as const),
    team: fc.constantFrom(undefined, 'day', 'night'),
    skills: fc.record({ money: fc.nat({ max: 5 }), law: fc.nat({ max: 5 }) }),
  })
  let grew = 0
  fc.assert(
    fc.property(
      fc.array(requirement, { maxLength: 3 }),
      relaxation,
      fc.array(able, { minLength: 1, maxLength: 8 }),
      (asked: readonly Requirement[], steps, agents) => {
        for (let step = 1; step <= steps.length; step++) {
          if (steps[step - 1]!.requirements) return
          const before = relax(asked, steps.slice(0, step - 1))
          const after = relax(asked, steps.slice(0, step))
          for (const one of agents) {
            const could = meetsAll(one, before.requirements)
            const can = meetsAll(one, after.requirements)
            assert.ok(!could || can, `${JSON.stringify(one)} could serve step ${step - 1}, and not ${step}`)
            if (can && !could) grew++
          }
          for (const queue of before.borrow) assert.ok(after.borrow.includes(queue))
        }
      },
    ),
    { numRuns: 1000 },
  )
  assert.ok(grew > 20, 'pools grow, or nothing is tested')
})

test.run()
