import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { serviceLevels } from './service-level.js'

const test = suite('service level')

test('one day, six published numbers: from 81 to 86 percent', () => {
  const levels = serviceLevels({
    answered: 1000,
    abandoned: 60,
    answeredWithin: 860,
    abandonedWithin: 20,
    shortAbandoned: 10,
  })
  assert.equal(levels, {
    abandonsWithinMet: 880 / 1060,
    answeredOnly: 860 / 1000,
    abandonsNegative: 860 / 1060,
    abandonsWithinRemoved: 860 / 1040,
    shortAbandonsMet: 870 / 1060,
    shortAbandonsRemoved: 860 / 1050,
  })
  assert.is((100 * levels.abandonsWithinMet!).toFixed(2), '83.02')
  assert.is((100 * levels.abandonsWithinRemoved!).toFixed(2), '82.69')
})

test('nobody came: there is no service level, and no division by nothing', () => {
  const none = serviceLevels({
    answered: 0,
    abandoned: 0,
    answeredWithin: 0,
    abandonedWithin: 0,
    shortAbandoned: 0,
  })
  for (const level of Object.values(none)) assert.is(level, undefined)
})

test('each lies between 0 and 1, and to count every abandon against us is the strictest', () => {
  const n = fc.nat({ max: 1000 })
  fc.assert(
    fc.property(n, n, n, n, n, (inTime, late, short, early, patient) => {
      const levels = serviceLevels({
        answered: inTime + late,
        answeredWithin: inTime,
        abandoned: short + early + patient,
        abandonedWithin: short + early,
        shortAbandoned: short,
      })
      for (const level of Object.values(levels))
        if (level !== undefined) {
          assert.ok(level >= 0 && level <= 1)
          assert.ok((levels.abandonsNegative ?? 0) <= level)
        }
    }),
  )
})

test.run()
