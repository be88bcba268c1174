import type { ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'
import {
  assign,
  endConsult,
  endOffer,
  finishWrapUp,
  holdAnew,
  issueOffer,
  release,
  startConsult,
  startWrapUp,
  unpark,
} from './carry.js'
import {
  ask,
  declassify,
  decline,
  enter,
  escalate,
  NONE,
  newTicket,
  park,
  preferenceOf,
  renew,
  reopen,
  restartWait,
  transfer,
} from './moves.js'
import { forgetPlace, noteDues, notePlace, type Standing } from './places.js'
import { type Hold, type RoutingState, type Ticket, touchTicket } from './state.js'

const holdOf = ({ policy }: RoutingState, { channel }: Ticket, agent: string, cost: number): Hold => ({
  agent,
  cost,
  interruptible: policy?.channel(channel).interruptible ?? false,
})

/** Most moments kept for the estimate of the wait in a queue. */
const FLOW = 20

const noteFlow = ({ flow }: RoutingState, { queue }: Ticket, at: Instant): void => {
  if (queue !== undefined) flow.set(queue, [...(flow.get(queue) ?? []).slice(1 - FLOW), at])
}

/** Who waits for whom, and why: what the router decides. */
const applyRouting = (
  state: RoutingState,
  ticket: Ticket,
  { type, data, meta: { at } }: Fact<ConversationEvent>,
): void => {
  switch (type) {
    case 'TicketClassified':
      ticket.transferred = false
      enter(ticket, data.queue, at)
      ask(ticket, data.requirements)
      ticket.priority = data.priority
      ticket.band = data.band ?? 0
      ticket.expedited = data.expedited ?? false
      ticket.labels = data.labels.length > 0 ? data.labels : NONE
      ticket.intent = data.intent ?? ticket.intent
      ticket.language = data.language ?? ticket.language
      if (data.since !== undefined && data.since !== ticket.since) restartWait(ticket, data.since)
      ticket.excluded = data.excluded ?? NONE
      ticket.preferred = preferenceOf(ticket, data.prefer, at)
      return
    case 'TicketRelaxed':
      ticket.step = data.step
      return
    case 'TicketEscalated':
      return escalate(state, ticket, data, at)
    case 'TicketExpedited':
      ticket.expedited = true
      ticket.byHand = { ...ticket.byHand, expedited: true }
      return
    case 'AgentExcluded':
      ticket.excluded = [...ticket.excluded, data.agent]
      ticket.byHand = { ...ticket.byHand, excluded: [...ticket.byHand.excluded, data.agent] }
      return
    case 'OfferIssued':
      return issueOffer(
        state,
        ticket,
        data.offer,
        { expiresAt: data.expiresAt, ...holdOf(state, ticket, data.agent, data.cost) },
        at,
      )
    case 'OfferAccepted': {
      const hold = endOffer(state, ticket, data.offer) ?? holdOf(state, ticket, data.agent, 0)
      noteFlow(state, ticket, at)
      return assign(state, ticket, hold, at)
    }
    case 'OfferDeclined':
      decline(ticket, data.agent, at, data.retryAt)
      endOffer(state, ticket, data.offer)
      return
    case 'OfferExpired':
      decline(ticket, data.agent, at, undefined)
      endOffer(state, ticket, data.offer)
      return
    case 'OfferRevoked':
    case 'OfferSuperseded':
      endOffer(state, ticket, data.offer)
      return
  }
}

/** Who has it. */
const applyAssignment = (
  state: RoutingState,
  ticket: Ticket,
  { type, data, meta: { at } }: Fact<ConversationEvent>,
): void => {
  switch (type) {
    case 'PickRequested':
      ticket.pick = { agent: data.agent, by: data.by, overcommit: data.overcommit ?? false }
      return
    case 'PickRefused':
      ticket.pick = undefined
      return
    case 'TicketPicked':
      return assign(state, ticket, holdOf(state, ticket, data.agent, data.cost), at)
    case 'TicketBecameDormant':
      return holdAnew(state, ticket, data.cost, at)
    case 'TicketAwoke':
      return holdAnew(state, ticket, data.cost, undefined)
    case 'ConsultRequested':
      ticket.consultWanted =
        data.to.kind === 'agent' ? { kind: 'agent', id: data.to.agent } : { kind: 'queue', id: data.to.queue }
      return
    case 'ConsultStarted':
      return startConsult(state, ticket, holdOf(state, ticket, data.agent, data.cost), at)
    case 'ConsultRefused':
      ticket.consultWanted = undefined
      return
    case 'ConsultEnded':
      return endConsult(state, ticket, at)
    case 'TicketTransferred':
      return transfer(state, ticket, data, at)
    case 'TicketRequeued':
      release(state, ticket, at)
      ticket.offersMade = 0
      decline(ticket, data.agent, at, undefined)
      if (state.policy?.restartsWait('requeue')) restartWait(ticket, at)
      return
    case 'TicketParked':
      return park(state, ticket, data.until, at)
    case 'TicketWoken':
      return unpark(ticket, at)
    case 'WrapUpStarted':
      return startWrapUp(state, ticket, data.agent, data.until, at)
    case 'WrapUpFinished':
      return finishWrapUp(state, ticket, at)
  }
}

/** Something was said, perhaps in a conversation that had gone to sleep. */
const stir = (ticket: Ticket, at: Instant): void => {
  ticket.activeAt = Math.max(ticket.activeAt, at)
  if (ticket.assigned?.dormantSince !== undefined) ticket.stirred = true
}

/** The customer was sent elsewhere, and is here again. What is resolved is reopened by an event of its own. */
const comeBack = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  if (ticket.resolvedAt !== undefined) reopen(state, ticket, at)
}

/** What was said, and what became of the contact. */
const applyThread = (
  state: RoutingState,
  ticket: Ticket,
  { type, data, meta: { at } }: Fact<ConversationEvent>,
): void => {
  switch (type) {
    case 'IntentCorrected':
      ticket.intent = data.intent
      return
    case 'MessageReceived':
      // A rule deals with it; nobody waits for an answer.
      if (data.keyword !== undefined) return
      if (ticket.idle) restartWait(ticket, at)
      ticket.idle = false
      comeBack(state, ticket, at)
      stir(ticket, at)
      ticket.unansweredSince ??= at
      return
    case 'CallOffered':
      return comeBack(state, ticket, at)
    case 'SendRequested':
      ticket.activeAt = Math.max(ticket.activeAt, at)
      if (data.by.kind === 'system') return
      stir(ticket, at)
      ticket.unansweredSince = undefined
      return
    case 'SendDeferred':
      ticket.activeAt = Math.max(ticket.activeAt, data.until)
      return
    case 'ConversationResolved':
    case 'ConversationAbandoned':
      release(state, ticket, at)
      unpark(ticket, at)
      ticket.resolvedAt = at
      ticket.pick = undefined
      return
    case 'ConversationReopened':
      return reopen(state, ticket, at)
  }
}

const forget = (state: RoutingState, ticket: Ticket, at: Instant, standing: Standing): void => {
  for (const offer of [...ticket.offers.keys()]) endOffer(state, ticket, offer)
  finishWrapUp(state, ticket, at)
  release(state, ticket, at)
  state.tickets.delete(ticket.id)
  state.vacant.push(ticket.at)
  forgetPlace(state, ticket, standing)
}

export const foldTicket = (state: RoutingState, id: string, event: Fact<ConversationEvent>): void => {
  let ticket = state.tickets.get(id)
  if (event.type === 'ConversationOpened' && !ticket) {
    ticket = newTicket(id, state.vacant.pop() ?? state.tickets.size, event.data, event.meta.at)
    state.tickets.set(id, ticket)
  }
  // Closed before; what still comes for it, such as a late report, is nothing to route.
  if (!ticket) return
  ticket.version = event.version
  const standing = { place: ticket.place, queue: ticket.queue }
  const waited = ticket.waits
  if (event.type === 'ConversationClosed') {
    forget(state, ticket, event.meta.at, standing)
    return touchTicket(state, ticket, waited)
  }
  applyRouting(state, ticket, event)
  applyAssignment(state, ticket, event)
  applyThread(state, ticket, event)
  if (ticket.outdated) renew(ticket)
  notePlace(state, ticket, standing)
  noteDues(state, ticket)
  touchTicket(state, ticket, waited)
}

/** Under another policy: what is due when, and who is classified anew. */
export const foldPolicyChange = (state: RoutingState): void => {
  for (const ticket of state.tickets.values()) {
    const standing = { place: ticket.place, queue: ticket.queue }
    if (state.policy?.onPublish === 'reclassify' && !ticket.transferred) {
      if (ticket.place === 'queued') declassify(ticket)
      ticket.outdated = ticket.place === 'offered'
      touchTicket(state, ticket, true)
    }
    notePlace(state, ticket, standing)
    noteDues(state, ticket)
  }
}
