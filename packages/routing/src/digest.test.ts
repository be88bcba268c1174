import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { POLICY, policyOf, step } from '../test/steps.js'
import { world } from '../test/world.js'
import { applyToRouting, digestOf, initialState } from './index.js'

const test = suite('routing, digest')
const policy = policyOf(POLICY)

test('is the same whenever it was asked for before, and another when one event is missing', () => {
  let told = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), (steps) => {
      const w = world(policy, Date.UTC(2026, 2, 2, 9))
      for (const one of steps) {
        one(w)
        w.settle()
      }
      const late = initialState()
      for (const event of w.log) applyToRouting(late, event)
      assert.is(digestOf(late), digestOf(w.state))
      const short = initialState()
      for (const event of w.log.slice(0, -1)) applyToRouting(short, event)
      if (w.log.length < 2) return
      assert.is.not(digestOf(short), digestOf(w.state))
      told++
    }),
    { numRuns: 50 },
  )
  assert.ok(told > 20, `${told}`)
})

test.run()
