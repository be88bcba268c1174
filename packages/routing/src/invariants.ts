import type { Instant } from '@ramal/core'
import { heldBack, judge } from './eligibility.js'
import type { Hold, RoutingState, Ticket } from './state.js'

/** What must hold after every event of a log, by the names that they are cited with. */
export type Invariant =
  | 'one assignment a ticket'
  | 'capacity is never exceeded'
  | 'every ticket is in exactly one place'
  | 'work is conserved at rest'

export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

interface Sum {
  load: number
  interruptible: number
  readonly counts: Map<string, number>
}

const nothing = (): Sum => ({ load: 0, interruptible: 0, counts: new Map() })

const held = (state: RoutingState): ReadonlyMap<string, Sum> => {
  const byAgent = new Map<string, Sum>()
  const hold = ({ agent, cost, interruptible }: Hold, { channel }: Ticket) => {
    const sum = byAgent.get(agent) ?? nothing()
    sum.load += cost
    if (interruptible) sum.interruptible += cost
    sum.counts.set(channel, (sum.counts.get(channel) ?? 0) + 1)
    byAgent.set(agent, sum)
  }
  for (const ticket of state.tickets.values()) {
    for (const offer of ticket.offers.values()) hold(offer, ticket)
    for (const one of [ticket.assigned, ticket.wrapUp, ticket.consult]) if (one) hold(one, ticket)
  }
  return byAgent
}

/**
 * What is wrong with a state, recounted from its tickets. `overcommitted`: agents whose capacity was lowered below
 * what they hold, or who were given more by hand; they may hold more than they have until they lay it down.
 */
export const violations = (
  state: RoutingState,
  overcommitted: ReadonlySet<string> = new Set(),
): Violation[] => {
  const found: Violation[] = []
  const add = (invariant: Invariant, what: string) => found.push({ invariant, what })
  const sums = held(state)
  for (const [id, agent] of state.agents) {
    const { load, interruptible, counts } = sums.get(id) ?? nothing()
    if (agent.load !== load)
      add('capacity is never exceeded', `${id} is said to carry ${agent.load}, and carries ${load}`)
    if (overcommitted.has(id)) continue
    const { total, caps = {} } = agent.capacity
    if (load - interruptible > total)
      add('capacity is never exceeded', `${id} carries ${load - interruptible} of ${total}`)
    for (const [channel, count] of counts)
      if (count > (caps[channel] ?? Number.POSITIVE_INFINITY))
        add('capacity is never exceeded', `${id} has ${count} on ${channel} of ${caps[channel]}`)
  }
  for (const [id, ticket] of state.tickets) {
    if (ticket.assigned && ticket.offers.size > 0)
      add('one assignment a ticket', `${id} is assigned to ${ticket.assigned.agent} and offered too`)
    const places = [
      ticket.place === 'idle',
      state.unclassified.has(id),
      state.queued.get(ticket.queue ?? '')?.has(id) === true,
      ticket.place === 'offered',
      ticket.place === 'assigned',
      ticket.place === 'parked',
      ticket.place === 'wrapUp',
      ticket.place === 'resolved',
    ].filter(Boolean).length
    if (places !== 1) add('every ticket is in exactly one place', `${id} is in ${places}`)
  }
  return found
}

/** At rest nobody waits whom somebody could take. */
export const unserved = (state: RoutingState, now: Instant): Violation[] => {
  const { policy } = state
  if (!policy) return []
  const found: Violation[] = []
  for (const id of state.waiting)
    for (const agent of state.agents.values()) {
      const ticket = state.tickets.get(id)!
      if (heldBack(policy, ticket, now)) continue
      if (agent.registered && judge(state, policy, ticket, agent, agent, now).verdict === 'ok')
        found.push({
          invariant: 'work is conserved at rest',
          what: `${id} waits, and ${agent.id} could take it`,
        })
    }
  return found
}
