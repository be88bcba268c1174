import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { anyRun } from '../test/more-steps.js'
import { world } from '../test/world.js'

const test = suite('routing, model of everything')
const T0 = Date.UTC(2026, 2, 2, 9)
const RUNS = Number(process.env.RAMAL_MODEL_RUNS ?? 300)

test(
  'whatever happens under whatever policies: every invariant holds at every prefix, and replay is identical',
  () => {
    fc.assert(
      fc.property(anyRun, ({ policy, staff, steps }) => {
        const w = world(policy, T0)
        for (const one of staff) one(w)
        for (const [one, rests] of steps) {
          one(w)
          if (rests) w.settle()
          assert.equal(w.broken, [])
        }
        w.settle()
        assert.equal(w.broken, [])
        assert.equal(w.replay(), [])
      }),
      { numRuns: RUNS },
    )
  },
  { timeout: 55_000 },
)

test.run()
