import { line } from './line.js'
import type { TicketClass } from './shape.js'

/** A class in which nobody waits yet. */
export const ticketClass = ({
  name,
  pool,
  queue,
  rules,
  channel,
  waitsFor,
  cost,
  interruptible,
}: Pick<
  TicketClass,
  'name' | 'pool' | 'queue' | 'rules' | 'channel' | 'waitsFor' | 'cost' | 'interruptible'
>): TicketClass => {
  const own = line()
  return {
    name,
    pool,
    queue,
    rules,
    channel,
    waitsFor,
    cost,
    interruptible,
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
