import { type Customer, customerReducer } from '@ramal/customer'
import type { SendFacts } from '../src/index.js'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** A Monday, 12:00 in São Paulo. */
export const NOON = Date.UTC(2026, 2, 2, 15)

export const nobody = (): Customer => customerReducer.initial()

/** A text of the system about a parcel, to somebody who has said nothing, on a channel without windows. */
export const facts = (more: Partial<SendFacts> = {}): SendFacts => ({
  message: 'm1',
  purpose: 'delivery',
  channel: 'whatsapp',
  endpoint: 'shop',
  content: 'free',
  sender: 'system',
  confirms: false,
  customer: nobody(),
  window: undefined,
  lastInboundAt: undefined,
  lastAskedAt: undefined,
  sent: [],
  ...more,
})

/** Somebody who said this, by `channel/purpose`. */
export const who = (
  consent: Readonly<Record<string, readonly [granted: boolean, at: number]>>,
  more: Partial<Customer> = {},
): Customer => ({
  ...nobody(),
  consent: Object.fromEntries(
    Object.entries(consent).map(([key, [granted, at]]) => [key, { granted, at, source: 'customer' }]),
  ),
  ...more,
})
