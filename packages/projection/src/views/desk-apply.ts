import { type ConversationEvent, summaryOf } from '@ramal/conversation'
import { dictionary, type Instant, idOf, type Recorded } from '@ramal/core'
import type { CustomerEvent } from '@ramal/customer'
import type { WorkforceEvent } from '@ramal/workforce'
import { agentRow, type Card, type DeskState, list, unlist } from './desk-state.js'

const cardOf = (
  conversation: string,
  at: Instant,
  data: Extract<ConversationEvent, { type: 'ConversationOpened' }>['data'],
): Card => ({
  conversation,
  channel: data.channel,
  endpoint: data.endpoint,
  openedAt: at,
  customer: data.customer,
  language: data.language,
  intent: data.intent,
  queue: undefined,
  priority: 0,
  labels: [],
  desk: 'new',
  waitingSince: at,
  assignee: undefined,
  assignedAt: undefined,
  parkedUntil: undefined,
  isParked: false,
  spam: false,
  handedOver: false,
  over: false,
  unanswered: 0,
  lastMessageAt: undefined,
  lastMessage: undefined,
  offers: dictionary(),
  wrapUp: undefined,
})

const assign = (card: Card, agent: string, at: Instant): void => {
  card.assignee = agent
  card.assignedAt = at
  card.isParked = false
  card.parkedUntil = undefined
}

const release = (card: Card): void => {
  card.assignee = undefined
  card.assignedAt = undefined
}

const finish = (card: Card): void => {
  release(card)
  card.over = true
  card.isParked = false
}

const say = (card: Card, at: Instant, text: string): void => {
  card.lastMessageAt = at
  card.lastMessage = text
}

const change = (card: Card, { type, data, meta: { at } }: Recorded<ConversationEvent>): void => {
  switch (type) {
    case 'MessageReceived':
      if (data.keyword === undefined) card.unanswered++
      return say(card, at, summaryOf(data.content))
    case 'SendRequested':
    case 'MessageEchoed':
      card.unanswered = 0
      return say(card, at, summaryOf(data.content))
    case 'TicketClassified':
      if (card.queue === undefined) card.waitingSince = data.since ?? at
      card.queue = data.queue
      card.priority = data.priority
      card.labels = data.labels
      card.intent = data.intent ?? card.intent
      card.language = data.language ?? card.language
      return
    case 'IntentCorrected':
      card.intent = data.intent
      return
    case 'OfferIssued':
      card.offers[data.offer] = { agent: data.agent, expiresAt: data.expiresAt }
      return
    case 'OfferAccepted':
      delete card.offers[data.offer]
      return assign(card, data.agent, at)
    case 'OfferDeclined':
    case 'OfferExpired':
    case 'OfferRevoked':
    case 'OfferSuperseded':
      delete card.offers[data.offer]
      return
    case 'TicketPicked':
      return assign(card, data.agent, at)
    case 'TicketTransferred':
      release(card)
      card.waitingSince = at
      if (data.to.kind === 'queue') card.queue = data.to.queue
      return
    case 'TicketRequeued':
      return release(card)
    case 'TicketParked':
      release(card)
      card.isParked = true
      card.parkedUntil = data.until
      return
    case 'TicketWoken':
      card.isParked = false
      card.parkedUntil = undefined
      card.waitingSince = at
      return
    case 'WrapUpStarted':
      card.wrapUp = { agent: data.agent, until: data.until }
      return
    case 'WrapUpFinished':
      card.wrapUp = undefined
      return
    case 'ThreadControlChanged':
      card.handedOver = data.owner === 'other'
      return
    case 'ConversationResolved':
    case 'ConversationAbandoned':
      return finish(card)
    case 'ConversationReopened':
      card.over = false
      card.waitingSince = at
      return
    case 'SpamMarked':
      card.spam = true
      return
    case 'SpamUnmarked':
      card.spam = false
      return
  }
}

export const applyConversation = (state: DeskState, event: Recorded<ConversationEvent>): void => {
  const conversation = idOf(event.stream)
  if (event.type === 'ConversationOpened') {
    const card = cardOf(conversation, event.meta.at, event.data)
    state.cards[conversation] = card
    return list(state, card)
  }
  const card = state.cards[conversation]
  if (!card) return
  unlist(state, card)
  change(card, event)
  // A closed conversation is on nobody's desk any more, unless its wrap-up still is.
  if (event.type === 'ConversationClosed') finish(card)
  if (event.type === 'ConversationClosed' && !card.wrapUp) delete state.cards[conversation]
  else list(state, card)
}

export const applyAgent = (state: DeskState, event: Recorded<WorkforceEvent>): void => {
  const row = agentRow(state, idOf(event.stream))
  const { at } = event.meta
  const be = (presence: typeof row.presence, reason?: string) => {
    row.presence = presence
    row.reason = reason
    row.presenceSince = at
  }
  switch (event.type) {
    case 'AgentRegistered':
      row.name = event.data.name
      row.team = event.data.team
      row.kind = event.data.kind
      row.queues = event.data.queues
      row.capacity = event.data.capacity.total
      return
    case 'CapacityChanged':
      row.capacity = event.data.capacity.total
      return
    case 'QueuesChanged':
      row.queues = event.data.queues
      return
    case 'AgentSignedIn':
      return be('unavailable', 'signed in')
    case 'AgentBecameAvailable':
      return be('available')
    case 'AgentBecameUnavailable':
      return be('unavailable', event.data.reason)
    case 'AgentStoppedResponding':
      return row.presence === 'available' ? be('notResponding') : undefined
    case 'AgentDraining':
      return be('draining', event.data.reason)
    case 'AgentSignedOut':
      return be('signedOut', event.data.reason)
  }
}

/** Whoever is forgotten leaves no words behind on a desk. */
export const applyCustomer = (state: DeskState, event: Recorded<CustomerEvent>): void => {
  const customer = idOf(event.stream)
  if (event.type !== 'CustomerForgotten') return
  for (const card of Object.values(state.cards)) if (card.customer === customer) card.lastMessage = undefined
}
