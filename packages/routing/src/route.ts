import type { ConversationEvent } from '@ramal/conversation'
import type { Instant, Position } from '@ramal/core'
import { ruleFor } from './classify.js'
import { type Decision, onTicket } from './decision.js'
import type { Load } from './eligibility.js'
import { dueBy, type Housekeeping, keepHouse } from './housekeeping.js'
import { type Match, matchTicket, recordOf } from './match.js'
import { compareOrdered, type Ordered, orderKey } from './order.js'
import type { Policy } from './policy.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

/** What a pass is told from outside. All else is in the state. */
export interface PassInput {
  /** Names the pass, in the log of its domain. Offers are numbered within it. */
  readonly pass: string
  /** By the router's clock; recorded, so that the pass can be decided again. */
  readonly now: Instant
  /** The state is the fold of the log up to here. */
  readonly basis: Position
}

export interface PassResult {
  readonly decisions: readonly Decision[]
  /** When time alone may lead to another decision. */
  readonly nextDue: Instant | undefined
}

/** Told of each ticket that was matched, with everybody's verdict: for explanations. It must change nothing. */
export type Observer = (ticket: Ticket, match: Match) => void

type Classified = Extract<ConversationEvent, { type: 'TicketClassified' }>['data']

/** Loads as they are after what the running pass has decided. The state stays as it is. */
const loads = (freed: Housekeeping['freed'], { agents }: RoutingState, now: Instant) => {
  const overlay = new Map<string, Load>()
  const of = (agent: AgentState): Load => overlay.get(agent.id) ?? agent
  const change = (agent: AgentState, channel: string, cost: number, sign: 1 | -1): void => {
    const { load, counts } = of(agent)
    const next = new Map(counts)
    next.set(channel, (next.get(channel) ?? 0) + sign)
    overlay.set(agent.id, { load: load + sign * cost, counts: next, idleSince: now })
  }
  for (const { agent, channel, cost } of freed) change(agents.get(agent)!, channel, cost, -1)
  return { of, take: (agent: AgentState, channel: string, cost: number) => change(agent, channel, cost, 1) }
}

const classify = (policy: Policy, ticket: Ticket): Classified | undefined => {
  const found = ruleFor(policy, ticket)
  if (!found) return undefined
  const { rule, index } = found
  return {
    queue: rule.queue,
    priority: rule.priority ?? 0,
    requirements: rule.requirements ?? [],
    labels: rule.labels ?? [],
    policy: policy.hash,
    rule: rule.name ?? `classification[${index}]`,
    intent: ticket.intent,
    language: ticket.language,
    since: ticket.since,
  }
}

/** A ticket as it will be once it is classified so. */
const classifiedTicket = (ticket: Ticket, data: Classified): Ticket => ({
  ...ticket,
  place: 'queued',
  queue: data.queue,
  priority: data.priority,
  requirements: data.requirements,
})

/** A ticket as it will be once what the pass has decided about it is written: what lapsed is remembered. */
const queuedTicket = (ticket: Ticket, lapsed: ReadonlySet<string> | undefined, now: Instant): Ticket =>
  lapsed
    ? {
        ...ticket,
        declined: new Map([
          ...ticket.declined,
          ...[...lapsed].map((agent) => [agent, { at: now, retryAt: undefined }] as const),
        ]),
      }
    : ticket

/** Tickets that no agent tells apart: what one of them cannot have, the others cannot either. */
const classOf = ({ queue, channel, requirements, declined, reserved, id }: Ticket): string =>
  declined.size > 0 || reserved ? `= ${id}` : JSON.stringify([queue, channel, requirements])

const byOpening = (a: Ticket, b: Ticket): number => a.since - b.since || (a.id < b.id ? -1 : 1)

/**
 * One pass: everything that follows from a state at a moment. Pure and total; with the same input it decides
 * the same. First what is due and who leaves, then what is new is classified, then who waits is matched, best
 * first. A ticket that nobody can take blocks no other; the pass ends when no ticket fits an agent any more.
 */
export const route = (state: RoutingState, input: PassInput, observe?: Observer): PassResult => {
  const { policy } = state
  const { now, pass, basis } = input
  if (!policy) return { decisions: [], nextDue: undefined }
  const { due, next } = dueBy(state, now)
  const house = keepHouse(state, policy, due, now)
  const decisions = [...house.decisions]

  const waiting: Ordered[] = []
  const wait = (ticket: Ticket) => waiting.push({ ticket, key: orderKey(policy, ticket) })
  for (const id of state.waiting) wait(state.tickets.get(id)!)
  for (const id of house.queued) wait(queuedTicket(state.tickets.get(id)!, house.lapsed.get(id), now))
  const fresh = [...state.unclassified].map((id) => state.tickets.get(id)!).sort(byOpening)
  for (const ticket of fresh) {
    const data = classify(policy, ticket)
    if (!data) continue
    decisions.push(onTicket(ticket.id, { type: 'TicketClassified', data }))
    wait(classifiedTicket(ticket, data))
  }

  const someoneFree = [...state.agents.values()].some(
    ({ presence, load, capacity }) => presence === 'available' && load + policy.leastCost <= capacity.total,
  )
  let nextDue = next
  if (waiting.length > 0 && (someoneFree || house.freed.length > 0)) {
    waiting.sort(compareOrdered)
    const { of, take } = loads(house.freed, state, now)
    const blocked = new Set<string>()
    let left = waiting.length
    let number = 0
    for (const { ticket, key } of waiting) {
      const kind = classOf(ticket)
      if (blocked.has(kind)) continue
      const match = matchTicket(state, policy, ticket, of, house.silent, now)
      const best = match.ranked[0]
      observe?.(ticket, match)
      if (!best) {
        blocked.add(kind)
        continue
      }
      const { cost } = policy.channel(ticket.channel)
      const expiresAt = now + policy.queue(ticket.queue!).offerExpiresAfter
      const decision = recordOf(match, { pass, basis, policy: policy.hash, order: key, waiting: left })
      const data = { offer: `${pass}.${++number}`, agent: best.agent.id, cost, expiresAt, decision }
      decisions.push(onTicket(ticket.id, { type: 'OfferIssued', data }))
      take(best.agent, ticket.channel, cost)
      left--
      nextDue = nextDue === undefined ? expiresAt : Math.min(nextDue, expiresAt)
    }
  }
  return { decisions, nextDue }
}
