import { START } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { POLICY, policyOf, type Step, step } from '../../test/steps.js'
import { world } from '../../test/world.js'
import {
  type Matcher,
  matcher,
  type PassInput,
  type PolicyData,
  type RoutingState,
  route,
  routeWith,
} from '../index.js'

const test = suite('routing, matcher')
const T0 = Date.UTC(2026, 2, 2, 9)
const RUNS = Number(process.env.RAMAL_MODEL_RUNS ?? 100)

const { care, orders } = POLICY.queues
const RICH: PolicyData = {
  ...POLICY,
  name: 'rich',
  classification: [
    { when: { channel: 'webchat' }, queue: 'orders', priority: 60, prefer: { agents: 'last', for: 20_000 } },
    { when: { channel: 'notes' }, queue: 'orders', band: 1, exclude: ['a1'] },
    {
      when: { intent: 'refund' },
      queue: 'care',
      expedite: true,
      requirements: [{ any: [{ skill: 'money', level: 3 }, { agents: ['a0'] }] }],
    },
    { queue: 'care', requirements: [{ skill: 'money', level: 2, should: 2 }] },
  ],
  queues: {
    orders: {
      ...orders,
      ranking: ['roundRobin', 'leastLoaded'],
      concurrentOffers: 2,
      maxDeclines: 2,
      relaxation: [{ after: 10_000, borrow: ['care'] }],
    },
    care: {
      ...care,
      ranking: ['bestMatch', 'longestIdle'],
      explore: { permille: 400, within: 2 },
      maxOffers: 5,
      relaxation: [{ after: 15_000, lower: { money: 1 }, skipToWhenNobodyPresent: true }],
      escalations: [{ name: 'late', when: { waited: 40_000 }, do: { queue: 'orders', raise: 10 } }],
    },
  },
  channels: {
    ...POLICY.channels,
    notes: { cost: 2, interruptible: true },
    whatsapp: { cost: 2, dormancy: { after: 20_000, keeps: 50, onWake: 'wait' } },
  },
  reopenPrefersLastFor: 30_000,
  transferExcludesFor: 5_000,
}

const POLICIES: { readonly [name: string]: PolicyData } = {
  plain: POLICY,
  rich: RICH,
  'shares and hours': {
    ...RICH,
    order: 'deadline',
    queues: {
      orders: { ...RICH.queues.orders, share: 2, target: 20_000 },
      care: { ...RICH.queues.care, share: 1, target: 60_000, hours: 'day' },
    },
    calendars: {
      day: {
        timeZone: 'UTC',
        weekly: [
          { days: ['mon'], from: '09:00', to: '09:01' },
          { days: ['mon'], from: '09:02', to: '09:04' },
          { days: ['mon'], from: '09:05', to: '23:00' },
        ],
      },
    },
  },
}

const agree = (m: Matcher, most: number | undefined) => (state: RoutingState, given: PassInput) => {
  const input = { ...given, most }
  const plain = route(state, input)
  assert.is(JSON.stringify(routeWith(m, input)), JSON.stringify(plain))
  return plain
}

/** A pass whose decisions are not written, as when another router was faster; by the matcher alone, or checked. */
const LOST = ['lost', 'lost and checked'] as const
type Lost = (typeof LOST)[number]
const steps = fc.array(
  fc.record({
    step: fc.oneof({ weight: 9, arbitrary: step }, { weight: 1, arbitrary: fc.constantFrom<Lost>(...LOST) }),
    /** Several things happen between two passes. */
    settles: fc.boolean(),
  }),
  { minLength: 1, maxLength: 120, size: 'max' },
)

for (const [name, data] of Object.entries(POLICIES))
  test(
    `decides what the plain way decides, after every step, also when what it decided was lost: ${name}`,
    () => {
      let offers = 0
      fc.assert(
        fc.property(steps, fc.constantFrom(1, 32), fc.constantFrom(undefined, 1, 2), (list, apart, most) => {
          const w = world(policyOf(data), T0)
          const m = matcher(w.state, { most: apart })
          const checked = agree(m, most)
          const input = () => ({ pass: 'lost', now: w.now, basis: START, onlyOffers: true })
          for (const { step: one, settles } of list) {
            if (one === 'lost') routeWith(m, input())
            else if (one === 'lost and checked') checked(w.state, input())
            else (one as Step)(w)
            if (settles) w.settle(checked)
          }
          offers += w.log.filter(({ type }) => type === 'OfferIssued').length
        }),
        { numRuns: RUNS, includeErrorInReport: true },
      )
      assert.ok(offers > 5 * RUNS, `only ${offers} offers`)
    },
    { timeout: 55_000 },
  )

test('a ticket that waits for somebody is offered to others as soon as they are away', () => {
  const w = world(policyOf({ ...POLICY, transferWaits: 60_000 }), T0)
  const checked = agree(matcher(w.state), undefined)
  const sign = (id: string, total: number) => {
    const profile = { kind: 'human', skills: {}, capacity: { total }, queues: ['care'] } as const
    w.agent(id, { type: 'register', profile })
    w.agent(id, { type: 'signIn' })
    w.agent(id, { type: 'becomeAvailable' })
  }
  const arrive = (id: string) => {
    const opening = { channel: 'whatsapp', endpoint: 'e', customer: id }
    w.conversation(id, { type: 'receive', message: 'm', content: { kind: 'text', text: 'x' }, opening })
    w.settle(checked)
  }
  const accept = (id: string, agent: string) => {
    const [offer] = [...w.state.tickets.get(id)!.offers.keys()]
    assert.is(w.conversation(id, { type: 'acceptOffer', offer: offer!, agent }), undefined)
    w.settle(checked)
  }
  sign('bia', 1)
  arrive('t1')
  accept('t1', 'bia')
  sign('caio', 2)
  arrive('t2')
  accept('t2', 'caio')
  sign('dora', 1)
  const by = { kind: 'human', id: 'caio' } as const
  w.conversation('t2', { type: 'transfer', to: { kind: 'agent', agent: 'bia' }, mode: 'cold', by })
  w.settle(checked)
  assert.is(w.state.tickets.get('t2')!.place, 'queued', 'bia is there and full, so it waits for her')
  w.agent('bia', { type: 'becomeUnavailable', reason: 'lunch' })
  w.settle(checked)
  assert.is([...w.state.tickets.get('t2')!.offers.values()][0]?.agent, 'dora')
})

test.run()
