import type { Actor, Content, Delivery } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import type { Identifier, Purpose } from '@ramal/customer'
import type { CallEvent } from './call-event.js'
import type { FaultClass } from './outbound.js'
import type { Reported } from './reported.js'

/** The advertisement, post or link through which a customer came. */
export interface Referral {
  readonly source: string
  readonly id?: string
  readonly url?: string
  readonly headline?: string
  readonly body?: string
  /** The click, as advertisers count it. */
  readonly click?: string
  /** What our own link carried. */
  readonly ref?: string
}

/** The price facts of a message, as the provider reports them. Rates are no concern of an adapter. */
export interface Pricing {
  readonly category?: string
  readonly billable?: boolean
  readonly model?: string
  readonly type?: string
}

export interface MessageReported extends Reported {
  readonly kind: 'message'
  readonly providerId: string
  readonly content: Content
  /** The provider's id of the message that is quoted. */
  readonly replyTo?: string
  readonly forwarded?: boolean
  readonly referral?: Referral
  /** Another application has the thread and answers; we listen. */
  readonly elsewhere?: boolean
}

/**
 * One of several parts of a text, delivered apart and in any order. Whoever stores it joins them once all are in
 * the log: adapters keep no state.
 */
export interface MessagePartReported extends Reported {
  readonly kind: 'messagePart'
  /** The same for the parts of one message: what `dedupeKey` and `providerId` of the whole will be. */
  readonly whole: string
  /** From 1 to `total`. */
  readonly part: number
  readonly total: number
  readonly text: string
}

/** Said in a group: kept, but no thread with one person. */
export interface GroupMessageReported extends Reported {
  readonly kind: 'groupMessage'
  readonly providerId: string
  readonly group: string
  readonly content: Content
}

/** The content of an earlier message is now another. */
export interface MessageEditedReported extends Reported {
  readonly kind: 'messageEdited'
  readonly target: string
  readonly content: Content
}

export interface MessageRevokedReported extends Reported {
  readonly kind: 'messageRevoked'
  readonly target: string
}

/** Without `emoji` the reaction was taken back. */
export interface ReactionReported extends Reported {
  readonly kind: 'reaction'
  readonly target: string
  /** Whose it is. Default: the customer's. */
  readonly by?: Actor
  readonly emoji?: string
}

/** One step of one of our messages on its way. Steps come late, twice and in any order; see `furthest` of @ramal/conversation. */
export interface StatusReported extends Reported {
  readonly kind: 'status'
  readonly providerId: string
  readonly to: Delivery
  /** Our own id of the message, where the provider echoes it: it resolves an uncertain send. */
  readonly correlation?: string
  /** Why it failed. */
  readonly reason?: string
  readonly code?: string
  readonly class?: FaultClass
  /** What the person has said no to, with class `consent`. Default: everything. */
  readonly purpose?: Purpose
  readonly pricing?: Pricing
}

/** The customer has read (or the device has got) everything that we sent up to a moment. */
export interface CursorReported<Kind extends 'readCursor' | 'deliveryCursor'> extends Reported {
  readonly kind: Kind
  readonly upTo: Instant
}

/** Passing: told to whoever watches, never stored. */
export interface TypingReported extends Reported {
  readonly kind: 'typing'
  readonly on: boolean
}

export interface ConsentReported extends Reported {
  readonly kind: 'consent'
  readonly purpose: Purpose
  readonly granted: boolean
  readonly source: 'customer' | 'provider'
  /** What the customer wrote, if it was said in words. */
  readonly words?: string
}

/** The identifiers in `peer` are one person, on the provider's word. */
export interface IdentityLinkedReported extends Reported {
  readonly kind: 'identityLinked'
  readonly evidence: 'same-payload' | 'send-answer' | 'signed-login'
}

/** `peer` is what the person is called now, `previous` what holds no longer. */
export interface IdentityChangedReported extends Reported {
  readonly kind: 'identityChanged'
  readonly previous: readonly Identifier[]
  /** The device or its key changed and not the number: be careful with what is confidential. */
  readonly security?: boolean
}

export interface ThreadControlReported extends Reported {
  readonly kind: 'threadControl'
  readonly owner: 'us' | 'other'
  /** Another application asks for the thread, which has not changed hands yet. */
  readonly requested?: boolean
  readonly application?: string
}

/** A message from our side, seen on the channel: by us, then `correlation` may say which, or by another tool. */
export interface EchoReported extends Reported {
  readonly kind: 'echo'
  readonly providerId: string
  readonly content: Content
  readonly by: Actor
  readonly correlation?: string
  readonly application?: string
}

/** The state of an endpoint or an account. Nobody's conversation. */
export interface EndpointHealthReported extends Reported {
  readonly kind: 'endpointHealth'
  readonly level: 'ok' | 'degraded' | 'down'
  /** The provider's name of what happened. */
  readonly what: string
  readonly detail?: string
  readonly code?: string
}

/** The provider approved, paused, refused or re-priced a template. */
export interface TemplateChangedReported extends Reported {
  readonly kind: 'templateChanged'
  readonly template: string
  /** The account whose template it is, where `Endpoint.account` names accounts. */
  readonly account?: string
  readonly language?: string
  readonly change: 'status' | 'category' | 'quality'
  /** Of a status: whether messages of it go. Nothing for one that the adapter does not know. */
  readonly usable?: boolean
  readonly to: string
  readonly from?: string
  readonly reason?: string
}

/** Something that this version does not know, kept whole in `raw`. */
export interface UnrecognisedReported extends Reported {
  readonly kind: 'unrecognised'
  /** What it calls itself. */
  readonly type: string
  /** What could not be understood about it. */
  readonly reason?: string
  readonly raw: unknown
}

export type ChannelEvent =
  | MessageReported
  | MessagePartReported
  | GroupMessageReported
  | MessageEditedReported
  | MessageRevokedReported
  | ReactionReported
  | StatusReported
  | CursorReported<'readCursor'>
  | CursorReported<'deliveryCursor'>
  | TypingReported
  | ConsentReported
  | IdentityLinkedReported
  | IdentityChangedReported
  | ThreadControlReported
  | CallEvent
  | EchoReported
  | EndpointHealthReported
  | TemplateChangedReported
  | UnrecognisedReported

export type ChannelEventKind = ChannelEvent['kind']
