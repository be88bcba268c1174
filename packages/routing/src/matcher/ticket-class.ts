import { line } from './line.js'
import type { TicketClass } from './shape.js'

/** A class in which nobody waits yet. */
export const ticketClass = ({
  key,
  pool,
  queue,
  channel,
  waitsFor,
  cost,
  interruptible,
}: Pick<
  TicketClass,
  'key' | 'pool' | 'queue' | 'channel' | 'waitsFor' | 'cost' | 'interruptible'
>): TicketClass => ({
  key,
  pool,
  queue,
  channel,
  waitsFor,
  cost,
  interruptible,
  line: line(),
  blocked: false,
  pass: -1,
  fresh: false,
  active: false,
  dropped: false,
})
