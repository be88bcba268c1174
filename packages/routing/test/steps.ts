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

/** What can happen, by whoever. Each step is harmless when it makes no sense: it is refused then. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        id: ticketId,
        channel: fc.constantFrom('whatsapp', 'webchat', 'phone', 'notes'),
        intent: fc.constantFrom(undefined, 'refund'),
        m: fc.nat(),
      })
      .map(
        ({ id, channel, intent, m }): Step =>
          (w) => {
            const opening = { channel, endpoint: 'e', customer: id, intent }
            w.conversation(id, {
              type: 'receive',
              message: `m${m}`,
              content: { kind: 'text', text: 'x' },
              opening,
            })
          },
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        id: agentId,
        total: fc.nat({ max: 6 }),
        money: fc.nat({ max: 5 }),
        cap: fc.constantFrom(undefined, 1, 2),
        both: fc.boolean(),
      })
      .map(
        ({ id, total, money, cap, both }): Step =>
          (w) => {
            const capacity = { total, caps: cap === undefined ? undefined : { whatsapp: cap } }
            const skills: Record<string, number> = money > 0 ? { money } : {}
            const queues = both ? ['care', 'orders'] : ['care']
            w.agent(id, { type: 'register', profile: { kind: 'human', skills, capacity, queues } })
            w.agent(id, { type: 'signIn' })
            w.agent(id, { type: 'becomeAvailable' })
          },
      ),
  },
  {
    weight: 8,
    arbitrary: pick.map(
      (n): Step =>
        (w) => {
          const found = offerAt(w, n)
          if (found)
            w.conversation(found.ticket, { type: 'acceptOffer', offer: found.offer, agent: found.agent })
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ n: pick, retry: fc.constantFrom(undefined, 0, 5000) }).map(
      ({ n, retry }): Step =>
        (w) => {
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
    ),
  },
  {
    weight: 5,
    arbitrary: fc.record({ n: pick, wrapUp: fc.constantFrom(undefined, 0, 8000) }).map(
      ({ n, wrapUp }): Step =>
        (w) => {
          const found = assignedAt(w, n)
          const by = { kind: 'human', id: found?.assigned?.agent } as const
          const wrapUpUntil = wrapUp === undefined ? undefined : w.now + wrapUp
          if (found) w.conversation(found.id, { type: 'resolve', by, disposition: 'done', wrapUpUntil })
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ n: pick, to: fc.oneof(agentId, fc.constant('orders')) }).map(
      ({ n, to }): Step =>
        (w) => {
          const found = assignedAt(w, n)
          const by = { kind: 'human', id: found?.assigned?.agent } as const
          const target =
            to === 'orders' ? { kind: 'queue' as const, queue: to } : { kind: 'agent' as const, agent: to }
          if (found) w.conversation(found.id, { type: 'transfer', to: target, mode: 'cold', by })
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ n: pick, until: fc.constantFrom(undefined, 10_000) }).map(
      ({ n, until }): Step =>
        (w) => {
          const found = assignedAt(w, n)
          const by = { kind: 'human', id: found?.assigned?.agent } as const
          if (found) w.conversation(found.id, { type: 'park', by, until: until && w.now + until })
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ id: agentId, what: fc.constantFrom('signOut', 'drain', 'away', 'back', 'finish') })
      .map(
        ({ id, what }): Step =>
          (w) => {
            if (what === 'signOut') w.agent(id, { type: 'signOut' })
            if (what === 'drain') w.agent(id, { type: 'drain' })
            if (what === 'away') w.agent(id, { type: 'becomeUnavailable', reason: 'lunch' })
            if (what === 'back') w.agent(id, { type: 'becomeAvailable' })
            if (what === 'finish')
              for (const ticket of [...(w.state.agents.get(id)?.tickets ?? [])])
                w.conversation(ticket, { type: 'finishWrapUp', agent: id })
          },
      ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ id: agentId, total: fc.nat({ max: 6 }) }).map(
      ({ id, total }): Step =>
        (w) =>
          void w.agent(id, { type: 'changeCapacity', capacity: { total } }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.nat({ max: 40_000 }).map(
      (ms): Step =>
        (w) =>
          w.advance(ms),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((w) => w.advance(150_000)) },
)
