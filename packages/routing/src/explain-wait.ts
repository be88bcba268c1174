import type { Verdict } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { type Change, leastChanges } from './change.js'
import { askedOf, declinedUntil, heldBack, type Judgement, judge } from './eligibility.js'
import type { Policy } from './policy/index.js'
import { describeRequirement } from './requirements.js'
import type { Place, RoutingState, Ticket } from './state.js'
import { estimateWait, placeInQueue } from './wait.js'

/** Why a ticket is still waiting, and what would free it. As data; `explainWaitInWords` says it. */
export interface WaitExplanation {
  readonly ticket: string
  readonly place: Place
  /** Who has it. */
  readonly agent: string | undefined
  readonly queue: string | undefined
  readonly policyName: string
  readonly step: number
  /** What it asks for at this step, in words. */
  readonly asks: readonly string[]
  /** How long it has waited, in ms. */
  readonly waited: number
  /** From 1, among those who wait in the queue. */
  readonly position: number | undefined
  /** In ms. */
  readonly estimatedWait: number | undefined
  /** It is offered to nobody at all, whoever is there. */
  readonly held: Judgement | undefined
  /** Agents by the first reason that keeps them from it. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>
  /** What would free it, the least first, at most three. */
  readonly changes: readonly Change[]
  /** Moments at which time alone changes something, in order. */
  readonly soon: readonly { readonly at: Instant; readonly what: string }[]
}

const soonFor = (policy: Policy, ticket: Ticket, now: Instant): WaitExplanation['soon'] => {
  if (ticket.queue === undefined) return []
  const { relaxation, escalations, hours } = policy.queue(ticket.queue)
  const soon = [
    ...relaxation.slice(ticket.step).map(({ after }, i) => ({
      at: ticket.enteredAt + after,
      what: `asks for less: step ${ticket.step + i + 1}`,
    })),
    ...escalations
      .filter(({ name, when }) => when?.waited !== undefined && !ticket.escalated.includes(name))
      .map(({ name, when }) => ({
        at: ticket.waitedSince + when!.waited!,
        what: `escalation "${name}" may come`,
      })),
    ...[...ticket.declined].map(([agent, declined]) => ({
      at: declinedUntil(policy, ticket, declined),
      what: `${agent} may be asked again`,
    })),
    ...[...ticket.offers].map(([, { agent, expiresAt }]) => ({
      at: expiresAt,
      what: `the offer to ${agent} ends`,
    })),
  ]
  if (ticket.preferred)
    soon.push({
      at: ticket.preferred.at + (ticket.preferred.for ?? policy.transferWaits),
      what: `it waits no longer for ${ticket.preferred.agents.join(', ')}`,
    })
  if (ticket.place === 'parked') soon.push({ at: ticket.parkedUntil!, what: 'it wakes' })
  const opens = hours !== undefined && !policy.isOpen(hours, now) ? policy.nextChange(hours, now) : undefined
  if (opens !== undefined) soon.push({ at: opens, what: `${hours} opens` })
  return soon.filter(({ at }) => at > now && Number.isFinite(at)).sort((a, b) => a.at - b.at)
}

/** Undefined for a ticket that routing does not know, and before there is a policy. */
export const explainWait = (state: RoutingState, id: string, now: Instant): WaitExplanation | undefined => {
  const { policy } = state
  const ticket = state.tickets.get(id)
  if (!policy || !ticket) return undefined
  const waits = ticket.place === 'queued' || ticket.place === 'offered'
  const agents = waits ? [...state.agents.values()].filter(({ registered }) => registered) : []
  const verdicts: Partial<Record<Verdict, number>> = {}
  for (const agent of agents) {
    const { verdict } = judge(state, policy, ticket, agent, agent, now)
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
  }
  const held = waits ? heldBack(policy, ticket, now) : undefined
  return {
    ticket: id,
    place: ticket.place,
    agent: ticket.assigned?.agent,
    queue: ticket.queue,
    policyName: policy.data.name,
    step: ticket.step,
    asks: askedOf(policy, ticket).requirements.map(describeRequirement),
    waited: (ticket.parkedAt ?? ticket.assigned?.at ?? now) - ticket.waitedSince,
    position: placeInQueue(state, id),
    estimatedWait: estimateWait(state, id, now),
    held,
    verdicts,
    changes: leastChanges(state, policy, ticket, agents, held, now).slice(0, 3),
    soon: soonFor(policy, ticket, now),
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

const WHERE: Readonly<Record<Place, string>> = {
  idle: 'is not routed: we wrote first, and the customer has not answered',
  new: 'is not classified yet',
  queued: 'waits',
  offered: 'is offered, and waits for an answer',
  assigned: 'is assigned',
  parked: 'is parked',
  wrapUp: 'is resolved, and being wrapped up',
  resolved: 'is resolved',
}

/** In plain words, a line each. */
export const explainWaitInWords = (e: WaitExplanation, now: Instant): readonly string[] => {
  const counts = Object.entries(e.verdicts).map(([verdict, count]) => `${verdict} ${count}`)
  const lines = [
    `Ticket ${e.ticket} ${WHERE[e.place]}${e.agent === undefined ? '' : ` to ${e.agent}`}${e.queue === undefined ? '' : ` in queue "${e.queue}"`}` +
      `${e.position === undefined ? '' : `, place ${e.position}`}, since ${seconds(e.waited)}.`,
  ]
  if (e.asks.length > 0) lines.push(`It asks for ${e.asks.join(', ')} (step ${e.step}).`)
  if (e.held) lines.push(`It is offered to nobody: ${e.held.detail}.`)
  if (counts.length > 0) lines.push(`Agents: ${counts.sort().join(', ')}.`)
  else if (e.place === 'queued') lines.push('No agent is registered.')
  for (const { agent, what, at } of e.changes)
    lines.push(
      what.length === 0
        ? `${agent} can have it in the next pass.`
        : `It would go to ${agent} if this held: ${what.join(' and ')}${at === undefined ? '' : `, in ${seconds(at - now)}`}.`,
    )
  for (const { at, what } of e.soon) lines.push(`In ${seconds(at - now)}: ${what}.`)
  if (e.estimatedWait !== undefined) lines.push(`Estimated wait: ${seconds(e.estimatedWait)}.`)
  return lines
}
