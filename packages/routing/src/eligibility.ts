import type { Verdict } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import type { Policy } from './policy.js'
import type { AgentState, Declined, RoutingState, Ticket } from './state.js'

/** What an agent carries, with what was decided in the running pass on top of the state. */
export interface Load {
  readonly load: number
  readonly counts: ReadonlyMap<string, number>
  readonly idleSince: Instant
}

export const retryAtOf = (
  policy: Policy,
  { queue = '' }: Pick<Ticket, 'queue'>,
  declined: Declined,
): Instant => declined.retryAt ?? declined.at + policy.queue(queue).declineRetryAfter

/**
 * Whether the ticket still waits for the agent whom it was transferred to: they are there, and the time that it
 * may wait for them is not over.
 */
const reservedFor = (
  { agents, policy }: RoutingState,
  { reserved }: Ticket,
  now: Instant,
): string | undefined => {
  if (!reserved || now >= reserved.at + (policy?.transferWaits ?? 0)) return undefined
  return agents.get(reserved.agent)?.presence === 'available' ? reserved.agent : undefined
}

export interface Judgement {
  readonly verdict: Verdict
  /** For people: what was needed and what was there. */
  readonly detail?: string
}

const OK: Judgement = { verdict: 'ok' }

const PRESENCE: Readonly<Record<Exclude<AgentState['presence'], 'available'>, Judgement>> = {
  signedOut: { verdict: 'unavailable', detail: 'signed out' },
  unavailable: { verdict: 'unavailable', detail: 'unavailable' },
  notResponding: { verdict: 'notResponding' },
  draining: { verdict: 'draining' },
}

/** Whether an agent may be offered a ticket now, and if not the first reason in this order. */
export const judge = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  agent: AgentState,
  { load, counts }: Load,
  now: Instant,
): Judgement => {
  if (agent.presence !== 'available') return PRESENCE[agent.presence]
  if (!agent.queues.includes(ticket.queue!))
    return { verdict: 'notInQueue', detail: `serves ${agent.queues.join(', ') || 'no queue'}` }
  for (const { skill, level } of ticket.requirements) {
    const has = agent.skills[skill] ?? 0
    if (has < level) return { verdict: 'skill', detail: `${skill} ${has} of ${level}` }
  }
  const reserved = reservedFor(state, ticket, now)
  if (reserved !== undefined && reserved !== agent.id)
    return { verdict: 'sticky', detail: `waits for ${reserved}` }
  const declined = ticket.declined.get(agent.id)
  if (declined) {
    const retryAt = retryAtOf(policy, ticket, declined)
    if (now < retryAt) return { verdict: 'declined', detail: `until ${retryAt}` }
  }
  const { cost } = policy.channel(ticket.channel)
  const free = agent.capacity.total - load
  if (free < cost)
    return { verdict: 'capacity', detail: `needs ${cost}, has ${free} of ${agent.capacity.total}` }
  const cap = agent.capacity.caps?.[ticket.channel]
  const count = counts.get(ticket.channel) ?? 0
  if (cap !== undefined && count >= cap)
    return { verdict: 'channelCap', detail: `${count} of ${cap} on ${ticket.channel}` }
  return OK
}
