import type { Instant, Position } from '@ramal/core'
import { type Classified, classify } from './classify.js'
import { type Decision, onTicket } from './decision.js'
import { dueBy } from './due.js'
import { nextWait } from './escalation.js'
import { keepHouse } from './housekeeping.js'
import { choose, type Option, recordOf } from './match.js'
import { indexedPairs } from './matcher/indexed-pairs.js'
import type { Matcher } from './matcher/matcher.js'
import { preferenceOf } from './moves.js'
import { type Observer, type Pairs, plainPairs } from './pairs.js'
import type { Policy } from './policy/index.js'
import { shareAsks } from './requirements.js'
import type { RoutingState, Ticket } from './state.js'

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
  /**
   * After so many decisions on what is new and who waits the pass ends, and the next goes on: so long can one pass
   * take. Recorded too, as the pass after it decides on the state that follows. Default: no limit.
   */
  readonly most?: number
}

export interface PassResult {
  readonly decisions: readonly Decision[]
  /** When time alone may lead to another decision. */
  readonly nextDue: Instant | undefined
  /** What was due is decided, and nothing else: offers come in the next pass, on the state that follows. */
  readonly keptHouse: boolean
}

/** A ticket as it will be once it is classified so. */
export const classifiedTicket = (ticket: Ticket, data: Classified, now: Instant): Ticket => ({
  ...ticket,
  place: 'queued',
  queue: data.queue,
  priority: data.priority,
  band: data.band ?? 0,
  expedited: data.expedited ?? false,
  ...shareAsks(data.requirements),
  labels: data.labels,
  excluded: data.excluded ?? [],
  preferred: preferenceOf(ticket, data.prefer, now),
  enteredAt: now,
  step: 0,
})

const byOpening = (a: Ticket, b: Ticket): number => a.since - b.since || (a.id < b.id ? -1 : 1)

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

type Pairing<J extends Option> = (policy: Policy, fresh: readonly Ticket[], now: Instant) => Pairs<J>

/** Classifies what is new, and offers what waits. */
const offer = <J extends Option>(
  state: RoutingState,
  policy: Policy,
  { now, pass, basis, most = Number.POSITIVE_INFINITY }: PassInput,
  pairing: Pairing<J>,
): { readonly decisions: Decision[]; readonly firstExpiry: Instant | undefined } => {
  const decisions: Decision[] = []
  const fresh: Ticket[] = []
  for (const ticket of [...state.unclassified].map((id) => state.tickets.get(id)!).sort(byOpening)) {
    // Among who waits may be somebody better: nothing is offered before all are classified.
    if (decisions.length >= most) return { decisions, firstExpiry: undefined }
    const data = classify(state, policy, ticket, now)
    if (!data) continue
    decisions.push(onTicket(ticket.id, { type: 'TicketClassified', data }))
    fresh.push(classifiedTicket(ticket, data, now))
  }
  const pairs = pairing(policy, fresh, now)
  let firstExpiry: Instant | undefined
  let number = 0
  while (decisions.length < most) {
    const pair = pairs.next()
    if (!pair) break
    const { ticket, key, ranked, rules, asked } = pair
    const { concurrentOffers, maxOffers, offerExpiresAfter, autoAccept } = rules
    const wanted = Math.min(concurrentOffers - ticket.offers.size, maxOffers - ticket.offersMade)
    const { agents, chanceOf } = choose(policy, rules, ticket, ranked, autoAccept ? 1 : wanted)
    const facts = { pass, basis, policy: policy.hash, order: key, waiting: pairs.left }
    const record = recordOf(state, rules, asked, ticket, ranked, facts)
    const { cost } = policy.channel(ticket.channel)
    const expiresAt = now + offerExpiresAfter
    for (const one of agents) {
      const { id: agent } = one
      const chance = chanceOf(one)
      const decision = chance ? { ...record, ...chance } : record
      const data = { offer: `${pass}.${++number}`, agent, cost, expiresAt, decision }
      decisions.push(onTicket(ticket.id, { type: 'OfferIssued', data }))
      if (!autoAccept) firstExpiry = earlier(firstExpiry, expiresAt)
      else {
        const accepted = { offer: data.offer, agent }
        decisions.push(onTicket(ticket.id, { type: 'OfferAccepted', data: accepted }))
      }
    }
    pairs.serve(agents, cost)
  }
  pairs.close()
  return { decisions, firstExpiry }
}

const run = <J extends Option>(state: RoutingState, input: PassInput, pairing: Pairing<J>): PassResult => {
  const { policy } = state
  if (!policy) return { decisions: [], nextDue: undefined, keptHouse: false }
  const { due, next } = dueBy(state, input.now)
  const nextDue = nextDueOf(state, policy, next, input.now)
  if (!input.onlyOffers) {
    const decisions = keepHouse(state, policy, due, input.now)
    if (decisions.length > 0) return { decisions, nextDue, keptHouse: true }
  }
  const { decisions, firstExpiry } = offer(state, policy, input, pairing)
  return { decisions, nextDue: earlier(nextDue, firstExpiry), keptHouse: false }
}

/**
 * One pass: everything that follows from a state at a moment. Pure and total; with the same input it decides the
 * same. First what is due, asked for by people, or left behind; where there is such a thing the pass is that alone,
 * so that what is offered next is offered on the state that follows. Then what is new is classified, and who waits
 * is matched, best first. A ticket that nobody can take blocks no other; the pass ends when no ticket fits an agent
 * any more.
 */
export const route = (state: RoutingState, input: PassInput, observe?: Observer): PassResult =>
  run(state, input, (policy, fresh, now) => plainPairs(state, policy, fresh, now, observe))

/** The same pass, decided from what a matcher knows of the state that it follows: it costs what has changed. */
export const routeWith = (matcher: Matcher, input: PassInput): PassResult =>
  run(matcher.state, input, (policy, fresh, now) => indexedPairs(matcher, policy, fresh, now))
