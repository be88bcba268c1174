import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { DAY, define } from './definition.js'
import type { FcrFact } from './fact.js'
import { fcr, historyOf } from './fcr.js'
import { kaplanMeier } from './survival.js'

const test = suite('nowcast')

test('the textbook example: remission under 6-MP (Freireich et al. 1963), weeks', () => {
  const failed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
  const censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
  const estimate = kaplanMeier([
    ...failed.map((time) => ({ time, failed: true })),
    ...censored.map((time) => ({ time, failed: false })),
  ])!
  assert.is(estimate.rate.toFixed(4), '0.4482')
  assert.is(estimate.lower!.toFixed(3), '0.188')
  assert.is(estimate.upper!.toFixed(3), '0.680')
  assert.is(estimate.of, 21)
})

test('with nothing censored before the end it is the plain share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 50 }), { minLength: 1 }),
      fc.nat({ max: 50 }),
      (failures, survivors) => {
        const estimate = kaplanMeier([
          ...failures.map((time) => ({ time, failed: true })),
          ...Array.from({ length: survivors }, () => ({ time: 51, failed: false })),
        ])!
        assert.ok(Math.abs(estimate.rate - survivors / (survivors + failures.length)) < 1e-9)
      },
    ),
  )
})

test('the interval holds the estimate, and does not exist without failures or without survivors', () => {
  const observation = fc.record({ time: fc.nat({ max: 20 }), failed: fc.boolean() })
  fc.assert(
    fc.property(fc.array(observation, { minLength: 1 }), (observations) => {
      const { rate, lower, upper } = kaplanMeier(observations)!
      assert.ok(rate >= 0 && rate <= 1)
      if (rate > 0 && rate < 1) assert.ok(0 <= lower! && lower! < rate && rate < upper! && upper! <= 1)
      else assert.equal([lower, upper], [undefined, undefined])
    }),
  )
  assert.is(kaplanMeier([]), undefined)
})

test('on a young cohort the nowcast is near the truth, where success over decided is far below it', () => {
  // A contact every ten minutes for ten days; four of ten come back, most of them within a day.
  const facts: FcrFact[] = []
  const start = Date.UTC(2026, 0, 5)
  let random = 7
  const next = () => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648
    return random / 2_147_483_648
  }
  const contact = (name: string, customer: string, at: number) => {
    facts.push({ kind: 'started', contact: name, customer, at })
    facts.push({ kind: 'ended', contact: name, outcome: 'resolved', at: at + 60_000 })
  }
  for (let i = 0; i < 1440; i++) {
    const at = start + i * 600_000
    contact(`c${i}`, `p${i}`, at)
    if (next() < 0.4) contact(`r${i}`, `p${i}`, at + 60_000 + Math.floor(7 * DAY * next() ** 3))
  }
  const history = historyOf(facts)
  const definition = define()
  const truth = fcr(history, { definition, asOf: start + 60 * DAY }).total
  const young = fcr(history, { definition, asOf: start + 10 * DAY }).total
  const { success, failed } = young.counts
  const right = truth.closedCohort.rate!
  assert.ok(Math.abs(young.nowcast!.rate - right) < 0.03, `${young.nowcast!.rate} against ${right}`)
  assert.ok(young.nowcast!.lower! < right && right < young.nowcast!.upper!)
  assert.ok(right - success / (success + failed) > 0.1)
})

test.run()
