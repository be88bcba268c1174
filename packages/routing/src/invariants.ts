import type { Decision } from './decision.js'
import { heldBack, judge } from './eligibility.js'
import { compareOrdered, type Ordered, orderKey } from './order.js'
import { classOf } from './pairs.js'
import { classifiedTicket } from './route.js'
import type { AgentState, Hold, RoutingState, Ticket } from './state.js'

/**
 * What must hold, by the names that it is cited with. `violations` looks at a state, `auditor` at each event on its
 * way into one, `atRest` at a state when routing has nothing left to decide, `passedOver` at a pass.
 */
export type Invariant =
  /** A ticket is assigned to one agent at most, and then offered to nobody. */
  | 'one assignment a ticket'
  /** What an agent holds, offers and wrap-ups included, fits; except where an event says that it does not. */
  | 'capacity is never exceeded'
  /** An offer is issued once, and accepted, declined, expired, revoked or superseded once. */
  | 'an offer ends once'
  | 'every ticket is in exactly one place'
  /** At rest nobody waits whom somebody could take. */
  | 'work is conserved at rest'
  /** At rest nothing is left that is due, was asked for, or has to be given back. */
  | 'nothing due is left undone'
  /** Of tickets that no agent tells apart the one that goes first by the order is served first. */
  | 'nobody is passed by their like'
  /** Presence, queue, skills, calendar, memory and room held when the offer was made. */
  | 'offers go to who can take them'
  /** A policy takes nothing back that was decided before it. */
  | 'a policy changes only what comes after'
  /** The wait goes on over transfers, requeues, relaxations and lapsed offers, unless the policy says otherwise. */
  | 'a wait never starts anew unasked'

export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

interface Sum {
  load: number
  interruptible: number
  readonly counts: Map<string, number>
  readonly tickets: Set<string>
  readonly offers: Set<string>
}

const nothing = (): Sum => ({
  load: 0,
  interruptible: 0,
  counts: new Map(),
  tickets: new Set(),
  offers: new Set(),
})

const held = (state: RoutingState): ReadonlyMap<string, Sum> => {
  const byAgent = new Map<string, Sum>()
  const hold = ({ agent, cost, interruptible }: Hold, { id, channel }: Ticket, as: 'offers' | 'tickets') => {
    const sum = byAgent.get(agent) ?? nothing()
    sum.load += cost
    if (interruptible) sum.interruptible += cost
    sum.counts.set(channel, (sum.counts.get(channel) ?? 0) + 1)
    sum[as].add(id)
    byAgent.set(agent, sum)
  }
  for (const ticket of state.tickets.values()) {
    for (const offer of ticket.offers.values()) hold(offer, ticket, 'offers')
    for (const one of [ticket.assigned, ticket.wrapUp, ticket.consult]) if (one) hold(one, ticket, 'tickets')
  }
  return byAgent
}

const list = (of: Iterable<string>): string => [...of].sort().join(' ')
const counted = (of: ReadonlyMap<string, number>): string => list([...of].map(([k, n]) => `${k}=${n}`))

/** By how much an agent holds more than they have: of the pool, and of the caps of channels. */
export const excessOf = ({
  load,
  interruptible,
  counts,
  capacity,
}: AgentState): ReadonlyMap<string, number> => {
  const over = new Map<string, number>()
  const { total, caps = {} } = capacity
  if (load - interruptible > total) over.set('the pool', load - interruptible - total)
  for (const [channel, count] of counts) {
    const cap = caps[channel] ?? Number.POSITIVE_INFINITY
    if (count > cap) over.set(channel, count - cap)
  }
  return over
}

/** Where a ticket is, told from what it has. A ticket that is assigned, parked or over waits for nothing else. */
export const misplaced = (state: RoutingState, ticket: Ticket): readonly string[] => {
  const { id, place, queue, assigned, offers, parkedUntil, resolvedAt, wrapUp, consult, waits } = ticket
  const inQueue = state.queued.get(queue ?? '')?.has(id) === true
  const places = [
    place === 'idle',
    state.unclassified.has(id),
    inQueue,
    place === 'offered',
    place === 'assigned',
    place === 'parked',
    place === 'wrapUp',
    place === 'resolved',
  ].filter(Boolean).length
  const over = place === 'resolved' || place === 'wrapUp'
  return [
    places === 1 ? '' : `is in ${places} places`,
    inQueue === (place === 'queued') ? '' : `is ${place}, and ${inQueue ? '' : 'not '}in its queue`,
    (assigned !== undefined) === (place === 'assigned') ? '' : `is ${place}, and assigned`,
    (parkedUntil !== undefined) === (place === 'parked') ? '' : `is ${place}, and parked`,
    (resolvedAt !== undefined) === over ? '' : `is ${place}, and over`,
    offers.size > 0 && place !== 'offered' ? `is ${place}, and offered` : '',
    consult && !assigned ? `is ${place}, and somebody helps with it` : '',
    place === 'wrapUp' && !wrapUp ? 'is in wrap-up without one' : '',
    place === 'queued' && !state.waiting.has(id) ? 'is queued, and not among those who wait' : '',
    waits === state.waiting.has(id) ? '' : `is said ${waits ? '' : 'not '}to wait, and is not so listed`,
  ].filter((what) => what !== '')
}

/**
 * What is wrong with a state, recounted from its tickets. `overcommitted`: agents whose capacity was lowered below
 * what they hold, or who were given more by hand; they may hold more than they have until they lay it down.
 */
export const violations = (
  state: RoutingState,
  overcommitted: ReadonlySet<string> = new Set(),
): Violation[] => {
  const found: Violation[] = []
  const add = (invariant: Invariant, what: string) => found.push({ invariant, what })
  const sums = held(state)
  for (const [id, agent] of state.agents) {
    const sum = sums.get(id) ?? nothing()
    const pairs = [
      [agent.load, sum.load],
      [agent.interruptible, sum.interruptible],
      [counted(agent.counts), counted(sum.counts)],
      [list(agent.tickets), list(sum.tickets)],
      [list(agent.offers), list(sum.offers)],
    ]
    for (const [said, found] of pairs)
      if (said !== found)
        add('capacity is never exceeded', `${id} is said to hold ${said}, and holds ${found}`)
    if (overcommitted.has(id)) continue
    for (const [of, by] of excessOf(agent)) add('capacity is never exceeded', `${id} is ${by} above ${of}`)
  }
  for (const [id, ticket] of state.tickets) {
    if (ticket.assigned && ticket.offers.size > 0)
      add('one assignment a ticket', `${id} is assigned to ${ticket.assigned.agent} and offered too`)
    for (const what of misplaced(state, ticket)) add('every ticket is in exactly one place', `${id} ${what}`)
  }
  const queued = [...state.queued].flatMap(([queue, ids]) => [...ids].map((id) => [queue, id] as const))
  for (const [queue, id] of queued)
    if (state.tickets.get(id)?.queue !== queue)
      add('every ticket is in exactly one place', `${id} is listed in ${queue} too`)
  return found
}

/** At rest nobody waits whom somebody could take. */
export const unserved = (state: RoutingState, now: number): Violation[] => {
  const { policy } = state
  if (!policy) return []
  const found: Violation[] = []
  for (const id of state.waiting) {
    const ticket = state.tickets.get(id)!
    if (heldBack(policy, ticket, now)) continue
    for (const agent of state.agents.values())
      if (agent.registered && judge(state, policy, ticket, agent, agent, now).verdict === 'ok')
        found.push({
          invariant: 'work is conserved at rest',
          what: `${id} waits, and ${agent.id} could take it`,
        })
  }
  return found
}

/** What routing should have seen to before it came to rest. */
export const undone = (state: RoutingState, now: number): Violation[] => {
  if (!state.policy) return []
  const found: Violation[] = []
  const add = (what: string) => found.push({ invariant: 'nothing due is left undone', what })
  for (const [id, { offers, parkedUntil, wrapUp, pick, consultWanted, place }] of state.tickets) {
    for (const [offer, { expiresAt }] of offers)
      if (expiresAt <= now) add(`offer ${offer} of ${id} has lapsed`)
    if (parkedUntil !== undefined && parkedUntil <= now) add(`${id} should have been woken`)
    if (wrapUp?.until !== undefined && wrapUp.until <= now) add(`the wrap-up of ${id} is over`)
    if (pick) add(`nobody has answered whether ${pick.agent} may have ${id}`)
    if (consultWanted) add(`nobody has answered who helps with ${id}`)
    if (place === 'new') add(`${id} is not classified`)
  }
  for (const id of state.leaving) add(`${id} has gone, and still has something`)
  return found
}

/** What is wrong when routing says that it has nothing left to decide. */
export const atRest = (state: RoutingState, now: number): Violation[] => [
  ...unserved(state, now),
  ...undone(state, now),
]

/** Who was passed over in a pass. `state`: as it was before it. */
export const passedOver = (state: RoutingState, decisions: readonly Decision[], now: number): Violation[] => {
  const { policy } = state
  if (!policy) return []
  const served = new Set<string>()
  const line = new Map([...state.waiting].map((id) => [id, state.tickets.get(id)!]))
  for (const { stream, event } of decisions) {
    const id = stream.slice('conversation-'.length)
    if (event.type === 'OfferIssued') served.add(id)
    if (event.type === 'TicketClassified')
      line.set(id, classifiedTicket(state.tickets.get(id)!, event.data, now))
  }
  const last = new Map<string, Ordered>()
  const waiting: (readonly [string, Ordered])[] = []
  for (const ticket of line.values()) {
    if (heldBack(policy, ticket, now)) continue
    const one = { ticket, key: orderKey(policy, ticket) }
    const kind = classOf(ticket)
    if (!served.has(ticket.id)) waiting.push([kind, one])
    else if (!last.has(kind) || compareOrdered(last.get(kind)!, one) < 0) last.set(kind, one)
  }
  return waiting.flatMap(([kind, one]): Violation[] => {
    const other = last.get(kind)
    if (!other || compareOrdered(other, one) < 0) return []
    const what = `${other.ticket.id} was served before ${one.ticket.id}, which goes first`
    return [{ invariant: 'nobody is passed by their like', what }]
  })
}
