import type { ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'
import { retryAtOf } from './eligibility.js'
import { agentOf, noteLeaving } from './fold-agent.js'
import { popHeap, pushHeap } from './heap.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

type Opened = Extract<ConversationEvent, { type: 'ConversationOpened' }>['data']

const newTicket = (id: string, data: Opened, at: Instant): Ticket => ({
  id,
  version: -1,
  place: 'new',
  channel: data.channel,
  endpoint: data.endpoint,
  customer: data.customer,
  language: data.language,
  intent: data.intent,
  since: at,
  queue: undefined,
  priority: 0,
  requirements: [],
  offers: new Map(),
  declined: new Map(),
  assignee: undefined,
  cost: 0,
  parkedUntil: undefined,
  wrapUp: undefined,
  resolvedAt: undefined,
  reserved: undefined,
  dues: [],
})

/** The agent takes on (+1) or lays down (-1) something that costs so much on the ticket's channel. */
const carry = (agent: AgentState, ticket: Ticket, cost: number, sign: 1 | -1): void => {
  agent.load += sign * cost
  const count = (agent.counts.get(ticket.channel) ?? 0) + sign
  if (count > 0) agent.counts.set(ticket.channel, count)
  else agent.counts.delete(ticket.channel)
}

const endOffer = (state: RoutingState, ticket: Ticket, id: string): void => {
  const offer = ticket.offers.get(id)
  if (!offer) return
  ticket.offers.delete(id)
  const agent = agentOf(state, offer.agent)
  carry(agent, ticket, offer.cost, -1)
  if (![...ticket.offers.values()].some((other) => other.agent === agent.id)) agent.offers.delete(ticket.id)
  noteLeaving(state, agent)
}

const assign = (state: RoutingState, ticket: Ticket, id: string, cost: number, at: Instant): void => {
  const agent = agentOf(state, id)
  ticket.assignee = id
  ticket.cost = cost
  ticket.reserved = undefined
  ticket.parkedUntil = undefined
  carry(agent, ticket, cost, 1)
  agent.tickets.add(ticket.id)
  agent.idleSince = at
  noteLeaving(state, agent)
}

const layDown = (state: RoutingState, ticket: Ticket, id: string, cost: number, at: Instant): void => {
  const agent = agentOf(state, id)
  carry(agent, ticket, cost, -1)
  if (ticket.assignee !== id && ticket.wrapUp?.agent !== id) agent.tickets.delete(ticket.id)
  agent.idleSince = at
  noteLeaving(state, agent)
}

const release = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  const { assignee, cost } = ticket
  if (assignee === undefined) return
  ticket.assignee = undefined
  layDown(state, ticket, assignee, cost, at)
}

/** The assignment becomes a wrap-up: it ends, and what it held is held on. */
const startWrapUp = (ticket: Ticket, agent: string, until: Instant | undefined): void => {
  if (ticket.assignee !== agent) return
  ticket.assignee = undefined
  ticket.wrapUp = { agent, cost: ticket.cost, until }
}

const finishWrapUp = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  const { wrapUp } = ticket
  if (!wrapUp) return
  ticket.wrapUp = undefined
  layDown(state, ticket, wrapUp.agent, wrapUp.cost, at)
}

const apply = (
  state: RoutingState,
  ticket: Ticket,
  { type, data, meta: { at } }: Fact<ConversationEvent>,
): void => {
  switch (type) {
    case 'TicketClassified':
      ticket.queue = data.queue
      ticket.priority = data.priority
      ticket.requirements = data.requirements
      ticket.intent = data.intent ?? ticket.intent
      ticket.language = data.language ?? ticket.language
      ticket.since = data.since ?? ticket.since
      return
    case 'IntentCorrected':
      ticket.intent = data.intent
      return
    case 'OfferIssued': {
      const agent = agentOf(state, data.agent)
      ticket.offers.set(data.offer, { agent: data.agent, cost: data.cost, expiresAt: data.expiresAt })
      carry(agent, ticket, data.cost, 1)
      agent.offers.add(ticket.id)
      agent.idleSince = at
      return noteLeaving(state, agent)
    }
    case 'OfferAccepted': {
      const cost = ticket.offers.get(data.offer)?.cost ?? 0
      endOffer(state, ticket, data.offer)
      return assign(state, ticket, data.agent, cost, at)
    }
    case 'OfferDeclined':
      ticket.declined.set(data.agent, { at, retryAt: data.retryAt })
      return endOffer(state, ticket, data.offer)
    case 'OfferExpired':
      ticket.declined.set(data.agent, { at, retryAt: undefined })
      return endOffer(state, ticket, data.offer)
    case 'OfferRevoked':
    case 'OfferSuperseded':
      return endOffer(state, ticket, data.offer)
    case 'TicketPicked':
      return assign(state, ticket, data.agent, data.cost, at)
    case 'TicketTransferred': {
      release(state, ticket, at)
      ticket.declined.clear()
      if (data.to.kind === 'queue') ticket.queue = data.to.queue
      if (data.to.kind === 'agent') ticket.reserved = { agent: data.to.agent, at }
      // Outside our house it is no ticket of ours any more, as if resolved.
      if (data.to.kind === 'outside') ticket.resolvedAt = at
      return
    }
    case 'TicketRequeued':
      return release(state, ticket, at)
    case 'TicketParked':
      release(state, ticket, at)
      ticket.parkedUntil = data.until ?? Number.POSITIVE_INFINITY
      return
    case 'TicketWoken':
      ticket.parkedUntil = undefined
      return
    case 'WrapUpStarted':
      return startWrapUp(ticket, data.agent, data.until)
    case 'WrapUpFinished':
      return finishWrapUp(state, ticket, at)
    case 'ConversationResolved':
    case 'ConversationAbandoned':
      release(state, ticket, at)
      ticket.parkedUntil = undefined
      ticket.resolvedAt = at
      return
    case 'ConversationReopened':
      ticket.resolvedAt = undefined
      ticket.queue = undefined
      ticket.since = at
      ticket.declined.clear()
      ticket.reserved = undefined
      return
  }
}

const placeOf = (ticket: Ticket): Ticket['place'] => {
  if (ticket.resolvedAt !== undefined) return ticket.wrapUp ? 'wrapUp' : 'resolved'
  if (ticket.parkedUntil !== undefined) return 'parked'
  if (ticket.assignee !== undefined) return 'assigned'
  if (ticket.offers.size > 0) return 'offered'
  return ticket.queue === undefined ? 'new' : 'queued'
}

const NONE: readonly Instant[] = []

/** When time alone may change something because of the place that the ticket is in. */
const placeDues = ({ policy }: RoutingState, ticket: Ticket): readonly Instant[] => {
  switch (ticket.place) {
    case 'offered':
      return [...ticket.offers.values()].map(({ expiresAt }) => expiresAt)
    case 'parked':
      return Number.isFinite(ticket.parkedUntil) ? [ticket.parkedUntil!] : NONE
    case 'resolved':
      return policy ? [ticket.resolvedAt! + policy.reopenWithin] : NONE
    case 'queued': {
      if (!policy || (ticket.declined.size === 0 && !ticket.reserved)) return NONE
      const retries = [...ticket.declined.values()].map((declined) => retryAtOf(policy, ticket, declined))
      return ticket.reserved ? [...retries, ticket.reserved.at + policy.transferWaits] : retries
    }
    default:
      return NONE
  }
}

const duesOf = (state: RoutingState, ticket: Ticket): readonly Instant[] => {
  const dues = placeDues(state, ticket)
  const until = ticket.wrapUp?.until
  return until === undefined ? dues : [...dues, until]
}

const noteDues = (state: RoutingState, ticket: Ticket): void => {
  const before = ticket.dues
  ticket.dues = duesOf(state, ticket)
  for (const at of ticket.dues) if (!before.includes(at)) pushHeap(state.due, { at, ticket: ticket.id })
  // What is overtaken is dropped as soon as it comes to the top.
  for (let top = state.due.items[0]; top; top = state.due.items[0]) {
    if (state.tickets.get(top.ticket)?.dues.includes(top.at)) return
    popHeap(state.due)
  }
}

const notePlace = (state: RoutingState, ticket: Ticket): void => {
  ticket.place = placeOf(ticket)
  if (ticket.place === 'new') state.unclassified.add(ticket.id)
  else state.unclassified.delete(ticket.id)
  if (ticket.place === 'queued') state.waiting.add(ticket.id)
  else state.waiting.delete(ticket.id)
}

const forget = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  for (const offer of [...ticket.offers.keys()]) endOffer(state, ticket, offer)
  finishWrapUp(state, ticket, at)
  release(state, ticket, at)
  state.tickets.delete(ticket.id)
  state.unclassified.delete(ticket.id)
  state.waiting.delete(ticket.id)
}

export const foldTicket = (state: RoutingState, id: string, event: Fact<ConversationEvent>): void => {
  let ticket = state.tickets.get(id)
  if (event.type === 'ConversationOpened' && !ticket) {
    ticket = newTicket(id, event.data, event.meta.at)
    state.tickets.set(id, ticket)
  }
  // Closed before; what still comes for it, such as a late report, is nothing to route.
  if (!ticket) return
  state.changed.add(`t/${id}`)
  ticket.version = event.version
  if (event.type === 'ConversationClosed') {
    forget(state, ticket, event.meta.at)
    return
  }
  apply(state, ticket, event)
  notePlace(state, ticket)
  noteDues(state, ticket)
}
