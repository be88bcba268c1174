import type { Content } from '@ramal/conversation'
import type { Identifier, Purpose } from '@ramal/customer'

/** A message to be sent, once. Whether it may be sent was asked before. */
export interface OutboundMessage {
  /** Our id. The provider echoes it where it can, which is how an uncertain send is resolved. */
  readonly message: string
  readonly endpoint: string
  readonly to: Identifier
  readonly content: Content
  /** Who speaks; some windows are longer for people. */
  readonly sender: 'human' | 'bot' | 'system'
  /** The provider's id of the message that this one quotes. */
  readonly replyTo?: string
  /** The provider's name for the ground on which we write outside the window. */
  readonly tag?: string
  /** How long it is of use, in ms from now. Providers that can are told not to try any longer. */
  readonly validFor?: number
}

/** What the provider answered when it took a message. Taken, not delivered: that is told by statuses. */
export interface SendReceipt {
  readonly providerId: string
  /** Identifiers of the addressee that the answer asserts, to be linked to the one written to. */
  readonly identifiers?: readonly Identifier[]
  /** How many messages the provider made of it. Default 1. */
  readonly parts?: number
}

/**
 * What to do about a message that was not sent:
 * - `retry`: certainly not sent; try again, not before `retryAfter`
 * - `window`: too late for a free message; a template or nothing
 * - `wait`: the provider caps what this person gets; not again for a day or so
 * - `recipient`: cannot be reached under this identifier
 * - `consent`: the person has said no
 * - `content`: this message will never go, as it is
 * - `channel`: nothing goes at all: credentials, account, payment; somebody must look
 * - `uncertain`: it may have been sent; never send it again blindly, wait for its echo or status
 */
export type FaultClass =
  | 'retry'
  | 'window'
  | 'wait'
  | 'recipient'
  | 'consent'
  | 'content'
  | 'channel'
  | 'uncertain'

export interface SendFault {
  readonly class: FaultClass
  /** What happened, without secrets. */
  readonly reason: string
  /** The provider's code. */
  readonly code?: string
  /** What the person has said no to, with class `consent`. Default: everything. */
  readonly purpose?: Purpose
  /** In ms from now. */
  readonly retryAfter?: number
}

/** A sign that is no message. `target` is a provider's message id. */
export type Indication =
  | { readonly kind: 'read'; readonly target: string }
  | { readonly kind: 'typing'; readonly on: boolean; readonly target?: string }
  | { readonly kind: 'reaction'; readonly target: string; readonly emoji?: string }

export interface OutboundIndication {
  readonly endpoint: string
  readonly to: Identifier
  readonly indication: Indication
}
