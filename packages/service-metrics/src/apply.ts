import type { ConversationEvent } from '@ramal/conversation'
import type { Instant, Recorded } from '@ramal/core'
import type { ServiceRecord } from './record.js'

export const recordOf = (
  contact: string,
  at: Instant,
  data: Extract<ConversationEvent, { type: 'ConversationOpened' }>['data'],
): ServiceRecord => ({
  contact,
  channel: data.channel,
  endpoint: data.endpoint,
  outbound: data.direction === 'outbound',
  openedAt: at,
  spam: false,
  queue: undefined,
  policy: undefined,
  offeredAt: undefined,
  answeredAt: undefined,
  answeredBy: undefined,
  abandonedAt: undefined,
  requestedAt: undefined,
  repliedAt: undefined,
  resolvedAt: undefined,
  finallyResolvedAt: undefined,
  open: true,
  reopens: 0,
  transfers: 0,
  agents: [],
  holder: undefined,
  heldSince: undefined,
  handleTime: 0,
  segments: 0,
  wrapUpSince: undefined,
  wrapUpTime: 0,
  score: undefined,
  scale: undefined,
})

const letGo = (record: ServiceRecord, at: Instant): void => {
  if (record.heldSince === undefined) return
  record.handleTime += Math.max(0, at - record.heldSince)
  record.segments++
  record.holder = undefined
  record.heldSince = undefined
}

const take = (record: ServiceRecord, agent: string, at: Instant): void => {
  if (record.holder === agent) return
  letGo(record, at)
  record.holder = agent
  record.heldSince = at
  record.answeredAt ??= at
  record.answeredBy ??= agent
  if (record.agents.at(-1) !== agent) record.agents.push(agent)
}

const resolve = (record: ServiceRecord, at: Instant): void => {
  letGo(record, at)
  if (!record.open) return
  record.open = false
  record.resolvedAt ??= at
  record.finallyResolvedAt = at
}

/** Changes a record by an event of its conversation. `isBot` tells agents that are no humans. */
export const applyTo = (
  record: ServiceRecord,
  { type, data, meta: { at } }: Recorded<ConversationEvent>,
  isBot: (agent: string) => boolean,
): void => {
  switch (type) {
    case 'MessageReceived':
      if (data.keyword === undefined) record.requestedAt ??= at
      return
    case 'SendRequested':
    case 'MessageEchoed':
      if (data.by.kind === 'human' || data.by.kind === 'external') record.repliedAt ??= at
      return
    case 'TicketClassified':
      record.queue = data.queue
      record.policy = data.policy
      record.offeredAt ??= data.since ?? at
      return
    case 'CallAnswered':
      if (data.agent !== undefined && !isBot(data.agent)) take(record, data.agent, at)
      return
    case 'OfferAccepted':
    case 'TicketPicked':
      if (!isBot(data.agent)) take(record, data.agent, at)
      return
    case 'TicketTransferred':
      record.transfers++
      letGo(record, at)
      if (data.to.kind === 'queue') record.queue = data.to.queue
      return
    case 'TicketRequeued':
    case 'TicketParked':
      return letGo(record, at)
    case 'WrapUpStarted':
      record.wrapUpSince = at
      return
    case 'WrapUpFinished':
      if (record.wrapUpSince !== undefined) record.wrapUpTime += Math.max(0, at - record.wrapUpSince)
      record.wrapUpSince = undefined
      return
    case 'ConversationAbandoned':
      letGo(record, at)
      if (record.answeredAt === undefined) record.abandonedAt ??= at
      record.open = false
      return
    case 'ConversationResolved':
      return resolve(record, at)
    case 'ConversationClosed':
      letGo(record, at)
      record.open = false
      return
    case 'ConversationReopened':
      if (record.open) return
      record.open = true
      record.reopens++
      record.finallyResolvedAt = undefined
      // No human has had it yet, as where a bot had resolved it: whoever replies replies to what comes now.
      if (record.repliedAt === undefined && record.requestedAt !== undefined) record.requestedAt = at
      if (record.answeredAt === undefined) record.offeredAt = undefined
      return
    case 'SpamMarked':
      record.spam = true
      return
    case 'SpamUnmarked':
      record.spam = false
      return
    case 'SurveyAnswered':
      if (data.score === undefined) return
      record.score = data.score
      record.scale = data.scale ?? 5
      return
  }
}

/** The event types that the service figures read. */
export const SERVICE_TYPES: readonly string[] = [
  'ConversationOpened',
  'MessageReceived',
  'SendRequested',
  'MessageEchoed',
  'TicketClassified',
  'CallAnswered',
  'OfferAccepted',
  'TicketPicked',
  'TicketTransferred',
  'TicketRequeued',
  'TicketParked',
  'WrapUpStarted',
  'WrapUpFinished',
  'ConversationAbandoned',
  'ConversationResolved',
  'ConversationClosed',
  'ConversationReopened',
  'SpamMarked',
  'SpamUnmarked',
  'SurveyAnswered',
]
