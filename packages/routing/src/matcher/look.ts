import type { Matcher } from './matcher.js'
import type { TicketClass } from './shape.js'

/**
 * The class may have a pair in this pass.
 * @param fresh by a ticket, and not because of an agent who changed
 */
export const look = (m: Matcher, of: TicketClass, fresh: boolean): void => {
  if (of.dropped) return
  if (of.pass !== m.pass) {
    of.pass = m.pass
    of.fresh = false
    m.looked.push(of)
  }
  if (fresh) of.fresh = true
}
