import type { Instant } from '@ramal/core'
import { answerAsked } from './asked.js'
import { type Decision, onAgent, onTicket } from './decision.js'
import { escalateWaiting, moveOn } from './escalation.js'
import { none } from './few.js'
import { endOffers, type House, once } from './house.js'
import type { Policy } from './policy/index.js'
import type { AgentState, Due, RoutingState, Ticket } from './state.js'

const byId = <T extends { readonly id: string }>(a: T, b: T): number => (a.id < b.id ? -1 : 1)

/** Nobody is asked any more, now that these offers end: what the ticket has waited for comes before it is offered again. */
const goOn = (house: House, ticket: Ticket, ended: number): void =>
  moveOn(house, ended < ticket.offers.size ? ticket : { ...ticket, place: 'queued', offers: none() })

const expire = (house: House, ticket: Ticket): void => {
  const { state, policy, now, decisions, agents } = house
  const ended = endOffers(house, ticket, 'OfferExpired', 'expired', ({ expiresAt }) => expiresAt <= now)
  for (const { offer, agent } of ended) {
    const present = state.agents.get(agent)?.presence === 'available'
    if (!present || agents.has(agent) || !policy.queue(ticket.queue ?? '').expiryStopsOffers) continue
    agents.add(agent)
    decisions.push(
      onAgent(agent, { type: 'AgentStoppedResponding', data: { offer, conversation: ticket.id } }),
    )
  }
  goOn(house, ticket, ended.length)
}

const requeue = ({ decisions }: House, { id }: Ticket, agent: string, reason: string): void => {
  decisions.push(onTicket(id, { type: 'TicketRequeued', data: { agent, reason } }))
}

/** What time alone does to a ticket that somebody has. */
const tendAssigned = (house: House, ticket: Ticket): void => {
  const { policy, now, decisions } = house
  const { assigned, unansweredSince, activeAt } = ticket
  if (!assigned) return
  const { silence } = policy.queue(ticket.queue ?? '')
  if (silence !== undefined && unansweredSince !== undefined)
    if (Math.max(unansweredSince, assigned.at) + silence <= now)
      return requeue(house, ticket, assigned.agent, 'silent')
  const { dormancy, cost } = policy.channel(ticket.channel)
  if (dormancy && assigned.dormantSince === undefined && activeAt + dormancy.after <= now) {
    // It never holds more than it did, whatever the policy says by now that it costs.
    const keeps = Math.min(assigned.cost, Math.floor((cost * dormancy.keeps) / 100))
    const data = { agent: assigned.agent, cost: keeps }
    decisions.push(onTicket(ticket.id, { type: 'TicketBecameDormant', data }))
  }
}

const tend = (house: House, ticket: Ticket): void => {
  const { policy, now, decisions } = house
  const { wrapUp, id } = ticket
  if (wrapUp?.until !== undefined && wrapUp.until <= now)
    decisions.push(onTicket(id, { type: 'WrapUpFinished', data: { agent: wrapUp.agent } }))
  switch (ticket.place) {
    case 'offered':
      return expire(house, ticket)
    case 'queued':
      return moveOn(house, ticket)
    case 'assigned':
      return tendAssigned(house, ticket)
    case 'parked':
      if (ticket.parkedUntil! <= now)
        decisions.push(onTicket(id, { type: 'TicketWoken', data: { reason: 'due' } }))
      return
    case 'idle':
      if (ticket.activeAt + policy.reopenWithin <= now)
        decisions.push(onTicket(id, { type: 'ConversationClosed', data: { reason: 'noReply' } }))
      return
    case 'resolved':
      if (ticket.resolvedAt! + policy.reopenWithin <= now)
        decisions.push(onTicket(id, { type: 'ConversationClosed', data: { reason: 'reopenWindowOver' } }))
      return
  }
}

const ticketsOf = ({ tickets }: RoutingState, ids: Iterable<string>): readonly Ticket[] =>
  [...ids]
    .map((id) => tickets.get(id))
    .filter((ticket) => ticket !== undefined)
    .sort(byId)

/** They have gone: what was offered to them is not, and with `all` what they have is given to others. */
const takeBack = (house: House, agent: AgentState, reason: string, all: boolean): void => {
  const { state, decisions } = house
  for (const ticket of ticketsOf(state, agent.offers))
    once(house, ticket, () =>
      goOn(
        house,
        ticket,
        endOffers(house, ticket, 'OfferRevoked', reason, (offer) => offer.agent === agent.id).length,
      ),
    )
  if (!all) return
  for (const ticket of ticketsOf(state, agent.tickets))
    once(house, ticket, () => {
      if (ticket.assigned?.agent === agent.id) requeue(house, ticket, agent.id, reason)
      else if (ticket.wrapUp?.agent === agent.id)
        decisions.push(onTicket(ticket.id, { type: 'WrapUpFinished', data: { agent: agent.id } }))
      else if (ticket.consult?.agent === agent.id)
        decisions.push(onTicket(ticket.id, { type: 'ConsultEnded', data: { agent: agent.id } }))
    })
}

const AWAY = { draining: 'drained', unavailable: 'away', notResponding: 'away' } as const

export const keepHouse = (
  state: RoutingState,
  policy: Policy,
  due: readonly Due[],
  now: Instant,
): Decision[] => {
  const house: House = { state, policy, now, decisions: [], tickets: new Set(), agents: new Set() }
  for (const { ticket } of due) if (ticket) once(house, ticket, tend)
  for (const agent of [...state.leaving].map((id) => state.agents.get(id)!).sort(byId))
    takeBack(house, agent, agent.presence, agent.presence === 'signedOut')
  for (const { agent } of due) {
    const reason = agent && AWAY[agent.presence as keyof typeof AWAY]
    if (agent && reason) takeBack(house, agent, reason, true)
  }
  for (const ticket of ticketsOf(state, state.asking)) once(house, ticket, answerAsked)
  escalateWaiting(house)
  return house.decisions
}
