import type { Instant, Position } from '@ramal/core'
import { type Classified, classify } from './classify.js'
import { type Decision, onTicket } from './decision.js'
import { dueBy } from './due.js'
import { heldBack, type Load } from './eligibility.js'
import { nextWait } from './escalation.js'
import { keepHouse } from './housekeeping.js'
import { lineUp } from './line.js'
import { choose, type Judged, type Match, matchTicket, recordOf } from './match.js'
import { type Ordered, orderKey } from './order.js'
import type { Policy } from './policy/index.js'
import { asksOf } from './requirements.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

/** What a pass is told from outside. All else is in the state. */
export interface PassInput {
  /** Names the pass, in the log of its domain. Offers are numbered within it. */
  readonly pass: string
  /** By the router's clock; recorded, so that the pass can be decided again. */
  readonly now: Instant
  /** The state is the fold of the log up to here. */
  readonly basis: Position
  /**
   * Only new offers are decided on, whatever else is due: the pass after one that kept house, so that neither
   * keeps the other waiting. Recorded too.
   */
  readonly onlyOffers?: boolean
}

export interface PassResult {
  readonly decisions: readonly Decision[]
  /** When time alone may lead to another decision. */
  readonly nextDue: Instant | undefined
  /** What was due is decided, and nothing else: offers come in the next pass, on the state that follows. */
  readonly keptHouse: boolean
}

/** Told of each ticket that was matched, with everybody's verdict: for explanations. It must change nothing. */
export type Observer = (ticket: Ticket, match: Match) => void

/** Loads as they are after what the running pass has decided. The state stays as it is. */
export const loadsIn = (state: RoutingState, policy: Policy, now: Instant) => {
  const overlay = new Map<string, Load>()
  let { offers } = state
  const of = (agent: AgentState): Load => overlay.get(agent.id) ?? agent
  const take = (agent: AgentState, { channel, queue }: Ticket, cost: number): void => {
    const { load, interruptible, counts, turns } = of(agent)
    overlay.set(agent.id, {
      load: load + cost,
      interruptible: interruptible + (policy.channel(channel).interruptible ? cost : 0),
      counts: new Map(counts).set(channel, (counts.get(channel) ?? 0) + 1),
      idleSince: now,
      offeredAt: now,
      turns: new Map(turns).set(queue!, ++offers),
    })
  }
  return { of, take }
}

/** A ticket as it will be once it is classified so. */
export const classifiedTicket = (ticket: Ticket, data: Classified, now: Instant): Ticket => ({
  ...ticket,
  place: 'queued',
  queue: data.queue,
  priority: data.priority,
  band: data.band ?? 0,
  expedited: data.expedited ?? false,
  requirements: data.requirements,
  asks: asksOf(data.requirements),
  labels: data.labels,
  excluded: data.excluded ?? [],
  preferred: data.prefer && { ...data.prefer, at: now, direct: false },
  enteredAt: now,
  step: 0,
})

/** Tickets that no agent tells apart: what one of them cannot have, the others cannot either. */
export const classOf = ({
  id,
  queue,
  channel,
  intent,
  asks,
  step,
  declined,
  preferred,
  offers,
  excluded,
}: Ticket): string =>
  declined.size > 0 || preferred || offers.size > 0 || excluded.length > 0
    ? `= ${id}`
    : JSON.stringify([queue, channel, intent, step, asks])

const byOpening = (a: Ticket, b: Ticket): number => a.since - b.since || (a.id < b.id ? -1 : 1)

const someoneIsFree = ({ agents }: RoutingState, { leastCost }: Policy): boolean => {
  for (const { presence, load, interruptible, capacity } of agents.values())
    if (presence === 'available' && load - interruptible + leastCost <= capacity.total) return true
  return false
}

const earlier = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

/** When a calendar that something depends on opens or closes next. */
const nextHours = (policy: Policy, now: Instant): Instant | undefined =>
  policy.calendars.map((name) => policy.nextChange(name, now)).reduce(earlier, undefined)

/** When time alone may lead to another decision, offers apart that are still to be made. */
export const nextDueOf = (
  state: RoutingState,
  policy: Policy,
  next: Instant | undefined,
  now: Instant,
): Instant | undefined => earlier(earlier(next, nextHours(policy, now)), nextWait(state, policy, now))

/** Classifies what is new, and offers what waits. */
const offer = (
  state: RoutingState,
  policy: Policy,
  { now, pass, basis }: PassInput,
  observe: Observer | undefined,
): { readonly decisions: Decision[]; readonly firstExpiry: Instant | undefined } => {
  const decisions: Decision[] = []
  const waiting: Ordered[] = []
  const wait = (ticket: Ticket) => waiting.push({ ticket, key: orderKey(policy, ticket) })
  for (const id of state.waiting) wait(state.tickets.get(id)!)
  for (const ticket of [...state.unclassified].map((id) => state.tickets.get(id)!).sort(byOpening)) {
    const data = classify(state, policy, ticket, now)
    if (!data) continue
    decisions.push(onTicket(ticket.id, { type: 'TicketClassified', data }))
    wait(classifiedTicket(ticket, data, now))
  }
  if (waiting.length === 0 || !someoneIsFree(state, policy)) return { decisions, firstExpiry: undefined }

  const { of, take } = loadsIn(state, policy, now)
  const line = lineUp(policy, waiting)
  const blocked = new Set<string>()
  let firstExpiry: Instant | undefined
  let number = 0

  const issue = (one: Ordered, ranked: readonly Judged[]): void => {
    const { ticket } = one
    const { concurrentOffers, offerExpiresAfter, autoAccept } = policy.queue(ticket.queue!)
    const wanted = autoAccept ? 1 : concurrentOffers - ticket.offers.size
    const { agents, chance } = choose(policy, ticket, ranked, wanted)
    const facts = { pass, basis, policy: policy.hash, order: one.key, waiting: line.left }
    const decision = recordOf(state, policy, ticket, ranked, chance, facts)
    const { cost } = policy.channel(ticket.channel)
    const expiresAt = now + offerExpiresAfter
    for (const { agent } of agents) {
      const data = { offer: `${pass}.${++number}`, agent: agent.id, cost, expiresAt, decision }
      decisions.push(onTicket(ticket.id, { type: 'OfferIssued', data }))
      take(agent, ticket, cost)
      if (!autoAccept) firstExpiry = earlier(firstExpiry, expiresAt)
      else {
        const accepted = { offer: data.offer, agent: agent.id }
        decisions.push(onTicket(ticket.id, { type: 'OfferAccepted', data: accepted }))
      }
    }
    line.serve(one)
  }

  for (let one = line.next(); one; one = line.next()) {
    const kind = classOf(one.ticket)
    if (blocked.has(kind) || heldBack(policy, one.ticket, now)) continue
    const match = matchTicket(state, policy, one.ticket, of, now)
    observe?.(one.ticket, match)
    if (match.ranked.length > 0) issue(one, match.ranked)
    else blocked.add(kind)
  }
  return { decisions, firstExpiry }
}

/**
 * One pass: everything that follows from a state at a moment. Pure and total; with the same input it decides the
 * same. First what is due, asked for by people, or left behind; where there is such a thing the pass is that alone,
 * so that what is offered next is offered on the state that follows. Then what is new is classified, and who waits
 * is matched, best first. A ticket that nobody can take blocks no other; the pass ends when no ticket fits an agent
 * any more.
 */
export const route = (state: RoutingState, input: PassInput, observe?: Observer): PassResult => {
  const { policy } = state
  if (!policy) return { decisions: [], nextDue: undefined, keptHouse: false }
  const { due, next } = dueBy(state, input.now)
  const nextDue = nextDueOf(state, policy, next, input.now)
  if (!input.onlyOffers) {
    const decisions = keepHouse(state, policy, due, input.now)
    if (decisions.length > 0) return { decisions, nextDue, keptHouse: true }
  }
  const { decisions, firstExpiry } = offer(state, policy, input, observe)
  return { decisions, nextDue: earlier(nextDue, firstExpiry), keptHouse: false }
}
