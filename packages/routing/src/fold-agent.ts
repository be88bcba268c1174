import type { Fact, Instant } from '@ramal/core'
import type { Presence, WorkforceEvent } from '@ramal/workforce'
import type { AgentState, RoutingState } from './state.js'

const newAgent = (id: string): AgentState => ({
  id,
  version: -1,
  registered: false,
  kind: 'human',
  presence: 'signedOut',
  skills: {},
  capacity: { total: 0 },
  queues: [],
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

const setPresence = (agent: AgentState, presence: Presence, at: Instant): void => {
  if (presence === 'available') agent.idleSince = at
  agent.presence = presence
}

const apply = (agent: AgentState, { type, data, meta: { at } }: Fact<WorkforceEvent>): void => {
  switch (type) {
    case 'AgentRegistered':
      agent.registered = true
      agent.kind = data.kind
      agent.skills = data.skills
      agent.capacity = data.capacity
      agent.queues = data.queues
      return
    case 'SkillsChanged':
      agent.skills = data.skills
      return
    case 'CapacityChanged':
      agent.capacity = data.capacity
      return
    case 'QueuesChanged':
      agent.queues = data.queues
      return
    case 'AgentSignedIn':
    case 'AgentBecameUnavailable':
      return setPresence(agent, 'unavailable', at)
    case 'AgentBecameAvailable':
      return setPresence(agent, 'available', at)
    case 'AgentStoppedResponding':
      if (agent.presence === 'available') setPresence(agent, 'notResponding', at)
      return
    case 'AgentDraining':
      return setPresence(agent, 'draining', at)
    case 'AgentSignedOut':
      return setPresence(agent, 'signedOut', at)
  }
}

export const foldAgent = (state: RoutingState, id: string, event: Fact<WorkforceEvent>): void => {
  const agent = agentOf(state, id)
  agent.version = event.version
  apply(agent, event)
  noteLeaving(state, agent)
}
