import type { Instant } from '@ramal/core'
import { type Decision, onAgent, onTicket } from './decision.js'
import type { Policy } from './policy.js'
import type { AgentState, Due, RoutingState, Ticket } from './state.js'

/** The entries of the heap that are due, in order, and when the next one is. The heap stays as it is. */
export const dueBy = (
  { due: { items }, tickets }: RoutingState,
  now: Instant,
): { readonly due: readonly Due[]; readonly next: Instant | undefined } => {
  const due: Due[] = []
  let next: Instant | undefined
  const visit = (i: number): void => {
    const item = items[i]
    if (!item) return
    if (item.at > now) {
      // Below it everything is later still; but if it was overtaken, what is below may be the next.
      const valid = tickets.get(item.ticket)?.dues.includes(item.at)
      if (valid) next = next === undefined ? item.at : Math.min(next, item.at)
      if (valid || (next !== undefined && item.at >= next)) return
    } else if (tickets.get(item.ticket)?.dues.includes(item.at)) due.push(item)
    visit(2 * i + 1)
    visit(2 * i + 2)
  }
  visit(0)
  due.sort((a, b) => a.at - b.at || (a.ticket < b.ticket ? -1 : 1))
  return { due, next }
}

/** What a pass decides before it matches: whose offers end, who gives tickets back, what wakes, what closes. */
export interface Housekeeping {
  readonly decisions: Decision[]
  /** Capacity that these decisions free, by agent. */
  readonly freed: { readonly agent: string; readonly channel: string; readonly cost: number }[]
  /** Tickets that wait again by these decisions; `new` tickets are classified anyway. */
  readonly queued: Set<string>
  /** Offers that these decisions end. */
  readonly ended: Set<string>
  /** Agents who stopped responding. */
  readonly silent: Set<string>
  /** Agents whose offers lapsed in this pass, by ticket: they are not asked again at once. */
  readonly lapsed: Map<string, Set<string>>
}

const byId = <T extends { readonly id: string }>(a: T, b: T): number => (a.id < b.id ? -1 : 1)

const endOffers = (
  done: Housekeeping,
  ticket: Ticket,
  which: (offer: { readonly agent: string; readonly expiresAt: Instant }) => boolean,
  decide: (offer: string, agent: string) => void,
): void => {
  const open = [...ticket.offers].filter(([id]) => !done.ended.has(id))
  const ending = open.filter(([, offer]) => which(offer)).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [id, { agent, cost }] of ending) {
    done.ended.add(id)
    done.freed.push({ agent, channel: ticket.channel, cost })
    decide(id, agent)
  }
  if (ending.length > 0 && ending.length === open.length) done.queued.add(ticket.id)
}

const expire = (
  policy: Policy,
  state: RoutingState,
  ticket: Ticket,
  now: Instant,
  done: Housekeeping,
): void =>
  endOffers(
    done,
    ticket,
    ({ expiresAt }) => expiresAt <= now,
    (offer, agent) => {
      done.decisions.push(onTicket(ticket.id, { type: 'OfferExpired', data: { offer, agent } }))
      const lapsed = done.lapsed.get(ticket.id) ?? new Set()
      done.lapsed.set(ticket.id, lapsed.add(agent))
      const present = state.agents.get(agent)?.presence === 'available'
      if (!present || done.silent.has(agent) || !policy.queue(ticket.queue ?? '').expiryStopsOffers) return
      done.silent.add(agent)
      done.decisions.push(
        onAgent(agent, { type: 'AgentStoppedResponding', data: { offer, conversation: ticket.id } }),
      )
    },
  )

const takeBack = (state: RoutingState, agent: AgentState, reason: string, done: Housekeeping): void => {
  const tickets = (ids: ReadonlySet<string>) =>
    [...ids]
      .map((id) => state.tickets.get(id))
      .filter((ticket) => ticket !== undefined)
      .sort(byId)
  for (const ticket of tickets(agent.offers))
    endOffers(
      done,
      ticket,
      (offer) => offer.agent === agent.id,
      (offer) =>
        done.decisions.push(
          onTicket(ticket.id, { type: 'OfferRevoked', data: { offer, agent: agent.id, reason } }),
        ),
    )
  if (agent.presence !== 'signedOut') return
  for (const ticket of tickets(agent.tickets)) {
    if (ticket.assignee === agent.id) {
      done.decisions.push(onTicket(ticket.id, { type: 'TicketRequeued', data: { agent: agent.id, reason } }))
      if (ticket.queue !== undefined) done.queued.add(ticket.id)
    } else if (ticket.wrapUp?.agent === agent.id)
      done.decisions.push(onTicket(ticket.id, { type: 'WrapUpFinished', data: { agent: agent.id } }))
  }
}

export const keepHouse = (
  state: RoutingState,
  policy: Policy,
  due: readonly Due[],
  now: Instant,
): Housekeeping => {
  const done: Housekeeping = {
    decisions: [],
    freed: [],
    queued: new Set(),
    ended: new Set(),
    silent: new Set(),
    lapsed: new Map(),
  }
  const wrapped = new Set<string>()
  for (const id of new Set(due.map(({ ticket }) => ticket))) {
    const ticket = state.tickets.get(id)!
    const { wrapUp } = ticket
    expire(policy, state, ticket, now, done)
    if (wrapUp?.until !== undefined && wrapUp.until <= now && !wrapped.has(id)) {
      wrapped.add(id)
      done.decisions.push(onTicket(id, { type: 'WrapUpFinished', data: { agent: wrapUp.agent } }))
      done.freed.push({ agent: wrapUp.agent, channel: ticket.channel, cost: wrapUp.cost })
    }
    if (ticket.parkedUntil !== undefined && ticket.parkedUntil <= now) {
      done.decisions.push(onTicket(id, { type: 'TicketWoken', data: { reason: 'due' } }))
      if (ticket.queue !== undefined) done.queued.add(id)
    }
    if (ticket.place === 'resolved' && ticket.resolvedAt! + policy.reopenWithin <= now)
      done.decisions.push(onTicket(id, { type: 'ConversationClosed', data: { reason: 'reopenWindowOver' } }))
  }
  const leaving = [...state.leaving].map((id) => state.agents.get(id)!).sort(byId)
  for (const agent of leaving) takeBack(state, agent, agent.presence, done)
  return done
}
