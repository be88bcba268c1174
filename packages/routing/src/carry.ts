import type { Instant } from '@ramal/core'
import { put, without } from './few.js'
import { agentAsked, agentOf, noteLeaving } from './fold-agent.js'
import {
  type AgentState,
  type Hold,
  type RoutingState,
  type Ticket,
  type TicketOffer,
  touchCustomer,
} from './state.js'

/** The agent takes on (+1) or lays down (-1) something of a ticket. */
const carry = (agent: AgentState, { channel }: Ticket, { cost, interruptible }: Hold, sign: 1 | -1): void => {
  agent.load += sign * cost
  if (interruptible) agent.interruptible += sign * cost
  const count = (agent.counts.get(channel) ?? 0) + sign
  if (count > 0) agent.counts.set(channel, count)
  else agent.counts.delete(channel)
}

const hasNothingOf = (id: string, { assigned, wrapUp, consult }: Ticket): boolean =>
  assigned?.agent !== id && wrapUp?.agent !== id && consult?.agent !== id

const takeOn = (state: RoutingState, ticket: Ticket, hold: Hold, at: Instant): AgentState => {
  const agent = agentOf(state, hold.agent)
  carry(agent, ticket, hold, 1)
  agent.tickets.add(ticket.id)
  agent.idleSince = at
  noteLeaving(state, agent)
  return agent
}

const layDown = (state: RoutingState, ticket: Ticket, hold: Hold, at: Instant): void => {
  const agent = agentOf(state, hold.agent)
  carry(agent, ticket, hold, -1)
  if (hasNothingOf(agent.id, ticket)) agent.tickets.delete(ticket.id)
  agent.idleSince = at
  agent.endedAt = at
  noteLeaving(state, agent)
}

export const issueOffer = (
  state: RoutingState,
  ticket: Ticket,
  id: string,
  offer: TicketOffer,
  at: Instant,
): void => {
  const agent = agentAsked(state, offer.agent)
  ticket.offers = put(ticket.offers, id, offer)
  ticket.offersMade++
  carry(agent, ticket, offer, 1)
  agent.offers.add(ticket.id)
  agent.idleSince = at
  agent.offeredAt = at
  if (ticket.queue !== undefined) agent.turns.set(ticket.queue, ++state.offers)
  noteLeaving(state, agent)
}

/** The offer's hold, which the agent has no more. */
export const endOffer = (state: RoutingState, ticket: Ticket, id: string): Hold | undefined => {
  const offer = ticket.offers.get(id)
  if (!offer) return undefined
  ticket.offers = without(ticket.offers, id)
  const agent = agentOf(state, offer.agent)
  carry(agent, ticket, offer, -1)
  agent.offers.delete(ticket.id)
  noteLeaving(state, agent)
  return offer
}

export const assign = (state: RoutingState, ticket: Ticket, hold: Hold, at: Instant): void => {
  release(state, ticket, at)
  // What they do after it is over: they are at it again.
  if (ticket.wrapUp?.agent === hold.agent) finishWrapUp(state, ticket, at)
  ticket.idle = false
  ticket.resolvedAt = undefined
  ticket.assigned = {
    agent: hold.agent,
    cost: hold.cost,
    interruptible: hold.interruptible,
    at,
    dormantSince: undefined,
  }
  ticket.lastAgent = hold.agent
  ticket.preferred = undefined
  unpark(ticket, at)
  ticket.pick = undefined
  ticket.activeAt = at
  takeOn(state, ticket, hold, at).assignedAt = at
  if (state.policy?.remembersLastAgent) {
    state.lastAgents.set(ticket.customer, hold.agent)
    touchCustomer(state, ticket.customer)
  }
}

/** What the assignment holds changes; the agent goes on with it. */
export const holdAnew = (
  state: RoutingState,
  ticket: Ticket,
  cost: number,
  dormantSince: Instant | undefined,
): void => {
  const { assigned } = ticket
  if (!assigned) return
  const agent = agentOf(state, assigned.agent)
  carry(agent, ticket, assigned, -1)
  ticket.assigned = { ...assigned, cost, dormantSince }
  ticket.stirred = false
  carry(agent, ticket, ticket.assigned, 1)
}

export const release = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  const { assigned } = ticket
  // Asked for by who had it.
  ticket.consultWanted = undefined
  ticket.stirred = false
  if (!assigned) return
  ticket.assigned = undefined
  // Who talks to somebody waits for nobody.
  const had = Math.max(0, at - assigned.at)
  ticket.waitedSince += had
  ticket.enteredAt += had
  endConsult(state, ticket, at)
  layDown(state, ticket, assigned, at)
}

/** What it was parked for is no wait: neither in the order nor for what is done about those who wait. */
export const unpark = (ticket: Ticket, at: Instant): void => {
  const parked = ticket.parkedAt === undefined ? 0 : Math.max(0, at - ticket.parkedAt)
  ticket.parkedUntil = undefined
  ticket.parkedAt = undefined
  ticket.since += parked
  ticket.waitedSince += parked
  ticket.enteredAt += parked
  if (ticket.preferred) ticket.preferred = { ...ticket.preferred, at: ticket.preferred.at + parked }
}

/** The assignment becomes a wrap-up: it ends, and what it held is held on. */
export const startWrapUp = (
  state: RoutingState,
  ticket: Ticket,
  agent: string,
  until: Instant | undefined,
  at: Instant,
): void => {
  const { assigned } = ticket
  if (assigned?.agent !== agent) return
  endConsult(state, ticket, at)
  finishWrapUp(state, ticket, at)
  const { cost, interruptible } = assigned
  ticket.assigned = undefined
  ticket.stirred = false
  ticket.wrapUp = { agent, cost, interruptible, until }
}

export const finishWrapUp = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  const { wrapUp } = ticket
  if (!wrapUp) return
  ticket.wrapUp = undefined
  layDown(state, ticket, wrapUp, at)
}

export const startConsult = (state: RoutingState, ticket: Ticket, hold: Hold, at: Instant): void => {
  endConsult(state, ticket, at)
  ticket.consultWanted = undefined
  ticket.consult = hold
  takeOn(state, ticket, hold, at)
}

export const endConsult = (state: RoutingState, ticket: Ticket, at: Instant): void => {
  const { consult } = ticket
  if (!consult) return
  ticket.consult = undefined
  layDown(state, ticket, consult, at)
}
