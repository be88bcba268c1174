import type { Fact } from '@ramal/core'
import { agentReducer, unknownAgent, type WorkforceEvent } from '@ramal/workforce'
import type { AgentState, RoutingState } from './state.js'

const newAgent = (id: string): AgentState => ({
  ...unknownAgent(),
  id,
  version: -1,
  load: 0,
  counts: new Map(),
  idleSince: 0,
  offers: new Set(),
  tickets: new Set(),
})

export const agentOf = (state: RoutingState, id: string): AgentState => {
  let agent = state.agents.get(id)
  if (!agent) {
    agent = newAgent(id)
    state.agents.set(id, agent)
  }
  state.changed.add(`a/${id}`)
  return agent
}

/** Whether the agent must give something back. */
export const noteLeaving = (state: RoutingState, agent: AgentState): void => {
  const leaving =
    (agent.presence !== 'available' && agent.offers.size > 0) ||
    (agent.presence === 'signedOut' && agent.tickets.size > 0)
  if (leaving) state.leaving.add(agent.id)
  else state.leaving.delete(agent.id)
}

export const foldAgent = (state: RoutingState, id: string, event: Fact<WorkforceEvent>): void => {
  const agent = agentOf(state, id)
  agent.version = event.version
  agentReducer.apply(agent, event)
  if (event.type === 'AgentBecameAvailable') agent.idleSince = event.meta.at
  noteLeaving(state, agent)
}
