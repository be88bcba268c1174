import type { Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'

/** Common to all that a channel reports. Plain data: it goes through JSON unchanged. */
export interface Reported {
  /** The same for the same fact, however often it is delivered; different for different facts of an adapter. */
  readonly dedupeKey: string
  /** When it happened, by the provider's clock; when the provider does not say, when it was received. */
  readonly at: Instant
  /** The id of one of our endpoints, as the provider gave it (see `isEndpoint`); empty when it concerns all. */
  readonly endpoint: string
  /**
   * All identifiers of the other side that the provider asserts together, in one payload. The first is the
   * address that answers go to. None where nobody is meant or the provider does not say who.
   */
  readonly peer: readonly Identifier[]
  /** The name that the person gave themselves. For display: nobody is recognised by it. */
  readonly profileName?: string
  /** The provider's payload, where the event does not say all of it. */
  readonly raw?: unknown
}
