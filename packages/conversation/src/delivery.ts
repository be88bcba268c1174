import type { Delivery } from './events.js'

const RANK: Readonly<Record<Delivery, number>> = { sent: 1, delivered: 2, read: 3, played: 4, failed: 1.5 }

/**
 * Whether a report moves a message on. Reports come late, twice and out of order: they only ever move it up,
 * and `failed` ends it unless it was delivered already.
 */
export const advances = (from: Delivery | undefined, to: Delivery): boolean =>
  from === undefined || (from !== 'failed' && RANK[to] > RANK[from])
