import type { Deep, Fact, Reducer } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import { applyAttachment } from './attachments.js'
import { applyCall } from './call.js'
import { furthest } from './delivery.js'
import { type ConversationEvent, conversationEvents } from './events.js'
import {
  absentConversation,
  type Conversation,
  type Offer,
  type OfferOutcome,
  type SendState,
} from './shape.js'

const assign = (draft: Conversation, agent: string, cost: number): void => {
  draft.pick = undefined
  draft.consult = undefined
  draft.assignee = agent
  // What they do after it is over: they are at it again.
  if (draft.wrapUp?.agent === agent) draft.wrapUp = undefined
  draft.idle = false
  draft.lastAgent = agent
  draft.cost = cost
  draft.parked = undefined
  draft.transferred = undefined
}

const release = (draft: Conversation): void => {
  draft.consult = undefined
  draft.assignee = undefined
}

const endOffer = (draft: Conversation, id: string, outcome: OfferOutcome): Offer | undefined => {
  const offer = draft.offers[id]
  if (offer?.outcome === 'open') offer.outcome = outcome
  return offer
}

const setSend = (draft: Conversation, message: string, state: SendState, providerId?: string): void => {
  const sent = draft.outbound[message]
  if (!sent) return
  sent.state = state
  if (providerId === undefined) return
  sent.providerId = providerId
  draft.byProviderId[providerId] = message
}

/** The life of the ticket: who has it, or what it waits for. */
const applyTicket = (draft: Conversation, { type, data }: Fact<ConversationEvent>): void => {
  switch (type) {
    case 'TicketClassified':
      draft.idle = false
      draft.queue = data.queue
      draft.priority = data.priority
      draft.requirements = data.requirements
      draft.labels = data.labels
      draft.expedited = data.expedited ?? false
      draft.excluded = data.excluded ?? []
      draft.intent = data.intent ?? draft.intent
      draft.language = data.language ?? draft.language
      return
    case 'IntentCorrected':
      draft.intent = data.intent
      return
    case 'TicketEscalated':
      draft.queue = data.queue ?? draft.queue
      draft.priority = data.priority ?? draft.priority
      draft.requirements = data.requirements ?? draft.requirements
      draft.labels = [...new Set([...draft.labels, ...(data.labels ?? [])])]
      draft.expedited = data.expedited ?? draft.expedited
      return
    case 'TicketExpedited':
      draft.expedited = true
      return
    case 'AgentExcluded':
      draft.excluded = [...draft.excluded, data.agent]
      return
    case 'PickRequested':
      draft.pick = data.agent
      return
    case 'PickRefused':
      draft.pick = undefined
      return
    case 'TicketBecameDormant':
    case 'TicketAwoke':
      draft.cost = data.cost
      return
    case 'ConsultRequested':
      draft.consult = { agent: undefined }
      return
    case 'ConsultStarted':
      draft.consult = { agent: data.agent }
      return
    case 'ConsultRefused':
    case 'ConsultEnded':
      draft.consult = undefined
      return
    case 'OfferIssued':
      draft.offers[data.offer] = {
        agent: data.agent,
        cost: data.cost,
        expiresAt: data.expiresAt,
        outcome: 'open',
      }
      return
    case 'OfferAccepted': {
      const offer = endOffer(draft, data.offer, 'accepted')
      return assign(draft, data.agent, offer?.cost ?? 0)
    }
    case 'OfferDeclined':
      endOffer(draft, data.offer, 'declined')
      return
    case 'OfferExpired':
      endOffer(draft, data.offer, 'expired')
      return
    case 'OfferRevoked':
      endOffer(draft, data.offer, 'revoked')
      return
    case 'OfferSuperseded':
      endOffer(draft, data.offer, 'superseded')
      return
    case 'TicketPicked':
      return assign(draft, data.agent, data.cost)
    case 'TicketTransferred':
      release(draft)
      draft.pick = undefined
      draft.parked = undefined
      draft.transferred = data.to
      if (data.to.kind === 'queue') draft.queue = data.to.queue
      return
    case 'TicketRequeued':
      return release(draft)
    case 'TicketParked':
      release(draft)
      draft.pick = undefined
      draft.parked = { until: data.until }
      return
    case 'TicketWoken':
      draft.parked = undefined
      return
    case 'WrapUpStarted':
      draft.wrapUp = { agent: data.agent, until: data.until }
      return
    case 'WrapUpFinished':
      draft.wrapUp = undefined
      return
    case 'CallbackPromised':
      draft.callback = { at: data.at }
      return
  }
}

/** What was said, both ways. */
const applyMessage = (draft: Conversation, { type, data, meta }: Fact<ConversationEvent>): void => {
  switch (type) {
    case 'MessageReceived':
      draft.received[data.message] = true
      if (data.keyword === undefined) draft.idle = false
      if (data.content.kind === 'choice') draft.menu = undefined
      draft.lastReceivedAt = Math.max(draft.lastReceivedAt ?? 0, meta.at)
      return
    case 'SendRequested':
      draft.outbound[data.message] = {
        by: data.by,
        state: 'requested',
        providerId: undefined,
        delivery: undefined,
        reported: {},
        attempts: 0,
        deferredUntil: undefined,
        heldBy: undefined,
      }
      if (data.content.kind === 'menu') draft.menu = data.content
      else if (data.by.kind !== 'system') draft.menu = undefined
      return
    case 'SendDeferred': {
      const sent = draft.outbound[data.message]
      if (!sent) return
      sent.deferredUntil = data.until
      sent.heldBy = { rule: data.rule, reason: data.reason }
      return
    }
    case 'SendAttempted':
      setSend(draft, data.message, 'attempted')
      draft.outbound[data.message]!.attempts = data.attempt
      return
    case 'MessageSent':
      return setSend(draft, data.message, 'sent', data.providerId)
    case 'SendRefused':
      return setSend(draft, data.message, 'refused')
    case 'SendFailed': {
      const sent = draft.outbound[data.message]
      if (sent) sent.heldBy = { rule: 'provider', reason: data.reason }
      return setSend(draft, data.message, 'failed')
    }
    case 'SendUncertain':
      return setSend(draft, data.message, 'uncertain')
    case 'DeliveryAdvanced': {
      const sent = draft.outbound[data.message]
      if (!sent) return
      sent.reported[data.to] = true
      sent.delivery = furthest(sent.delivery, data.to)
      // A report proves that the provider has it, whatever became of our call.
      setSend(draft, data.message, sent.delivery === 'failed' ? 'failed' : 'sent', data.providerId)
      return
    }
  }
}

const applyThread = (draft: Conversation, { type, data, meta: { at } }: Fact<ConversationEvent>): void => {
  switch (type) {
    case 'ConversationOpened':
      draft.status = 'open'
      draft.channel = data.channel
      draft.endpoint = data.endpoint
      draft.customer = data.customer
      draft.peer = data.peer as Deep<Identifier> | undefined
      draft.language = data.language
      draft.intent = data.intent
      draft.segment = data.segment
      draft.labels = data.labels ?? []
      draft.openedAt = at
      draft.idle = data.direction === 'outbound'
      return
    case 'ConversationResolved':
    case 'ConversationAbandoned':
      draft.status = 'resolved'
      draft.resolvedAt = at
      draft.parked = undefined
      draft.pick = undefined
      return release(draft)
    case 'ConversationReopened':
      draft.status = 'open'
      draft.idle = false
      draft.expedited = false
      draft.resolvedAt = undefined
      return
    case 'ConversationClosed':
      draft.status = 'closed'
      draft.parked = undefined
      draft.pick = undefined
      return release(draft)
    case 'ConversationLinked':
      draft.links = [...draft.links, data.to]
      return
    case 'ConversationUnlinked':
      draft.links = draft.links.filter((id) => id !== data.from)
      return
    case 'SurveyAnswered':
      draft.survey = data
      return
    case 'SpamMarked':
      draft.spam = true
      return
    case 'SpamUnmarked':
      draft.spam = false
      return
    case 'ThreadControlChanged':
      draft.control = data.owner
      draft.controlSince = at
      return
  }
}

export const conversationReducer: Reducer<ConversationEvent, Conversation> = {
  events: conversationEvents,
  initial: absentConversation,
  apply(draft, event) {
    applyThread(draft, event)
    applyTicket(draft, event)
    applyMessage(draft, event)
    applyAttachment(draft, event)
    applyCall(draft, event)
  },
}
