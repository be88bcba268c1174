import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { type EventStore, type Fact, type Position, START, streamName } from '@ramal/core'
import {
  applyToRouting,
  type Explanation,
  explanationOf,
  initialState,
  matchTicket,
  type Origin,
  ROUTING_CATEGORIES,
  type RoutingState,
  route,
} from '@ramal/routing'
import { none, type Option, some } from 'fp-ts/lib/Option.js'

const stateUntil = async (
  store: EventStore,
  isAfter: (position: Position) => boolean,
): Promise<RoutingState> => {
  const state = initialState()
  const categories = [...ROUTING_CATEGORIES]
  for await (const { events } of store.readAll({ after: START, categories }))
    for (const event of events) {
      if (isAfter(event.position)) return state
      applyToRouting(state, event)
    }
  return state
}

/** The state as it was at a position: the fold of the log up to it. */
export const stateAt = (store: EventStore, basis: Position): Promise<RoutingState> =>
  stateUntil(store, (position) => position > basis)

/** An offer, or a ticket that was given by hand, and how the ticket came to where it stood. */
interface Found {
  readonly event: Fact<Extract<ConversationEvent, { type: 'OfferIssued' | 'TicketPicked' }>>
  readonly origin: Origin
  /** Of the first event of the same decision. */
  readonly position: Position
}

const originAfter = (origin: Origin, { type, data }: Fact<ConversationEvent>): Origin => {
  switch (type) {
    case 'TicketClassified':
      return { rule: data.rule }
    case 'TicketTransferred':
      return data.to.kind === 'queue'
        ? { ...origin, movedBy: `a transfer of ${data.by.id ?? data.by.kind}` }
        : origin
    case 'TicketEscalated':
      return data.queue === undefined ? origin : { ...origin, movedBy: `escalation "${data.escalation}"` }
    default:
      return origin
  }
}

/** The offer of that name; where none is named, what led to an agent last. */
const find = async (
  store: EventStore,
  conversation: string,
  offer: string | undefined,
): Promise<Found | undefined> => {
  let last: Found | undefined
  let origin: Origin = {}
  let decision: { readonly cause: string | undefined; readonly position: Position } | undefined
  for await (const { events } of store.read(streamName('conversation', conversation)))
    for (const recorded of events) {
      const event = conversationEvents.upcast(recorded) as Fact<ConversationEvent> | undefined
      if (!event) continue
      const { causationId: cause } = event.meta
      if (!decision || decision.cause !== cause) decision = { cause, position: recorded.position }
      const { position } = decision
      if (event.type === 'OfferIssued') {
        last = { event: event as Found['event'], origin, position }
        if (event.data.offer === offer) return last
      }
      if (event.type === 'TicketPicked') last = { event: event as Found['event'], origin, position }
      origin = originAfter(origin, event)
    }
  return offer === undefined ? last : undefined
}

/** Everybody is judged for a ticket that somebody gave away by hand, as if it had been offered then. */
const explainPick = async (
  store: EventStore,
  conversation: string,
  { data, meta: { at } }: Fact<Extract<ConversationEvent, { type: 'TicketPicked' }>>,
  { origin, position }: Found,
): Promise<Option<Explanation>> => {
  const state = await stateUntil(store, (one) => one >= position)
  const { policy } = state
  const ticket = state.tickets.get(conversation)
  if (!policy || !ticket) return none
  const { agent, by = { kind: 'system' } } = data
  const match = matchTicket(state, policy, ticket, (one) => one, at)
  const waiting = state.waiting.size
  const facts = { now: at, chosen: agent, tieBreak: 'by hand', waiting, givenBy: by.id ?? by.kind }
  return some(explanationOf(policy, ticket, match, facts, origin))
}

/**
 * Why this offer was made, or where none is named why the conversation came to who was asked, or given it, last. The
 * pass is run again on the log up to its basis, and this time everybody's verdict is kept. None when there is no such
 * offer.
 */
export const explainOffer = async (
  store: EventStore,
  conversation: string,
  offer?: string,
): Promise<Option<Explanation>> => {
  const found = await find(store, conversation, offer)
  if (!found) return none
  const { event, origin } = found
  if (event.type === 'TicketPicked') return explainPick(store, conversation, event, found)
  const { decision, agent } = event.data
  const state = await stateAt(store, decision.basis as Position)
  const { policy } = state
  if (!policy) return none
  let explanation: Option<Explanation> = none
  const now = event.meta.at
  const input = { pass: decision.pass, now, basis: decision.basis as Position, onlyOffers: true }
  route(state, input, (ticket, match) => {
    if (ticket.id !== conversation) return
    const { tieBreak, waiting, propensity } = decision
    const facts = { now, chosen: agent, tieBreak, waiting, propensity }
    explanation = some(explanationOf(policy, ticket, match, facts, origin))
  })
  return explanation
}
