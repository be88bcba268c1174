import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { type Policy, type PolicyData, parsePolicy } from '../src/index.js'
import type { World } from './world.js'

export const POLICY: PolicyData = {
  name: 'model',
  classification: [
    { when: { channel: 'webchat' }, queue: 'orders', priority: 60 },
    { when: { intent: 'refund' }, queue: 'care', requirements: [{ skill: 'money', level: 3 }] },
    { queue: 'care' },
  ],
  queues: {
    orders: { offerExpiresAfter: 10_000, declineRetryAfter: 15_000 },
    care: { offerExpiresAfter: 20_000, declineRetryAfter: 30_000, expiryStopsOffers: false },
  },
  channels: { whatsapp: { cost: 1 }, webchat: { cost: 2 }, phone: { cost: 3 }, notes: { cost: 0 } },
  slope: 1,
  reopenWithin: 120_000,
  transferWaits: 20_000,
}

export const policyOf = (data: PolicyData): Policy => {
  const parsed = parsePolicy(data)
  if (!isRight(parsed)) throw new Error(parsed.left.faults.join())
  return parsed.right
}

export const ticketId = fc.nat({ max: 11 }).map((n) => `t${n}`)
export const agentId = fc.nat({ max: 4 }).map((n) => `a${n}`)
export const pick = fc.nat({ max: 7 })

export type Step = (w: World) => void

/** A step that is printed with its name and its data when a run fails. */
export const act = <T>(
  name: string,
  data: fc.Arbitrary<T>,
  run: (w: World, data: T) => void,
): fc.Arbitrary<Step> =>
  data.map((of) =>
    Object.assign((w: World) => run(w, of), { [fc.toStringMethod]: () => `${name}(${fc.stringify(of)})` }),
  )

export const offerAt = (w: World, n: number) => {
  const open = [...w.state.tickets.values()].flatMap((t) =>
    [...t.offers].map(([offer, o]) => ({ ticket: t.id, offer, ...o })),
  )
  return open.length === 0 ? undefined : open[n % open.length]
}

export const assignedAt = (w: World, n: number) => {
  const assigned = [...w.state.tickets.values()].filter((t) => t.assigned)
  return assigned.length === 0 ? undefined : assigned[n % assigned.length]
}

const human = (id: string | undefined) => ({ kind: 'human', id }) as const

const arrive = act(
  'come',
  fc.record({
    id: ticketId,
    channel: fc.constantFrom('whatsapp', 'webchat', 'phone', 'notes'),
    intent: fc.constantFrom(undefined, 'refund'),
    m: fc.nat(),
  }),
  (w, { id, channel, intent, m }) => {
    const opening = { channel, endpoint: 'e', customer: id, intent }
    const content = { kind: 'text', text: 'x' } as const
    w.conversation(id, { type: 'receive', message: `m${m}`, content, opening })
  },
)

const start = act(
  'start',
  fc.record({
    id: agentId,
    total: fc.nat({ max: 6 }),
    money: fc.nat({ max: 5 }),
    cap: fc.constantFrom(undefined, 1, 2),
    both: fc.boolean(),
  }),
  (w, { id, total, money, cap, both }) => {
    const capacity = { total, caps: cap === undefined ? undefined : { whatsapp: cap } }
    const skills: Record<string, number> = money > 0 ? { money } : {}
    const queues = both ? ['care', 'orders'] : ['care']
    w.agent(id, { type: 'register', profile: { kind: 'human', skills, capacity, queues } })
    w.agent(id, { type: 'signIn' })
    w.agent(id, { type: 'becomeAvailable' })
  },
)

const accept = act('accept', pick, (w, n) => {
  const found = offerAt(w, n)
  if (found) w.conversation(found.ticket, { type: 'acceptOffer', offer: found.offer, agent: found.agent })
})

const decline = act(
  'decline',
  fc.record({ n: pick, retry: fc.constantFrom(undefined, 0, 5000) }),
  (w, { n, retry }) => {
    const found = offerAt(w, n)
    const retryAt = retry === undefined ? undefined : w.now + retry
    if (found)
      w.conversation(found.ticket, {
        type: 'declineOffer',
        offer: found.offer,
        agent: found.agent,
        retryAt,
      })
  },
)

const resolve = act(
  'finish',
  fc.record({ n: pick, wrapUp: fc.constantFrom(undefined, 0, 8000) }),
  (w, { n, wrapUp }) => {
    const found = assignedAt(w, n)
    const wrapUpUntil = wrapUp === undefined ? undefined : w.now + wrapUp
    const by = human(found?.assigned?.agent)
    if (found) w.conversation(found.id, { type: 'resolve', by, disposition: 'done', wrapUpUntil })
  },
)

const transfer = act(
  'hand on',
  fc.record({ n: pick, to: fc.oneof(agentId, fc.constant('orders')) }),
  (w, { n, to }) => {
    const found = assignedAt(w, n)
    const by = human(found?.assigned?.agent)
    const target =
      to === 'orders' ? { kind: 'queue' as const, queue: to } : { kind: 'agent' as const, agent: to }
    if (found) w.conversation(found.id, { type: 'transfer', to: target, mode: 'cold', by })
  },
)

const park = act(
  'put aside',
  fc.record({ n: pick, until: fc.constantFrom(undefined, 10_000) }),
  (w, { n, until }) => {
    const found = assignedAt(w, n)
    const by = human(found?.assigned?.agent)
    if (found) w.conversation(found.id, { type: 'park', by, until: until && w.now + until })
  },
)

const change = act(
  'presence',
  fc.record({ id: agentId, what: fc.constantFrom('signOut', 'drain', 'away', 'back', 'finish') }),
  (w, { id, what }) => {
    if (what === 'signOut') w.agent(id, { type: 'signOut' })
    if (what === 'drain') w.agent(id, { type: 'drain' })
    if (what === 'away') w.agent(id, { type: 'becomeUnavailable', reason: 'lunch' })
    if (what === 'back') w.agent(id, { type: 'becomeAvailable' })
    if (what === 'finish')
      for (const ticket of [...(w.state.agents.get(id)?.tickets ?? [])])
        w.conversation(ticket, { type: 'finishWrapUp', agent: id })
  },
)

const capacity = act(
  'capacity',
  fc.record({ id: agentId, total: fc.nat({ max: 6 }) }),
  (w, { id, total }) => void w.agent(id, { type: 'changeCapacity', capacity: { total } }),
)

const wait = act('wait', fc.oneof(fc.nat({ max: 40_000 }), fc.constant(150_000)), (w, ms) => w.advance(ms))

/** What can happen, by whoever. Each step is harmless when it makes no sense: it is refused then. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: arrive },
  { weight: 4, arbitrary: start },
  { weight: 8, arbitrary: accept },
  { weight: 3, arbitrary: decline },
  { weight: 5, arbitrary: resolve },
  { weight: 3, arbitrary: transfer },
  { weight: 2, arbitrary: park },
  { weight: 3, arbitrary: change },
  { weight: 1, arbitrary: capacity },
  { weight: 6, arbitrary: wait },
)
