import type { Option } from 'fp-ts/lib/Option.js'
import { fromNullable } from 'fp-ts/lib/Option.js'
import type { Purpose } from './events.js'
import { type ConsentEntry, type Customer, consentKey } from './state.js'

/**
 * What the customer said last about a purpose on a channel: about that purpose itself, or about all of them,
 * whichever is later. None when they never said anything.
 */
export const consentFor = (
  { consent }: Pick<Customer, 'consent'>,
  channel: string,
  purpose: Purpose,
): Option<ConsentEntry> => {
  const said = [consent[consentKey(channel, purpose)], consent[consentKey(channel, 'all')]].filter(
    (entry) => entry !== undefined,
  )
  return fromNullable(
    said.reduce<ConsentEntry | undefined>((last, e) => (!last || e.at > last.at ? e : last), undefined),
  )
}
