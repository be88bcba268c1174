import type { Instant } from '@ramal/core'
import { askedOf, preferredNow } from '../eligibility.js'
import type { Policy } from '../policy/index.js'
import type { RoutingState, Ticket } from '../state.js'
import type { TicketClass } from './shape.js'
import { ticketClass } from './ticket-class.js'

/** Facts of the ticket alone: they rule agents out whom its class would ask. */
export const isIndividual = ({ declined, offers, excluded }: Ticket): boolean =>
  declined.size > 0 || offers.size > 0 || excluded.length > 0

/** The key of a ticket's class as it is now, and how to make the class where it is the first. */
export const classOf = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  now: Instant,
): { readonly key: string; make(): TicketClass } => {
  const { queue, channel, intent, step, asks, preferred } = ticket
  const waitsFor = preferredNow(state, policy, ticket, now)
  // Whom it was given to by name may take it even when it waits for them no more.
  const direct = preferred?.direct ? preferred.agents : undefined
  const key = JSON.stringify([queue, channel, intent, step, asks, waitsFor, direct])
  return {
    key,
    make() {
      const sample: Ticket = {
        ...ticket,
        declined: new Map(),
        offers: new Map(),
        excluded: [],
        // For the class it waits for ever, or not at all: a ticket for which that changes changes its class.
        preferred:
          preferred && (waitsFor || direct)
            ? { ...preferred, at: waitsFor ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY }
            : undefined,
      }
      const asked = askedOf(policy, ticket)
      const queues = [queue!, ...asked.borrow].map((name) => `q/${name}`)
      const homes = [...queues, ...(direct ?? []).map((id) => `a/${id}`)]
      const { cost, interruptible } = policy.channel(channel)
      return ticketClass({ key, sample, asked, waitsFor, cost, interruptible, homes })
    },
  }
}
