import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { anyRun, type Run } from '../test/more-steps.js'
import { POLICY, policyOf, step } from '../test/steps.js'
import { type World, world } from '../test/world.js'
import { matcher, type PassInput, type RoutingState, route, routeWith } from './index.js'

const test = suite('routing, model')
const T0 = Date.UTC(2026, 2, 2, 9)
/** More with `RAMAL_MODEL_RUNS=20000`; fast-check prints the seed of a run that fails, and the least that fails. */
const RUNS = Number(process.env.RAMAL_MODEL_RUNS ?? 300)
const BY_HAND = process.env.RAMAL_MODEL_RUNS !== undefined
const options = { timeout: BY_HAND ? 24 * 3_600_000 : 55_000 }

/** Plays a run: after each step nothing may be broken, and the index must decide what the plain way decides. */
const play = ({ policy, staff, steps }: Run): World => {
  const w = world(policy, T0)
  const indexed = matcher(w.state, { most: steps.length % 2 === 0 ? 1 : 32 })
  const decide = (state: RoutingState, input: PassInput) => {
    const plain = route(state, input)
    assert.equal(routeWith(indexed, input), plain, 'the index decides otherwise')
    return plain
  }
  for (const one of staff) one(w)
  for (const [one, rests] of steps) {
    one(w)
    if (rests) w.settle(decide)
    assert.equal(w.broken, [])
  }
  w.settle(decide)
  assert.equal(w.broken, [])
  assert.equal(w.replay(), [])
  return w
}

test(
  'whatever happens, under whatever policies: every invariant holds at every event, the index decides as the plain way, and replay is identical',
  () => {
    const reached = new Map<string, number>()
    fc.assert(
      fc.property(anyRun, (run) => {
        for (const { type } of play(run).log) reached.set(type, (reached.get(type) ?? 0) + 1)
      }),
      { numRuns: RUNS, includeErrorInReport: true },
    )
    // A model that never gets there proves nothing of it.
    for (const type of REACHED) assert.ok((reached.get(type) ?? 0) > 0, `${type} was never reached`)
  },
  options,
)

const REACHED = [
  'PolicyPublished',
  'ConversationReopened',
  'ConversationAbandoned',
  'ConversationResolved',
  'ConversationClosed',
  'TicketClassified',
  'TicketRelaxed',
  'TicketEscalated',
  'TicketExpedited',
  'AgentExcluded',
  'OfferIssued',
  'OfferAccepted',
  'OfferDeclined',
  'OfferExpired',
  'OfferRevoked',
  'OfferSuperseded',
  'PickRefused',
  'TicketPicked',
  'TicketBecameDormant',
  'TicketAwoke',
  'ConsultStarted',
  'ConsultRefused',
  'TicketTransferred',
  'TicketRequeued',
  'TicketParked',
  'TicketWoken',
  'WrapUpStarted',
  'WrapUpFinished',
  'CallbackPromised',
  'AgentStoppedResponding',
  'AgentDraining',
  'AgentSignedOut',
]

test(
  'the same under a policy that everybody could have written',
  () => {
    const steps = fc.array(fc.tuple(step, fc.constant(true)), { minLength: 1, maxLength: 60, size: 'max' })
    const run = steps.map((list): Run => ({ policy: policyOf(POLICY), staff: [], steps: list }))
    fc.assert(
      fc.property(run, (one) => void play(one)),
      { numRuns: RUNS, includeErrorInReport: true },
    )
  },
  options,
)

test.run()
