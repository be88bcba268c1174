import type { Window } from '@ramal/channel'
import type { Instant } from '@ramal/core'
import type { Customer, MessagePurpose } from '@ramal/customer'

/** A message that went to the customer before, or may have gone. */
export interface Reached {
  readonly message: string
  readonly channel: string
  readonly purpose: MessagePurpose
  readonly at: Instant
}

/** What is known about a message and whom it is for, when it is about to be sent. */
export interface SendFacts {
  readonly message: string
  readonly purpose: MessagePurpose
  readonly channel: string
  readonly endpoint: string
  readonly content: 'template' | 'free'
  /** Why the provider does not send its template, where that is known. */
  readonly templateFault?: string | undefined
  readonly sender: 'human' | 'bot' | 'system'
  /** The provider's name for the ground on which we write outside the window, where the sender gave one. */
  readonly tag?: string | undefined
  /** It does nothing but confirm what the customer has said by a keyword. */
  readonly confirms: boolean
  /** Of the whole person, as `combined` puts several records of them together. */
  readonly customer: Pick<Customer, 'consent' | 'stopped' | 'timeZone' | 'forgotten'>
  /** How the endpoint may be written to; nothing where it may be at any time. */
  readonly window: Window | undefined
  /** Of the customer's last message to this endpoint: windows are counted from it. */
  readonly lastInboundAt: Instant | undefined
  /** Of their last one that was no keyword: whoever asks something is answered. */
  readonly lastAskedAt: Instant | undefined
  /** When somebody asked for it: from then on it is of use for as long as the rules say. */
  readonly requestedAt?: Instant | undefined
  /** Until when it is of use, where it says so itself. */
  readonly expiresAt?: Instant | undefined
  /** What kept it from going until now: a rule, by its name, or `provider`. */
  readonly heldBy?: { readonly rule: string; readonly reason: string } | undefined
  /** What counts for frequency caps, in any order. */
  readonly sent: readonly Reached[]
}
