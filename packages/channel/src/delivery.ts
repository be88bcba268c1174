import type { Delivery } from '@ramal/conversation'

const ranks: Readonly<Record<Delivery, number>> = { sent: 1, failed: 2, delivered: 3, read: 4, played: 5 }

/**
 * How far a message has come. Statuses come late, twice and in any order; the highest rank seen is the truth in
 * every order. `failed` outranks `sent`, and what was delivered did not fail.
 */
export const deliveryRank = (delivery: Delivery): number => ranks[delivery]

/** Whether a status says more than what is known. */
export const advances = (known: Delivery | undefined, reported: Delivery): boolean =>
  known === undefined || ranks[reported] > ranks[known]
