import type { Delivery } from './events.js'

/** A chain: `failed` outranks that it was taken, and whatever the customer's device says outranks `failed`. */
const RANK: Readonly<Record<Delivery, number>> = { sent: 1, failed: 2, delivered: 3, read: 4, played: 5 }

/** Whether a report moves a message on. */
export const advances = (from: Delivery | undefined, to: Delivery): boolean =>
  from === undefined || RANK[to] > RANK[from]

/**
 * Where a message stands of which both were reported. Reports come late, twice and in any order; since this is
 * the higher of the two, all who have seen the same reports hold the same of the message.
 */
export const furthest = (a: Delivery | undefined, b: Delivery): Delivery =>
  a === undefined || RANK[b] > RANK[a] ? b : a
