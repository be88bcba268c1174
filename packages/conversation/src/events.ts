import {
  duration,
  type EventOf,
  eventFamily,
  eventType,
  instant,
  integer,
  nonEmpty,
  oneOf,
  personal,
  record,
  tagged,
} from '@ramal/core'
import { identifier, purpose } from '@ramal/customer'
import * as t from 'io-ts'
import { actor } from './actor.js'
import { attachmentEvents } from './attachment-events.js'
import { callEvents } from './call-events.js'
import { content } from './content.js'
import { decisionRecord, verdict } from './decision-record.js'
import { requirement } from './requirement.js'

export { type Actor, actor } from './actor.js'

/** Steps of a message on its way. Which of two holds, `furthest` says. */
export const delivery = oneOf('sent', 'delivered', 'read', 'played', 'failed')
export type Delivery = t.TypeOf<typeof delivery>

const offer = { offer: nonEmpty, agent: nonEmpty }
const outbound = { message: nonEmpty }

export const conversationEvents = eventFamily(
  'conversation',

  // The thread
  eventType(
    'ConversationOpened',
    record(
      { channel: nonEmpty, endpoint: nonEmpty, direction: oneOf('inbound', 'outbound'), customer: nonEmpty },
      {
        /** The address that answers go to. */
        peer: identifier,
        /** The customer whose address that is, where they are merged into `customer`: theirs after a split. */
        alias: t.string,
        language: t.string,
        intent: t.string,
        /** What the brand calls customers like this one. */
        segment: t.string,
        labels: t.array(nonEmpty),
        /** The conversation of a notification that this one replies to. */
        notification: t.string,
        /** All that the customer said is this, and it is dealt with: no contact, and nothing to route. */
        keyword: oneOf('stop', 'start'),
      },
    ),
  ),
  eventType(
    'MessageReceived',
    record(
      { message: nonEmpty, content },
      {
        /** The provider's id of the message, where it has one. */
        providerId: t.string,
        replyTo: t.string,
        forwarded: t.boolean,
        /** It is a word by which customers say whether they want to be written to: nobody waits for an answer. */
        keyword: oneOf('stop', 'start'),
        /** The provider's payload, where `content` does not say all of it. */
        raw: personal(t.unknown),
      },
    ),
  ),
  eventType('MessageEdited', record({ message: nonEmpty, content }, { raw: personal(t.unknown) })),
  eventType('MessageRevoked', record({ message: nonEmpty })),
  eventType('ReactionChanged', record({ message: nonEmpty, by: actor }, { emoji: t.string })),
  ...attachmentEvents,
  eventType(
    'SendRequested',
    record(
      { ...outbound, content, by: actor },
      {
        purpose,
        replyTo: t.string,
        tag: t.string,
        /** The caller's id of a notification, and of the campaign that it belongs to. */
        notification: nonEmpty,
        campaign: nonEmpty,
        /** From then on it is of no use. */
        expiresAt: instant,
      },
    ),
  ),
  /** A rule puts it off: it is judged again then. */
  eventType('SendDeferred', record({ ...outbound, rule: nonEmpty, reason: nonEmpty, until: instant })),
  /** Written before the provider is called: without an outcome after it, the send is uncertain. */
  eventType('SendAttempted', record({ ...outbound, attempt: integer(1) })),
  eventType('MessageSent', record(outbound, { providerId: t.string, parts: integer(1) })),
  eventType('SendRefused', record({ ...outbound, reason: nonEmpty }, { rule: t.string, retryAt: instant })),
  eventType(
    'SendFailed',
    record({ ...outbound, reason: nonEmpty, class: nonEmpty }, { code: t.string, retryAt: instant }),
  ),
  eventType('SendUncertain', record({ ...outbound, reason: nonEmpty })),
  /** Sent to the customer by somebody through another tool; known from the provider's echo. */
  eventType(
    'MessageEchoed',
    record({ message: nonEmpty, content, by: actor }, { providerId: t.string, raw: personal(t.unknown) }),
  ),
  eventType(
    'DeliveryAdvanced',
    record(
      { message: nonEmpty, to: delivery },
      { providerId: t.string, reason: t.string, code: t.string, category: t.string, billable: t.boolean },
    ),
  ),
  /** The customer has read everything up to a moment. */
  eventType('ReadAdvanced', record({ upTo: instant })),
  eventType('ThreadControlChanged', record({ owner: oneOf('us', 'other') }, { application: t.string })),

  ...callEvents,

  // The ticket
  eventType(
    'TicketClassified',
    record(
      {
        queue: nonEmpty,
        priority: integer(),
        requirements: t.array(requirement),
        labels: t.array(t.string),
        policy: nonEmpty,
      },
      {
        intent: t.string,
        language: t.string,
        rule: t.string,
        since: instant,
        /** Tickets of a higher band go before all of a lower one. 0 where nothing is said. */
        band: integer(),
        /** Before all others of its band. */
        expedited: t.boolean,
        /** It waits for one of these, as long as one of them is present. */
        prefer: record({ agents: t.array(nonEmpty), for: duration }),
        excluded: t.array(nonEmpty),
      },
    ),
  ),
  /** It has waited so long that it asks for less: `step` of the queue's relaxation, from 1. */
  eventType('TicketRelaxed', record({ step: integer(1), reason: oneOf('waited', 'nobodyPresent') })),
  /** What the policy does about a ticket that waits too long or where nobody can come. Once a name. */
  eventType(
    'TicketEscalated',
    record(
      { escalation: nonEmpty, reason: nonEmpty },
      {
        queue: nonEmpty,
        priority: integer(),
        band: integer(),
        requirements: t.array(requirement),
        labels: t.array(t.string),
        expedited: t.boolean,
      },
    ),
  ),
  eventType('TicketExpedited', record({ by: actor })),
  eventType('AgentExcluded', record({ agent: nonEmpty, by: actor }, { reason: t.string })),
  eventType('IntentCorrected', record({ intent: nonEmpty, by: actor })),
  /** `cost`: what it holds of the agent's capacity, until the offer ends and then while the ticket is theirs. */
  eventType(
    'OfferIssued',
    record({ ...offer, cost: integer(0), expiresAt: instant, decision: decisionRecord }),
  ),
  eventType('OfferAccepted', record(offer)),
  eventType('OfferDeclined', record(offer, { reason: t.string, retryAt: instant })),
  eventType('OfferExpired', record(offer)),
  eventType('OfferRevoked', record({ ...offer, reason: nonEmpty })),
  /** Another offer of the same ticket was accepted. */
  eventType('OfferSuperseded', record({ ...offer, by: nonEmpty })),
  /** By the agent themselves, or by a supervisor for them. The router answers: picked, or refused. */
  eventType('PickRequested', record({ agent: nonEmpty, by: actor }, { overcommit: t.boolean })),
  eventType(
    'TicketPicked',
    record({ agent: nonEmpty, cost: integer(0) }, { by: actor, overcommitted: t.boolean }),
  ),
  eventType('PickRefused', record({ agent: nonEmpty, verdict }, { detail: t.string })),
  /** Nothing was said for so long that it holds less of the agent's capacity: `cost`. */
  eventType('TicketBecameDormant', record({ agent: nonEmpty, cost: integer(0) })),
  /** Something was said again, and it holds its full cost again. */
  eventType('TicketAwoke', record({ agent: nonEmpty, cost: integer(0) }, { overcommitted: t.boolean })),
  /** The assignee asks somebody else for help; the router answers: started, or refused. */
  eventType(
    'ConsultRequested',
    record({
      to: tagged('kind', {
        queue: record({ kind: t.literal('queue'), queue: nonEmpty }),
        agent: record({ kind: t.literal('agent'), agent: nonEmpty }),
      }),
      by: actor,
    }),
  ),
  eventType('ConsultStarted', record({ agent: nonEmpty, cost: integer(0) })),
  eventType('ConsultRefused', record({ verdict }, { agent: nonEmpty, detail: t.string })),
  eventType('ConsultEnded', record({ agent: nonEmpty })),
  eventType(
    'TicketTransferred',
    record(
      {
        to: tagged('kind', {
          queue: record({ kind: t.literal('queue'), queue: nonEmpty }),
          agent: record({ kind: t.literal('agent'), agent: nonEmpty }),
          outside: record({ kind: t.literal('outside'), address: nonEmpty }),
        }),
        mode: oneOf('warm', 'cold'),
        by: actor,
      },
      { reason: t.string },
    ),
  ),
  /** The assignee has gone or keeps silent: the ticket waits again, with the wait it had. */
  eventType('TicketRequeued', record({ agent: nonEmpty, reason: nonEmpty })),
  eventType('TicketParked', record({ by: actor }, { until: instant, reason: t.string })),
  eventType('TicketWoken', record({ reason: oneOf('due', 'customer', 'agent', 'control') })),
  eventType('WrapUpStarted', record({ agent: nonEmpty }, { until: instant })),
  eventType('WrapUpFinished', record({ agent: nonEmpty })),
  eventType('CallbackPromised', record({ by: actor }, { at: instant })),

  // The contact
  eventType('ConversationAbandoned', record({}, { waited: duration, reason: t.string })),
  eventType(
    'ConversationResolved',
    record({ by: actor, disposition: nonEmpty }, { note: personal(t.string) }),
  ),
  eventType('ConversationReopened', record({ by: actor, reason: nonEmpty })),
  eventType('ConversationClosed', record({ reason: nonEmpty })),
  eventType('ConversationLinked', record({ to: nonEmpty, by: actor }, { reason: t.string })),
  eventType('ConversationUnlinked', record({ from: nonEmpty, by: actor }, { reason: t.string })),
  eventType('SpamMarked', record({ by: actor })),
  eventType('SpamUnmarked', record({ by: actor })),
  eventType(
    'SurveyAnswered',
    record(
      {},
      { resolved: t.boolean, score: integer(0, 10), scale: integer(1, 10), comment: personal(t.string) },
    ),
  ),
)

export type ConversationEvent = EventOf<typeof conversationEvents>
