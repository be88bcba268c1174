import type { Policy } from './policy.js'
import type { Ticket } from './state.js'

/**
 * A ticket's key in the order of waiting; the greater goes first. At a moment `now` its rank is
 * `priority + slope x seconds waited`; in thousandths that is `1000 x priority - slope x since`, plus `slope x now`
 * which is the same for all. So the key never changes while the ticket waits, and nothing is sorted again.
 *
 * Overtaking is bounded: with priorities from 0 to B, only tickets that come within B / slope seconds after a
 * ticket can pass it.
 */
export const orderKey = (
  { slope }: Policy,
  { priority, since }: Pick<Ticket, 'priority' | 'since'>,
): number => 1000 * priority - slope * since

export interface Ordered {
  readonly ticket: Ticket
  readonly key: number
}

/** A total order: by key, then who waits longer, then the id. */
export const compareOrdered = (a: Ordered, b: Ordered): number =>
  b.key - a.key || a.ticket.since - b.ticket.since || (a.ticket.id < b.ticket.id ? -1 : 1)
