import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { idOf, type Recorded } from '@ramal/core'
import { type CustomerEvent, customerEvents } from '@ramal/customer'
import { reading } from '@ramal/projection'
import { type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import type { FcrDefinition } from './definition.js'
import type { FcrFact } from './fact.js'

const ALWAYS = [
  'ConversationOpened',
  'TicketClassified',
  'IntentCorrected',
  'CallAnswered',
  'OfferAccepted',
  'TicketPicked',
  'TicketTransferred',
  'CallbackPromised',
  'ConversationAbandoned',
  'ConversationResolved',
  'ConversationReopened',
  'ConversationClosed',
  'ConversationLinked',
  'ConversationUnlinked',
  'SpamMarked',
  'SpamUnmarked',
  'SurveyAnswered',
  'CustomersMerged',
  'CustomersSplit',
  'AgentRegistered',
] as const

const REPLIES = ['MessageReceived', 'SendRequested', 'MessageEchoed'] as const

/**
 * The event types that a definition reads. Messages, the most frequent by far, only where replies are counted;
 * without a definition all.
 */
export const factTypes = (definition?: FcrDefinition): readonly string[] => {
  const counted =
    definition === undefined ||
    definition.maxAgentReplies !== undefined ||
    definition.minAgentReplies !== undefined ||
    definition.maxCustomerReplies !== undefined
  return counted ? [...ALWAYS, ...REPLIES] : ALWAYS
}

export interface FactOptions {
  /** Support line of an agent, 1 to 15. Default: unknown, and nothing is an escalation but a transfer outside. */
  readonly levelOf?: (agent: string) => number | undefined
}

type FcrEvent = ConversationEvent | CustomerEvent | WorkforceEvent

/** Reads the facts of an event and hands each to `take`. To be given the events in the order of the log. */
export type FactReader = (event: Recorded, take: (fact: FcrFact) => void) => void

interface About {
  readonly contact: string
  readonly at: number
  readonly recordedAt: number
}

const ofConversation = (
  event: ConversationEvent,
  about: About,
  join: (agent: string) => FcrFact,
  take: (fact: FcrFact) => void,
): void => {
  switch (event.type) {
    case 'ConversationOpened': {
      const { customer, channel, endpoint, intent, direction } = event.data
      return take({ ...about, kind: 'started', customer, channel, endpoint, intent, direction })
    }
    case 'TicketClassified':
      take({ ...about, kind: 'queued', queue: event.data.queue })
      if (event.data.intent !== undefined) take({ ...about, kind: 'intentSet', intent: event.data.intent })
      return
    case 'IntentCorrected':
      return take({ ...about, kind: 'intentSet', intent: event.data.intent })
    case 'CallAnswered':
      return event.data.agent === undefined ? undefined : take(join(event.data.agent))
    case 'OfferAccepted':
    case 'TicketPicked':
      return take(join(event.data.agent))
    case 'TicketTransferred': {
      const { mode, to } = event.data
      return take({ ...about, kind: 'transferred', mode, escalation: to.kind === 'outside' })
    }
    case 'CallbackPromised':
      return take({ ...about, kind: 'callbackPromised' })
    case 'MessageReceived':
      return take({ ...about, kind: 'replied', by: 'customer' })
    case 'SendRequested':
    case 'MessageEchoed': {
      const by = event.data.by.kind
      return by === 'human' || by === 'external'
        ? take({ ...about, kind: 'replied', by: 'agent' })
        : undefined
    }
    case 'ConversationAbandoned':
      return take({ ...about, kind: 'ended', outcome: 'abandoned' })
    case 'ConversationResolved': {
      const { by, disposition } = event.data
      const outcome = by.kind === 'bot' ? 'contained' : 'resolved'
      return take({
        ...about,
        kind: 'ended',
        outcome,
        disposition,
        agent: by.kind === 'human' ? by.id : undefined,
      })
    }
    case 'ConversationClosed':
      return take({ ...about, kind: 'ended', outcome: 'closed' })
    case 'ConversationReopened':
      return take({ ...about, kind: 'reopened' })
    case 'ConversationLinked':
      return take({ ...about, kind: 'linked', to: event.data.to })
    case 'ConversationUnlinked':
      return take({ ...about, kind: 'unlinked', from: event.data.from })
    case 'SpamMarked':
      return take({ ...about, kind: 'spamMarked' })
    case 'SpamUnmarked':
      return take({ ...about, kind: 'spamUnmarked' })
    case 'SurveyAnswered': {
      const { resolved } = event.data
      return resolved === undefined ? undefined : take({ ...about, kind: 'surveyed', resolved })
    }
  }
}

export const factReader = ({ levelOf }: FactOptions = {}): FactReader => {
  const read = reading<FcrEvent>(conversationEvents, customerEvents, workforceEvents)
  const agents = new Map<string, { readonly bot: boolean; readonly team: string | undefined }>()
  return (recorded, take) => {
    const event = read(recorded)
    if (!event) return
    const at = event.meta.at
    const { recordedAt } = event
    switch (event.type) {
      case 'AgentRegistered': {
        const { kind, team } = event.data
        agents.set(idOf(event.stream), { bot: kind === 'bot', team })
        return
      }
      case 'CustomersMerged':
        return take({
          kind: 'customersMerged',
          customer: idOf(event.stream),
          merged: event.data.merged,
          at,
          recordedAt,
        })
      case 'CustomersSplit':
        return take({ kind: 'customersSplit', split: event.data.split, at, recordedAt })
    }
    const about = { contact: idOf(event.stream), at, recordedAt }
    const join = (agent: string): FcrFact => {
      const known = agents.get(agent)
      const by = known?.bot ? 'bot' : 'human'
      return { ...about, kind: 'joined', agent, by, team: known?.team, level: levelOf?.(agent) }
    }
    ofConversation(event as Recorded<ConversationEvent>, about, join, take)
  }
}
