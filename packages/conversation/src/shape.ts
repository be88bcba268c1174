import { dictionary, type Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import type { Attachment } from './attachment.js'
import type { Content } from './content.js'
import type { Actor, ConversationEvent, Delivery } from './events.js'
import type { Requirement } from './requirement.js'

type DataOf<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>['data']

export type TransferTarget = DataOf<'TicketTransferred'>['to']
export type ConsultTarget = DataOf<'ConsultRequested'>['to']
export type Survey = DataOf<'SurveyAnswered'>

export type OfferOutcome = 'open' | 'accepted' | 'declined' | 'expired' | 'revoked' | 'superseded'

export interface Offer {
  readonly agent: string
  readonly cost: number
  readonly expiresAt: Instant
  outcome: OfferOutcome
}

/** An agent's phone that was rung. */
export interface Leg {
  readonly agent: string
  readonly offer: string | undefined
  /** It was not answered, or the customer was taken from it: it no longer counts. */
  over: boolean
}

/** A call that goes on: the customer waits in it, or talks. */
export interface Call {
  readonly id: string
  /** By us, to the customer. */
  readonly placed: boolean
  /** What the provider calls it, where that is another name. */
  name: string | undefined
  /** Since when the customer waits for an agent; of the last wait, if there were several. */
  waitingSince: Instant
  /** By the name of each attempt. */
  legs: Record<string, Leg>
  /** Who talks to the customer; nobody while they wait. */
  agent: string | undefined
  /** By whomever. */
  answered: boolean
  held: boolean
}

/** `uncertain`: the provider was called and nobody knows whether it sent; its own reports will tell, or not. */
export type SendState = 'requested' | 'attempted' | 'sent' | 'refused' | 'failed' | 'uncertain'

export interface OutboundMessage {
  readonly by: Actor
  state: SendState
  providerId: string | undefined
  /** The furthest of the steps reported. */
  delivery: Delivery | undefined
  reported: Partial<Record<Delivery, true>>
  attempts: number
  /** A rule has put it off until then. */
  deferredUntil: Instant | undefined
  /** What has kept it from going, the last time: a rule by its name, or `provider`. */
  heldBy: { readonly rule: string; readonly reason: string } | undefined
}

/** `open` until it is resolved; `resolved` may be reopened; `closed` is the end. */
export type Status = 'absent' | 'open' | 'resolved' | 'closed'

export interface Conversation {
  status: Status
  channel: string
  endpoint: string
  customer: string
  peer: Identifier | undefined
  openedAt: Instant
  /** We opened it, and neither has the customer answered nor has anybody taken it up. */
  idle: boolean
  resolvedAt: Instant | undefined
  language: string | undefined
  intent: string | undefined
  segment: string | undefined
  spam: boolean
  /** Ours, or another application's at the provider. */
  control: 'us' | 'other'
  /** What was said of that before is told too late. */
  controlSince: Instant | undefined

  queue: string | undefined
  priority: number
  requirements: readonly Requirement[]
  labels: readonly string[]
  offers: Record<string, Offer>
  assignee: string | undefined
  /** What the assignment, or the wrap-up after it, holds of the agent's capacity. */
  cost: number
  /** Who had it last. */
  lastAgent: string | undefined
  parked: { readonly until: Instant | undefined } | undefined
  /** Before all others of its band. */
  expedited: boolean
  /** Who may not have it. */
  excluded: readonly string[]
  /** Who asked for it, or for whom it was asked, until the router has answered. */
  pick: string | undefined
  /** Who helps the assignee; nobody yet while the router has not answered. */
  consult: { readonly agent: string | undefined } | undefined
  /** Whom or what it was transferred to, until somebody has it. */
  transferred: TransferTarget | undefined
  callback: { readonly at: Instant | undefined } | undefined
  survey: Survey | undefined
  wrapUp: { readonly agent: string; readonly until: Instant | undefined } | undefined

  /** The one that goes on now. */
  call: Call | undefined
  /** Every call that was offered in this conversation, with the recordings that are known. */
  calls: Record<string, { recordings: readonly string[] }>
  /** Of the last call; undefined where none was, and while one goes on. */
  callEndedAt: Instant | undefined

  /** Ids of the messages that came in. */
  received: Record<string, true>
  outbound: Record<string, OutboundMessage>
  /** Our ids of messages sent, by the provider's. */
  byProviderId: Record<string, string>
  /** Files that came in, by what names them in this conversation. */
  attachments: Record<string, Attachment>
  links: readonly string[]
  /** What they were asked to choose from, until they have, or somebody says something else to them. */
  menu: Extract<Content, { kind: 'menu' }> | undefined
  /** Of the customer's last message: reply windows are counted from it. */
  lastReceivedAt: Instant | undefined
}

export const absentConversation = (): Conversation => ({
  status: 'absent',
  channel: '',
  endpoint: '',
  customer: '',
  peer: undefined,
  openedAt: 0,
  idle: false,
  resolvedAt: undefined,
  language: undefined,
  intent: undefined,
  segment: undefined,
  spam: false,
  control: 'us',
  controlSince: undefined,
  queue: undefined,
  priority: 0,
  requirements: [],
  labels: [],
  offers: dictionary(),
  assignee: undefined,
  cost: 0,
  lastAgent: undefined,
  parked: undefined,
  expedited: false,
  excluded: [],
  pick: undefined,
  consult: undefined,
  transferred: undefined,
  callback: undefined,
  survey: undefined,
  wrapUp: undefined,
  call: undefined,
  calls: dictionary(),
  callEndedAt: undefined,
  received: dictionary(),
  outbound: dictionary(),
  byProviderId: dictionary(),
  attachments: dictionary(),
  links: [],
  menu: undefined,
  lastReceivedAt: undefined,
})
