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

/** Literals, not spreads: this runs for every event of a log, and a spread costs as much as parsing the event. */
const ofConversation = (
  event: Recorded<ConversationEvent>,
  join: (contact: string, agent: string, at: number, recordedAt: number) => FcrFact,
  take: (fact: FcrFact) => void,
): void => {
  const contact = idOf(event.stream)
  const { at } = event.meta
  const { recordedAt } = event
  switch (event.type) {
    case 'ConversationOpened': {
      const { customer, alias = customer, channel, endpoint, intent, direction, keyword } = event.data
      // A word that a rule has dealt with is no contact.
      if (keyword !== undefined) return
      return take({
        kind: 'started',
        contact,
        at,
        recordedAt,
        // Merged customers are one while they are merged, and after a split each has their own.
        customer: alias,
        channel,
        endpoint,
        intent,
        direction,
      })
    }
    case 'TicketClassified': {
      const { queue, intent } = event.data
      take({ kind: 'queued', contact, at, recordedAt, queue })
      if (intent !== undefined) take({ kind: 'intentSet', contact, at, recordedAt, intent })
      return
    }
    case 'IntentCorrected':
      return take({ kind: 'intentSet', contact, at, recordedAt, intent: event.data.intent })
    case 'CallAnswered':
      if (event.data.agent !== undefined) take(join(contact, event.data.agent, at, recordedAt))
      return
    case 'OfferAccepted':
    case 'TicketPicked':
      return take(join(contact, event.data.agent, at, recordedAt))
    case 'TicketTransferred': {
      const { mode, to } = event.data
      return take({ kind: 'transferred', contact, at, recordedAt, mode, escalation: to.kind === 'outside' })
    }
    case 'CallbackPromised':
      return take({ kind: 'callbackPromised', contact, at, recordedAt })
    case 'MessageReceived':
      return take({ kind: 'replied', contact, at, recordedAt, by: 'customer' })
    case 'SendRequested':
    case 'MessageEchoed': {
      const by = event.data.by.kind
      if (by === 'human' || by === 'external') take({ kind: 'replied', contact, at, recordedAt, by: 'agent' })
      return
    }
    case 'ConversationAbandoned':
      return take({ kind: 'ended', contact, at, recordedAt, outcome: 'abandoned' })
    case 'ConversationResolved': {
      const { by, disposition } = event.data
      const outcome = by.kind === 'bot' ? 'contained' : 'resolved'
      const agent = by.kind === 'human' ? by.id : undefined
      return take({ kind: 'ended', contact, at, recordedAt, outcome, disposition, agent })
    }
    case 'ConversationClosed':
      return take({ kind: 'ended', contact, at, recordedAt, outcome: 'closed' })
    case 'ConversationReopened':
      return take({ kind: 'reopened', contact, at, recordedAt })
    case 'ConversationLinked':
      return take({ kind: 'linked', contact, at, recordedAt, to: event.data.to })
    case 'ConversationUnlinked':
      return take({ kind: 'unlinked', contact, at, recordedAt, from: event.data.from })
    case 'SpamMarked':
      return take({ kind: 'spamMarked', contact, at, recordedAt })
    case 'SpamUnmarked':
      return take({ kind: 'spamUnmarked', contact, at, recordedAt })
    case 'SurveyAnswered': {
      const { resolved } = event.data
      if (resolved !== undefined) take({ kind: 'surveyed', contact, at, recordedAt, resolved })
      return
    }
  }
}

export const factReader = ({ levelOf }: FactOptions = {}): FactReader => {
  const read = reading<FcrEvent>(conversationEvents, customerEvents, workforceEvents)
  const agents = new Map<string, { readonly bot: boolean; readonly team: string | undefined }>()
  const join = (contact: string, agent: string, at: number, recordedAt: number): FcrFact => {
    const known = agents.get(agent)
    const by = known?.bot ? 'bot' : 'human'
    return { kind: 'joined', contact, at, recordedAt, agent, by, team: known?.team, level: levelOf?.(agent) }
  }
  return (recorded, take) => {
    const event = read(recorded)
    if (!event) return
    switch (event.type) {
      case 'AgentRegistered': {
        const { kind, team } = event.data
        agents.set(idOf(event.stream), { bot: kind === 'bot', team })
        return
      }
      case 'CustomersMerged': {
        const customer = idOf(event.stream)
        const { at } = event.meta
        const { recordedAt } = event
        return take({ kind: 'customersMerged', customer, merged: event.data.merged, at, recordedAt })
      }
      case 'CustomersSplit':
        return take({
          kind: 'customersSplit',
          split: event.data.split,
          at: event.meta.at,
          recordedAt: event.recordedAt,
        })
    }
    ofConversation(event as Recorded<ConversationEvent>, join, take)
  }
}
