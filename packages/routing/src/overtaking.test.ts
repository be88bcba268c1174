import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { offerAt, POLICY, policyOf } from '../test/steps.js'
import { world } from '../test/world.js'

const test = suite('routing, overtaking')
const T0 = Date.UTC(2026, 2, 2, 9)
/** What fits nobody is passed by what fits: here all tickets are of one size. */
const policy = policyOf({ ...POLICY, channels: { whatsapp: { cost: 2 }, webchat: { cost: 2 } } })

test(
  'overtaking is bounded: whoever is passed is passed only by tickets that came within B / slope seconds',
  () => {
    const arrivals = fc.array(fc.record({ after: fc.nat({ max: 30_000 }), chat: fc.boolean() }), {
      minLength: 2,
      maxLength: 30,
    })
    fc.assert(
      fc.property(arrivals, (list) => {
        const w = world(policy, T0)
        const came = new Map<string, number>()
        list.forEach(({ after, chat }, i) => {
          w.advance(after)
          came.set(`t${i}`, w.now)
          const opening = { channel: chat ? 'webchat' : 'whatsapp', endpoint: 'e', customer: `t${i}` }
          w.conversation(`t${i}`, {
            type: 'receive',
            message: 'm',
            content: { kind: 'text', text: 'x' },
            opening,
          })
          w.settle()
        })
        const capacity = { total: 2 }
        w.agent('a', {
          type: 'register',
          profile: { kind: 'human', skills: {}, capacity, queues: ['care', 'orders'] },
        })
        w.agent('a', { type: 'signIn' })
        w.agent('a', { type: 'becomeAvailable' })
        w.settle()
        const served: string[] = []
        while (served.length < list.length) {
          const found = offerAt(w, 0)
          assert.ok(found)
          served.push(found.ticket)
          w.conversation(found.ticket, { type: 'acceptOffer', offer: found.offer, agent: 'a' })
          w.conversation(found.ticket, { type: 'resolve', by: { kind: 'system' }, disposition: 'done' })
          w.settle()
        }
        // The priorities go from 0 to 60 and the slope is 1, so B / slope is 60 seconds.
        served.forEach((ticket, i) => {
          for (const passed of served.slice(i + 1))
            assert.ok(came.get(ticket)! - came.get(passed)! <= 60_000, `${ticket} passed ${passed}`)
        })
      }),
      { numRuns: 100 },
    )
  },
  { timeout: 55_000 },
)

test.run()
