import { content } from '@ramal/conversation'
import {
  type Deep,
  duration,
  type EventOf,
  eventFamily,
  eventType,
  instant,
  integer,
  nonEmpty,
  personal,
  record,
} from '@ramal/core'
import * as t from 'io-ts'
import { messagePurpose } from './rules-codec.js'

/** So many messages in any so many ms. */
export const pace = record({ messages: integer(1), per: integer(1) })

const definition = record(
  { channel: nonEmpty, endpoint: nonEmpty, purpose: messagePurpose, content, pace },
  {
    name: nonEmpty,
    /** What an answer is about: it is routed by them. */
    intent: t.string,
    labels: t.array(t.string),
    language: t.string,
    /** From then on nobody is told any more. */
    expiresAt: instant,
    /** So long after it was requested each message is of use, in ms. Default: as the sending rules say. */
    validFor: duration,
  },
)
export type CampaignDefinition = Deep<t.TypeOf<typeof definition>>

const recipient = record(
  { customer: nonEmpty },
  {
    /** Take the place of the parameters of a template, or of `{{1}}`, `{{2}}` ... in a text. */ parameters:
      personal(t.array(t.string)),
  },
)
export type Recipient = Deep<t.TypeOf<typeof recipient>>

/** The stream `campaign-ID`: one message to many customers. */
export const campaignEvents = eventFamily(
  'campaign',
  eventType('CampaignDrafted', definition),
  /** In batches. Each has a number, counted from 0 over all of them. */
  eventType('RecipientsAdded', record({ recipients: t.array(recipient) })),
  eventType('CampaignStarted', record({})),
  /** It is the turn of these: written before they are written to, so that the pace holds whoever sends. */
  eventType('RecipientsReleased', record({ recipients: t.array(integer(0)) })),
  /** There is nobody to write to, or nowhere: no conversation could be opened. */
  eventType('RecipientSkipped', record({ recipient: integer(0), reason: nonEmpty })),
  eventType('CampaignPaused', record({}, { reason: t.string })),
  eventType('CampaignResumed', record({})),
  eventType('CampaignCancelled', record({}, { reason: t.string })),
  /** A message to each recipient was requested. What becomes of them is in their conversations. */
  eventType('CampaignCompleted', record({})),
)

export type CampaignEvent = EventOf<typeof campaignEvents>

/** Most recipients in one event. */
export const BATCH = 500
