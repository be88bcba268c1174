import type { Instant } from '@ramal/core'
import type { Load } from './eligibility.js'
import type { Policy, QueuePolicy } from './policy/index.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

/**
 * What an agent carries once they are offered a ticket besides, as far as anything in the pass asks for it. `turn`
 * counts all offers.
 */
export const carryMore = (
  capped: boolean,
  { autoAccept }: QueuePolicy,
  { load, interruptible, counts, turns, assignedAt }: Load,
  policy: Policy,
  { channel, queue }: Ticket,
  cost: number,
  now: Instant,
  turn: number,
): Load => ({
  load: load + cost,
  interruptible: interruptible + (policy.channel(channel).interruptible ? cost : 0),
  counts:
    capped || policy.ranksByTickets ? new Map(counts).set(channel, (counts.get(channel) ?? 0) + 1) : counts,
  idleSince: now,
  offeredAt: now,
  // Accepted at once, it is theirs from now on.
  assignedAt: autoAccept ? now : assignedAt,
  turns: policy.ranksByTurns ? new Map(turns).set(queue!, turn) : turns,
})

/** Loads as they are after what the running pass has decided. The state stays as it is. */
export interface Loads {
  of(agent: AgentState): Load
  /** The agent is offered the ticket. */
  take(agent: AgentState, ticket: Ticket, cost: number): void
}

export const loadsIn = (state: RoutingState, policy: Policy, now: Instant): Loads => {
  const overlay = new Map<string, Load>()
  let { offers } = state
  const of = (agent: AgentState): Load => overlay.get(agent.id) ?? agent
  return {
    of,
    take(agent, ticket, cost) {
      const capped = agent.capacity.caps !== undefined
      overlay.set(
        agent.id,
        carryMore(capped, policy.queue(ticket.queue!), of(agent), policy, ticket, cost, now, ++offers),
      )
    },
  }
}
