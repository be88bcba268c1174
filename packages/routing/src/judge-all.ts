import type { Verdict } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import {
  askedOf,
  capFor,
  freeFor,
  isDirect,
  judgeMemory,
  judgePreference,
  PRESENCE,
  serves,
} from './eligibility.js'
import type { Policy } from './policy/index.js'
import { meetsAll } from './requirements.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

const found = (...verdicts: readonly (Verdict | false)[]): readonly Verdict[] =>
  verdicts.filter((verdict) => verdict !== false && verdict !== 'ok')

/** What the ticket asks for and the agent has not, at the step that it has reached. */
export const judgeFitness = (policy: Policy, ticket: Ticket, agent: AgentState): readonly Verdict[] => {
  if (isDirect(ticket, agent)) return []
  const asked = askedOf(policy, ticket)
  return found(!serves(agent, ticket, asked) && 'notInQueue', !meetsAll(agent, asked.requirements) && 'skill')
}

/** Everything of an agent that keeps them from a ticket, not only the first. */
export const judgeAll = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  agent: AgentState,
  now: Instant,
): readonly Verdict[] => {
  const { channel } = ticket
  return found(
    agent.presence !== 'available' && PRESENCE[agent.presence].verdict,
    ticket.excluded.includes(agent.id) && 'excluded',
    ...judgeFitness(policy, ticket, agent),
    judgePreference(state, policy, ticket, agent, now).verdict,
    judgeMemory(policy, ticket, agent, now).verdict,
    freeFor(policy, agent, agent, channel) < policy.channel(channel).cost && 'capacity',
    capFor(agent, agent, channel).verdict,
  )
}
