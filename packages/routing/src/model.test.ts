import type { Event } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { POLICY, policyOf, type Step, step } from '../test/steps.js'
import { type World, world } from '../test/world.js'
import { unserved } from './index.js'

const test = suite('routing, model')
const T0 = Date.UTC(2026, 2, 2, 9)

const policy = policyOf(POLICY)
const RUNS = Number(process.env.RAMAL_MODEL_RUNS ?? 300)

const play = (steps: readonly Step[]): World => {
  const w = world(policy, T0)
  for (const one of steps) {
    one(w)
    w.settle()
    assert.equal(w.broken, [])
    assert.equal(unserved(w.state, w.now), [])
  }
  return w
}

test(
  'at every prefix: one assignment, capacity kept, one place; at rest: work conserved; and replay is identical',
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const w = play(steps)
        assert.equal(w.replay(), [])
      }),
      { numRuns: RUNS },
    )
  },
  { timeout: 55_000 },
)

const ENDS = ['OfferAccepted', 'OfferDeclined', 'OfferExpired', 'OfferRevoked', 'OfferSuperseded']

test(
  'each offer has exactly one end, or is open',
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const w = play(steps)
        const issued = new Map<string, number>()
        const offerOf = (event: Event) => (event.data as { offer: string }).offer
        for (const event of w.log) {
          if (event.type === 'OfferIssued') {
            assert.not(issued.has(offerOf(event)), 'an offer has a name of its own')
            issued.set(offerOf(event), 0)
          }
          if (ENDS.includes(event.type)) issued.set(offerOf(event), issued.get(offerOf(event))! + 1)
        }
        const open = new Set([...w.state.tickets.values()].flatMap((t) => [...t.offers.keys()]))
        for (const [offer, ends] of issued) assert.is(ends, open.has(offer) ? 0 : 1, offer)
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    )
  },
  { timeout: 55_000 },
)

test.run()
