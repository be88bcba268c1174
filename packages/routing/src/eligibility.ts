import type { Verdict } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import type { Asked, Policy } from './policy/index.js'
import { meetsAll, missing } from './requirements.js'
import type { AgentState, Declined, RoutingState, Ticket } from './state.js'

/** What an agent carries, with what was decided in the running pass on top of the state. */
export type Load = Pick<
  AgentState,
  'load' | 'interruptible' | 'counts' | 'idleSince' | 'offeredAt' | 'assignedAt' | 'turns'
>

export interface Judgement {
  readonly verdict: Verdict
  /** For people: what was needed and what was there. */
  readonly detail?: string
}

const OK: Judgement = { verdict: 'ok' }

/** When an agent who declined a ticket may be asked again. */
export const declinedUntil = (
  policy: Policy,
  { queue = '' }: Pick<Ticket, 'queue'>,
  { at, retryAt, times }: Declined,
): Instant => {
  const { maxDeclines, declineRetryAfter } = policy.queue(queue)
  return times >= maxDeclines ? Number.POSITIVE_INFINITY : (retryAt ?? at + declineRetryAfter)
}

/**
 * Whom the ticket still waits for: the time that it may wait is not over, and one of them is there, able, and has
 * not just declined it.
 */
export const preferredNow = (
  { agents }: RoutingState,
  policy: Policy,
  ticket: Ticket,
  now: Instant,
): readonly string[] | undefined => {
  const { preferred, declined } = ticket
  if (!preferred || now >= preferred.at + (preferred.for ?? policy.transferWaits)) return undefined
  const comes = (id: string): boolean => {
    const agent = agents.get(id)
    if (agent?.presence !== 'available' || judgeAbility(policy, ticket, agent).verdict !== 'ok') return false
    const once = declined.get(id)
    return once === undefined || declinedUntil(policy, ticket, once) <= now
  }
  return preferred.agents.some(comes) ? preferred.agents : undefined
}

/** Why a ticket is offered to nobody at all, whoever is there. */
export const heldBack = (policy: Policy, ticket: Ticket, now: Instant): Judgement | undefined => {
  const { hours, maxOffers } = policy.queue(ticket.queue ?? '')
  if (hours !== undefined && !policy.isOpen(hours, now))
    return { verdict: 'calendar', detail: `${hours} is closed` }
  if (ticket.offersMade >= maxOffers)
    return { verdict: 'declined', detail: `${ticket.offersMade} offers were made, of ${maxOffers}` }
  return undefined
}

/** What a ticket asks for at the step that it has reached. */
export const askedOf = (policy: Policy, { queue = '', asks, requirements, step }: Ticket): Asked =>
  policy.asked(queue, asks, requirements, step)

export const PRESENCE: Readonly<Record<Exclude<AgentState['presence'], 'available'>, Judgement>> = {
  signedOut: { verdict: 'unavailable', detail: 'signed out' },
  unavailable: { verdict: 'unavailable', detail: 'unavailable' },
  notResponding: { verdict: 'notResponding' },
  draining: { verdict: 'draining' },
}

/** It was given to them by name: neither queue nor requirements keep it from them. */
export const isDirect = ({ preferred }: Ticket, agent: AgentState): boolean =>
  preferred?.direct === true && preferred.agents.includes(agent.id)

export const serves = ({ queues }: AgentState, { queue }: Ticket, { borrow }: Asked): boolean => {
  if (queues.includes(queue!)) return true
  for (const other of borrow) if (queues.includes(other)) return true
  return false
}

/** What an agent has free for a channel: what is interruptible gives way to what is not. */
export const freeFor = (
  policy: Policy,
  { capacity }: AgentState,
  { load, interruptible }: Pick<Load, 'load' | 'interruptible'>,
  channel: string,
): number => capacity.total - (policy.channel(channel).interruptible ? load : load - interruptible)

/** Room for one more of a channel, at a cost. */
export const roomFor = (
  policy: Policy,
  agent: AgentState,
  load: Pick<Load, 'load' | 'interruptible' | 'counts'>,
  channel: string,
  cost: number,
): Judgement => {
  const { capacity } = agent
  const free = freeFor(policy, agent, load, channel)
  if (free < cost) return { verdict: 'capacity', detail: `needs ${cost}, has ${free} of ${capacity.total}` }
  return capFor(agent, load, channel)
}

/** Whether the cap of a channel leaves room for one more. */
export const capFor = (
  { capacity }: Pick<AgentState, 'capacity'>,
  load: Pick<Load, 'counts'>,
  channel: string,
): Judgement => {
  const cap = capacity.caps?.[channel]
  const count = load.counts.get(channel) ?? 0
  if (cap !== undefined && count >= cap)
    return { verdict: 'channelCap', detail: `${count} of ${cap} on ${channel}` }
  return OK
}

/** Whether there is room for one more of a channel. */
export const hasRoom = (
  policy: Policy,
  agent: AgentState,
  load: Pick<Load, 'load' | 'interruptible' | 'counts'>,
  channel: string,
): boolean => {
  if (freeFor(policy, agent, load, channel) < policy.channel(channel).cost) return false
  const cap = agent.capacity.caps?.[channel]
  return cap === undefined || (load.counts.get(channel) ?? 0) < cap
}

/** Whether nothing keeps an agent from a ticket that lasts as long as neither of them changes. */
export const isAble = (ticket: Ticket, agent: AgentState, asked: Asked): boolean =>
  !ticket.excluded.includes(agent.id) &&
  (isDirect(ticket, agent) || (serves(agent, ticket, asked) && meetsAll(agent, asked.requirements)))

/** What keeps an agent from a ticket as long as neither of them changes: queue, skills, exclusion. */
export const judgeAbility = (policy: Policy, ticket: Ticket, agent: AgentState): Judgement => {
  if (ticket.excluded.includes(agent.id)) return { verdict: 'excluded' }
  if (isDirect(ticket, agent)) return OK
  const asked = askedOf(policy, ticket)
  if (!serves(agent, ticket, asked))
    return { verdict: 'notInQueue', detail: `serves ${agent.queues.join(', ') || 'no queue'}` }
  if (meetsAll(agent, asked.requirements)) return OK
  return { verdict: 'skill', detail: missing(agent, asked.requirements) }
}

/** Whether the ticket waits for somebody else. */
export const judgePreference = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  { id }: AgentState,
  now: Instant,
): Judgement => {
  const preferred = preferredNow(state, policy, ticket, now)
  return preferred && !preferred.includes(id)
    ? { verdict: 'sticky', detail: `waits for ${preferred.join(', ')}` }
    : OK
}

/** Whether they have declined it lately, or have it in front of them. */
export const judgeMemory = (policy: Policy, ticket: Ticket, { id }: AgentState, now: Instant): Judgement => {
  const declined = ticket.declined.get(id)
  if (declined) {
    const until = declinedUntil(policy, ticket, declined)
    if (now < until)
      return { verdict: 'declined', detail: Number.isFinite(until) ? `until ${until}` : 'for good' }
  }
  if (ticket.offers.size > 0)
    for (const { agent: other } of ticket.offers.values()) if (other === id) return { verdict: 'offered' }
  return OK
}

/** Whether an agent may be offered a ticket now, and if not the first reason in this order. */
export const judge = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  agent: AgentState,
  load: Load,
  now: Instant,
): Judgement => {
  if (agent.presence !== 'available') return PRESENCE[agent.presence]
  const able = judgeAbility(policy, ticket, agent)
  if (able.verdict !== 'ok') return able
  const preference = judgePreference(state, policy, ticket, agent, now)
  if (preference.verdict !== 'ok') return preference
  const memory = judgeMemory(policy, ticket, agent, now)
  if (memory.verdict !== 'ok') return memory
  return roomFor(policy, agent, load, ticket.channel, policy.channel(ticket.channel).cost)
}
