import { categoryOf, type Fact, idOf, type Recorded } from '@ramal/core'
import { heldBack, judge } from './eligibility.js'
import { applyToRouting } from './fold.js'
import { excessOf, type Invariant, misplaced, type Violation } from './invariants.js'
import type { RoutingState, Ticket } from './state.js'

interface OfferData {
  readonly offer: string
  readonly agent: string
}

const ENDS: ReadonlySet<string> = new Set([
  'OfferAccepted',
  'OfferDeclined',
  'OfferExpired',
  'OfferRevoked',
  'OfferSuperseded',
])

/** They say themselves that an agent may hold more than they have from now on. */
const LOWERS: ReadonlySet<string> = new Set(['CapacityChanged', 'AgentRegistered'])

const isFlagged = ({ type, data }: Recorded | Fact): boolean =>
  LOWERS.has(type) || (data as { readonly overcommitted?: boolean }).overcommitted === true

/** Events that may start a wait anew, and where the policy has to say so. */
const RESTARTS = {
  ConversationReopened: 'reopen',
  TicketTransferred: 'transfer',
  TicketRequeued: 'requeue',
  TicketEscalated: 'escalation',
} as const

const mayRestart = ({ policy }: RoutingState, { idle, place }: Ticket, type: string): boolean => {
  // The customer answers what we began, or comes back from where we had sent them.
  if (type === 'MessageReceived') return idle || place === 'resolved'
  // What it was parked for is no wait.
  if (place === 'parked') return true
  const on = RESTARTS[type as keyof typeof RESTARTS]
  return on !== undefined && (policy?.restartsWait(on) ?? on === 'reopen')
}

const holdsOf = ({ offers, assigned, wrapUp, consult }: Ticket): readonly string[] =>
  [...offers.values(), assigned, wrapUp, consult].flatMap((hold) => (hold ? [hold.agent] : []))

/** What of a ticket no policy may change. */
const decided = ({
  offers,
  assigned,
  wrapUp,
  consult,
  since,
  parkedUntil,
  declined,
  resolvedAt,
}: Ticket): string =>
  JSON.stringify([[...offers], assigned, wrapUp, consult, since, parkedUntil, [...declined], resolvedAt])

/**
 * Follows a log: changes a state by each event, as `applyToRouting` does, and says what the event broke. It looks
 * only at what the event touches, and remembers which offers have ended, until their conversation is closed.
 */
export const auditor = (): ((state: RoutingState, event: Recorded | Fact) => Violation[]) => {
  const offers = new Map<string, Map<string, boolean>>()

  const checkOffer = (
    state: RoutingState,
    ticket: string,
    { type, data, meta }: Recorded | Fact,
  ): Violation[] => {
    const { offer, agent: agentId } = data as OfferData
    const known = offers.get(ticket) ?? new Map<string, boolean>()
    offers.set(ticket, known)
    const wrong = (invariant: Invariant, what: string): Violation[] => [
      { invariant, what: `${ticket}: ${what}` },
    ]
    if (ENDS.has(type)) {
      const open = known.get(offer)
      known.set(offer, false)
      return open ? [] : wrong('an offer ends once', `${type} of ${offer}, which is not open`)
    }
    const again = known.has(offer)
    known.set(offer, true)
    if (again) return wrong('an offer ends once', `${offer} is issued twice`)
    const [one, agent] = [state.tickets.get(ticket), state.agents.get(agentId)]
    if (!one || !agent || !state.policy)
      return wrong('offers go to who can take them', `${agentId} is not known`)
    const { verdict, detail } =
      heldBack(state.policy, one, meta.at) ?? judge(state, state.policy, one, agent, agent, meta.at)
    return verdict === 'ok'
      ? []
      : wrong('offers go to who can take them', `${agentId}: ${verdict} ${detail ?? ''}`)
  }

  const checkTicket = (state: RoutingState, event: Recorded | Fact): Violation[] => {
    const id = idOf(event.stream)
    const found = event.type === 'OfferIssued' || ENDS.has(event.type) ? checkOffer(state, id, event) : []
    const before = state.tickets.get(id)
    const since = before?.since
    const restarts = before && mayRestart(state, before, event.type)
    const agents = new Set(before && holdsOf(before))
    const excess = new Map([...agents].map((agent) => [agent, excessOf(state.agents.get(agent)!)]))
    const { agent: named } = event.data as { readonly agent?: string }
    if (named !== undefined && !excess.has(named) && state.agents.has(named))
      excess.set(named, excessOf(state.agents.get(named)!))
    applyToRouting(state, event)
    const after = state.tickets.get(id)
    if (after?.assigned && after.offers.size > 0)
      found.push({ invariant: 'one assignment a ticket', what: `${id} is assigned and offered too` })
    if (after)
      for (const what of misplaced(state, after))
        found.push({ invariant: 'every ticket is in exactly one place', what: `${id} ${what}` })
    if (after && since !== undefined && after.since !== since && !restarts)
      found.push({ invariant: 'a wait never starts anew unasked', what: `${id}, by ${event.type}` })
    for (const [agent, before] of excess) found.push(...exceeded(state, event, agent, before))
    if (event.type === 'ConversationClosed') offers.delete(id)
    return found
  }

  return (state, event) => {
    switch (categoryOf(event.stream)) {
      case 'conversation':
        return checkTicket(state, event)
      case 'agent': {
        const id = idOf(event.stream)
        const agent = state.agents.get(id)
        const before = agent ? excessOf(agent) : new Map<string, number>()
        applyToRouting(state, event)
        return exceeded(state, event, id, before)
      }
      case 'policy': {
        const before = [...state.tickets.values()].map((ticket) => [ticket, decided(ticket)] as const)
        applyToRouting(state, event)
        return before
          .filter(([ticket, was]) => decided(ticket) !== was)
          .map(([{ id }]) => ({
            invariant: 'a policy changes only what comes after',
            what: `${id} was changed`,
          }))
      }
    }
    return []
  }
}

/** More than before of what the agent has not, by an event that does not say so. */
const exceeded = (
  { agents }: RoutingState,
  event: Recorded | Fact,
  id: string,
  before: ReadonlyMap<string, number>,
): Violation[] => {
  if (isFlagged(event)) return []
  return [...excessOf(agents.get(id)!)]
    .filter(([of, by]) => by > (before.get(of) ?? 0))
    .map(([of, by]) => ({
      invariant: 'capacity is never exceeded',
      what: `${id} is ${by} above ${of} by ${event.type}`,
    }))
}
