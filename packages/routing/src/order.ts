import type { Policy } from './policy/index.js'
import type { Ticket } from './state.js'

/**
 * A ticket's key in the order of waiting; the greater goes first.
 *
 * By `ageing` its rank at a moment `now` is `priority + slope x seconds waited`; in thousandths that is
 * `1000 x priority - slope x since`, plus `slope x now` which is the same for all. By `deadline` it is the time left
 * until its target, of which a point of priority takes a second: `1000 x priority - (since + target)`. So the key
 * never changes while the ticket waits, and nothing is sorted again.
 *
 * Overtaking is bounded: with priorities from 0 to B, only tickets that come within B / slope seconds after a
 * ticket can pass it, or by deadline within B seconds and the difference of the targets.
 */
export const orderKey = (
  { order, slope, queue: of }: Policy,
  { priority, since, queue }: Pick<Ticket, 'priority' | 'since' | 'queue'>,
): number =>
  order === 'ageing' ? 1000 * priority - slope * since : 1000 * priority - (since + of(queue ?? '').target)

export interface Ordered {
  readonly ticket: Ticket
  readonly key: number
}

/** Higher bands first, and in a band whoever is expedited. */
export const compareTiers = ({ ticket: a }: Ordered, { ticket: b }: Ordered): number =>
  b.band - a.band || Number(b.expedited) - Number(a.expedited)

const compareKeys = (a: Ordered, b: Ordered): number =>
  b.key - a.key || a.ticket.since - b.ticket.since || (a.ticket.id < b.ticket.id ? -1 : 1)

/** A total order: by band and expedition, by key, then who waits longer, then the id. */
export const compareOrdered = (a: Ordered, b: Ordered): number => compareTiers(a, b) || compareKeys(a, b)
