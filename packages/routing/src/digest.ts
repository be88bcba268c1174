import { type HashPair, hashPair } from './hash.js'
import {
  type AgentState,
  type Digest,
  follow,
  forgetChanges,
  type RoutingState,
  type Ticket,
} from './state.js'

const factsOfTicket = (t: Ticket): readonly unknown[] => [
  t.id,
  t.version,
  t.place,
  t.channel,
  t.customer,
  t.intent,
  t.language,
  t.labels,
  t.since,
  t.waitedSince,
  t.transferred,
  t.enteredAt,
  t.queue,
  t.outdated,
  t.priority,
  t.band,
  t.expedited,
  t.byHand.expedited,
  t.byHand.excluded,
  t.asks,
  t.step,
  t.offers,
  t.offersMade,
  t.declined,
  t.excluded,
  t.preferred,
  t.escalated,
  t.assigned,
  t.consult,
  t.lastAgent,
  t.activeAt,
  t.stirred,
  t.unansweredSince,
  t.parkedUntil,
  t.parkedAt,
  t.wrapUp,
  t.resolvedAt,
  t.pick,
  t.consultWanted,
]

const factsOfAgent = (a: AgentState): readonly unknown[] => [
  a.id,
  a.version,
  a.registered,
  a.kind,
  a.team,
  a.presence,
  a.presenceSince,
  a.drainsWithin,
  a.skills,
  a.capacity.total,
  a.capacity.caps,
  [...a.queues].sort(),
  a.load,
  a.interruptible,
  a.counts,
  a.idleSince,
  a.offeredAt,
  a.assignedAt,
  a.endedAt,
  a.turns,
]

const ZERO: HashPair = [0, 0]

const startDigest = (state: RoutingState): Digest => {
  const changes = follow(state)
  for (const ticket of state.tickets.values()) changes.tickets.add(ticket)
  for (const agent of state.agents.values()) changes.agents.add(agent)
  for (const id of state.lastAgents.keys()) changes.customers.add(id)
  return { changes, of: { tickets: new Map(), agents: new Map(), customers: new Map() }, sum: [0, 0] }
}

type Known = Digest['of'][keyof Digest['of']]

/** Hashes what has changed again. Without facts it is gone. */
const renew = (sum: Digest['sum'], known: Known, id: string, facts: readonly unknown[] | undefined): void => {
  const before = known.get(id) ?? ZERO
  const after = facts ? hashPair(facts) : ZERO
  sum[0] = (sum[0] - before[0] + after[0]) >>> 0
  sum[1] = (sum[1] - before[1] + after[1]) >>> 0
  if (facts) known.set(id, after)
  else known.delete(id)
}

/**
 * A hash of the whole state, kept as the sum of the hashes of its tickets, agents and customers: only those that
 * changed are hashed again. Two logs that lead to the same state give the same one, in whatever order they got there.
 */
export const digestOf = (state: RoutingState): string => {
  state.digest ??= startDigest(state)
  const { changes, of, sum } = state.digest
  for (const ticket of changes.tickets) {
    const { id } = ticket
    const isOpen = state.tickets.get(id) === ticket
    renew(sum, of.tickets, id, isOpen ? factsOfTicket(ticket) : undefined)
  }
  for (const agent of changes.agents) renew(sum, of.agents, agent.id, factsOfAgent(agent))
  for (const id of changes.customers) {
    const last = state.lastAgents.get(id)
    renew(sum, of.customers, id, last === undefined ? undefined : [id, last])
  }
  forgetChanges(changes)
  return sum.map((n) => n.toString(16).padStart(8, '0')).join('')
}
