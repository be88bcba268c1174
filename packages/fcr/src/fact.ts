import type { Instant } from '@ramal/core'

interface FactOfContact {
  readonly contact: string
  /** When it happened. */
  readonly at: Instant
  /** When we came to know of it. Default: `at`. */
  readonly recordedAt?: Instant
}

/**
 * What first-contact resolution needs to know of a contact, whatever the log it comes from. Facts, never verdicts.
 * Everything but the contact and the time may be unknown: a log without customers or channels still counts.
 * The same facts in any order of arrival give the same result; facts of one moment keep their order of arrival.
 */
export type ContactFact = FactOfContact &
  (
    | {
        readonly kind: 'started'
        /** Unknown: the contact cannot be found again, and counts as not identified. */
        readonly customer?: string | undefined
        readonly channel?: string | undefined
        readonly endpoint?: string | undefined
        readonly intent?: string | undefined
        /** What a ticket system calls one issue. Default: the contact. */
        readonly ticket?: string | undefined
        /** Default: inbound. */
        readonly direction?: 'inbound' | 'outbound' | undefined
      }
    | { readonly kind: 'queued'; readonly queue: string }
    | {
        readonly kind: 'joined'
        readonly agent: string
        readonly by?: 'human' | 'bot' | undefined
        readonly team?: string | undefined
        /** Support line, 1 to 15. */
        readonly level?: number | undefined
        /** How the contact came to this agent, where that was a transfer. */
        readonly transfer?: 'warm' | 'cold' | undefined
      }
    | {
        readonly kind: 'transferred'
        readonly mode: 'warm' | 'cold'
        readonly escalation?: boolean | undefined
      }
    /** A customer's message before the first of an agent belongs to the question and is no reply. */
    | { readonly kind: 'replied'; readonly by: 'agent' | 'customer' }
    | { readonly kind: 'callbackPromised' }
    /** An end of what has ended already changes nothing. `contained`: a bot did it alone. */
    | {
        readonly kind: 'ended'
        readonly outcome: Outcome
        readonly disposition?: string | undefined
        readonly agent?: string | undefined
      }
    | { readonly kind: 'reopened' }
    | { readonly kind: 'intentSet'; readonly intent: string }
    | { readonly kind: 'spamMarked' | 'spamUnmarked' }
    /** The same issue as another contact: its key counts, unless that one is spam. The latest link holds. */
    | { readonly kind: 'linked'; readonly to: string }
    | { readonly kind: 'unlinked'; readonly from: string }
    | { readonly kind: 'surveyed'; readonly resolved: boolean }
  )

/** `closed`: ended without anybody saying that it was resolved. */
export type Outcome = 'resolved' | 'contained' | 'closed' | 'abandoned'

/** Two customers turn out to be one person, or not to be. */
export type CustomerFact = { readonly at: Instant; readonly recordedAt?: Instant } & (
  | { readonly kind: 'customersMerged'; readonly customer: string; readonly merged: string }
  | { readonly kind: 'customersSplit'; readonly split: string }
)

export type FcrFact = ContactFact | CustomerFact
