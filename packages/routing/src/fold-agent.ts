import type { Fact } from '@ramal/core'
import { agentReducer, takesOffers, unknownAgent, type WorkforceEvent } from '@ramal/workforce'
import { pushHeap } from './heap.js'
import { type AgentState, type RoutingState, touchAgent } from './state.js'

/** Field by field: what is spread lies further away, and a pass looks at thousands of them. */
const newAgent = (id: string, at: number): AgentState => {
  const { registered, kind, name, team, skills, capacity, queues, presence, ...rest } = unknownAgent()
  return {
    id,
    at,
    version: -1,
    presence,
    load: 0,
    interruptible: 0,
    capacity,
    idleSince: 0,
    offeredAt: 0,
    assignedAt: 0,
    endedAt: 0,
    presenceSince: rest.presenceSince,
    changes: 0,
    asked: 0,
    registered,
    kind,
    name,
    team,
    skills,
    queues,
    reason: rest.reason,
    drainsWithin: rest.drainsWithin,
    counts: new Map(),
    turns: new Map(),
    offers: new Set(),
    tickets: new Set(),
    due: undefined,
  }
}

const find = (state: RoutingState, id: string): AgentState => {
  let agent = state.agents.get(id)
  if (!agent) {
    agent = newAgent(id, state.agents.size)
    state.agents.set(id, agent)
  }
  touchAgent(state, agent)
  return agent
}

/** Somebody who is offered a ticket. */
export const agentAsked = (state: RoutingState, id: string): AgentState => {
  const agent = find(state, id)
  agent.asked++
  return agent
}

/** Somebody to whom anything else happens. */
export const agentOf = (state: RoutingState, id: string): AgentState => {
  const agent = find(state, id)
  agent.changes++
  return agent
}

/** Whether the agent must give something back, now or when their time is over. */
export const noteLeaving = (state: RoutingState, agent: AgentState): void => {
  const leaving =
    (agent.presence !== 'available' && agent.offers.size > 0) ||
    (agent.presence === 'signedOut' && agent.tickets.size > 0)
  if (leaving) state.leaving.add(agent.id)
  else state.leaving.delete(agent.id)
  const due = dueOf(state, agent)
  if (due === agent.due) return
  agent.due = due
  if (due !== undefined) pushHeap(state.due, { at: due, agent })
}

const dueOf = ({ policy }: RoutingState, agent: AgentState): number | undefined => {
  if (agent.tickets.size === 0) return undefined
  const { presence, presenceSince, drainsWithin } = agent
  if (presence === 'draining') return drainsWithin === undefined ? undefined : presenceSince + drainsWithin
  if (presence !== 'unavailable' && presence !== 'notResponding') return undefined
  const most = policy?.requeueWhenAwayFor
  return most === undefined ? undefined : presenceSince + most
}

const serve = (
  state: RoutingState,
  id: string,
  queues: readonly string[],
  before: readonly string[],
): void => {
  for (const queue of before) if (!queues.includes(queue)) state.members.get(queue)?.delete(id)
  for (const queue of queues) {
    const members = state.members.get(queue)
    if (members) members.add(id)
    else state.members.set(queue, new Set([id]))
  }
}

const count = (state: RoutingState, queues: readonly string[], by: 1 | -1): void => {
  for (const queue of queues) state.present.set(queue, (state.present.get(queue) ?? 0) + by)
}

export const foldAgent = (state: RoutingState, id: string, event: Fact<WorkforceEvent>): void => {
  const agent = agentOf(state, id)
  const { queues, presence } = agent
  if (takesOffers(agent)) count(state, queues, -1)
  agent.version = event.version
  agentReducer.apply(agent, event)
  if (agent.queues !== queues) serve(state, id, agent.queues, queues)
  if (takesOffers(agent)) count(state, agent.queues, 1)
  if (presence !== 'available' && agent.presence === 'available') agent.idleSince = event.meta.at
  noteLeaving(state, agent)
}
