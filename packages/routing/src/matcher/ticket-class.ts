import { line } from './line.js'
import type { Alike, TicketClass } from './shape.js'

/** A class in which nobody waits yet. */
export const ticketClass = (alike: Alike): TicketClass => {
  const own = line()
  // Field by field: what is spread lies further away, and a pass looks at hundreds of them.
  return {
    name: alike.name,
    pool: alike.pool,
    queue: alike.queue,
    rules: alike.rules,
    channel: alike.channel,
    waitsFor: alike.waitsFor,
    cost: alike.cost,
    interruptible: alike.interruptible,
    blocked: false,
    pass: -1,
    fresh: false,
    active: false,
    dropped: false,
    sorted: own.sorted,
    recent: own.recent,
    left: own.left,
    head: own.head,
    tier: own.tier,
    key: own.key,
  }
}
