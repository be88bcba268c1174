import type { Instant } from '@ramal/core'
import { type Decision, onTicket } from './decision.js'
import type { Policy } from './policy/index.js'
import type { RoutingState, Ticket } from './state.js'

/** What a pass decides before it offers anything. A ticket, and an agent, is decided on once in a pass. */
export interface House {
  readonly state: RoutingState
  readonly policy: Policy
  readonly now: Instant
  readonly decisions: Decision[]
  readonly tickets: Set<string>
  readonly agents: Set<string>
}

/** Decides on a ticket if nothing was decided on it in this pass, and notes when something was. */
export const once = (house: House, ticket: Ticket, decide: (house: House, ticket: Ticket) => void): void => {
  if (house.tickets.has(ticket.id)) return
  const before = house.decisions.length
  decide(house, ticket)
  if (house.decisions.length > before) house.tickets.add(ticket.id)
}

export const endOffers = (
  { decisions }: House,
  ticket: Ticket,
  type: 'OfferExpired' | 'OfferRevoked',
  reason: string,
  which: (offer: { readonly agent: string; readonly expiresAt: Instant }) => boolean = () => true,
): readonly { readonly offer: string; readonly agent: string }[] => {
  const ending = [...ticket.offers]
    .filter(([, offer]) => which(offer))
    .map(([offer, { agent }]) => ({ offer, agent }))
    .sort((a, b) => (a.offer < b.offer ? -1 : 1))
  for (const data of ending)
    decisions.push(
      onTicket(
        ticket.id,
        type === 'OfferExpired' ? { type, data } : { type: 'OfferRevoked', data: { ...data, reason } },
      ),
    )
  return ending
}
