import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type Distribution, exactDistribution, sketchDistribution } from './distribution.js'
import { percentilesOf } from './percentiles.js'

const test = suite('distribution')

const fill = (distribution: Distribution, values: readonly number[]) => {
  for (const value of values) distribution.add(value)
  return distribution
}
const waits = fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1, maxLength: 300 })
const shares = fc.double({ min: 0, max: 1, noNaN: true })

test('exact: the smallest value that the share of all values does not exceed', () => {
  fc.assert(
    fc.property(waits, shares, (values, share) => {
      const value = fill(exactDistribution(), values).percentile(share)!
      assert.ok(values.includes(value))
      assert.ok(values.filter((v) => v <= value).length >= share * values.length)
      assert.ok(values.filter((v) => v < value).length <= share * values.length)
    }),
  )
})

test('sketch: within one percent of the values at its rank', () => {
  fc.assert(
    fc.property(waits, shares, (values, share) => {
      const found = fill(sketchDistribution(), values).percentile(share)!
      const sorted = [...values].sort((a, b) => a - b)
      const rank = share * (sorted.length - 1)
      const low = sorted[Math.floor(rank)]!
      const high = sorted[Math.ceil(rank)]!
      assert.ok(
        found >= low * 0.9899 - 1e-6 && found <= high * 1.0101 + 1e-6,
        `${found} for ${low} to ${high}`,
      )
    }),
  )
})

test('merged is as if all values had come to one', () => {
  for (const make of [exactDistribution, sketchDistribution])
    fc.assert(
      fc.property(waits, waits, shares, (left, right, share) => {
        const merged = fill(make(), left)
        merged.merge(fill(make(), right))
        const one = fill(make(), [...left, ...right])
        assert.is(merged.count, one.count)
        assert.is(merged.percentile(share), one.percentile(share))
      }),
    )
})

test('it says how it was made, and does not mix', () => {
  assert.is(percentilesOf(exactDistribution()).estimator, 'nearest rank, exact')
  assert.is(percentilesOf(fill(sketchDistribution(), [1, 2])).estimator, 'DDSketch, within 1 %')
  assert.is(percentilesOf(exactDistribution()).p50, undefined)
  assert.throws(() => exactDistribution().merge(sketchDistribution()), /cannot be merged/)
  assert.throws(() => sketchDistribution().merge(exactDistribution()), /cannot be merged/)
})

test.run()
