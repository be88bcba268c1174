import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import type { Instant, Recorded } from '@ramal/core'
import { type CustomerEvent, customerEvents } from '@ramal/customer'
import { type Presence, type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import { jsonSnapshot, type Projection, reading } from '../projection.js'
import { applyAgent, applyConversation, applyCustomer } from './desk-apply.js'
import { type Card, type DeskState, emptyDesk } from './desk-state.js'

const read = reading<ConversationEvent | CustomerEvent | WorkforceEvent>(
  conversationEvents,
  customerEvents,
  workforceEvents,
)

/** What is on everybody's desk now: for inboxes and wallboards. */
export const deskProjection = (): Projection<DeskState> => ({
  name: 'desk',
  version: 1,
  categories: ['conversation', 'customer', 'agent'],
  initial: emptyDesk,
  apply(state, recorded) {
    const event = read(recorded)
    if (!event) return
    if (event.stream.startsWith('conversation-'))
      applyConversation(state, event as Recorded<ConversationEvent>)
    else if (event.stream.startsWith('agent-')) applyAgent(state, event as Recorded<WorkforceEvent>)
    else applyCustomer(state, event as Recorded<CustomerEvent>)
  },
  snapshot: jsonSnapshot(),
})

export interface OpenOffer {
  readonly offer: string
  readonly expiresAt: Instant
  readonly card: Readonly<Card>
}

export interface Inbox {
  /** The one that expires first is first. */
  readonly offers: readonly OpenOffer[]
  /** The one that was assigned first is first. */
  readonly tickets: readonly Readonly<Card>[]
  readonly wrapUps: readonly Readonly<Card>[]
  /** How many wait in each of the agent's queues. */
  readonly waiting: Readonly<Record<string, number>>
}

const byTime =
  <T>(time: (item: T) => Instant | undefined, id: (item: T) => string) =>
  (a: T, b: T) =>
    (time(a) ?? 0) - (time(b) ?? 0) || (id(a) < id(b) ? -1 : 1)

/** What one agent sees. Nothing for an agent whom no event names. */
export const inboxOf = (state: Readonly<DeskState>, agent: string): Inbox | undefined => {
  const row = state.agents[agent]
  if (!row) return undefined
  const cards = (of: Readonly<Record<string, true>>) =>
    Object.keys(of)
      .map((conversation) => state.cards[conversation])
      .filter((card) => card !== undefined)
  const offers = cards(row.offers).flatMap((card) =>
    Object.entries(card.offers)
      .filter(([, offer]) => offer.agent === agent)
      .map(([offer, { expiresAt }]) => ({ offer, expiresAt, card })),
  )
  return {
    offers: offers.sort(
      byTime(
        (o) => o.expiresAt,
        (o) => o.offer,
      ),
    ),
    tickets: cards(row.tickets).sort(
      byTime(
        (c) => c.assignedAt,
        (c) => c.conversation,
      ),
    ),
    wrapUps: cards(row.wrapUps).sort(
      byTime(
        (c) => c.wrapUp?.until,
        (c) => c.conversation,
      ),
    ),
    waiting: Object.fromEntries(row.queues.map((q) => [q, Object.keys(state.queues[q] ?? {}).length])),
  }
}

export interface QueueLine {
  readonly queue: string
  readonly waiting: number
  /** How long the one that waits longest has waited, in ms. */
  readonly longestWait: number
  /** Agents of this queue by presence. */
  readonly agents: Readonly<Partial<Record<Presence, number>>>
}

/** The queues, by name, with those that have agents and nobody waiting. */
export const queueLines = (state: Readonly<DeskState>, now: Instant): readonly QueueLine[] => {
  const rows = Object.values(state.agents)
  const names = new Set([...Object.keys(state.queues), ...rows.flatMap(({ queues }) => queues)])
  return [...names].sort().map((queue) => {
    const since = Object.values(state.queues[queue] ?? {})
    const agents: Partial<Record<Presence, number>> = {}
    for (const { queues, presence } of rows)
      if (queues.includes(queue)) agents[presence] = (agents[presence] ?? 0) + 1
    const first = since.reduce((least, at) => Math.min(least, at), now)
    return { queue, waiting: since.length, longestWait: now - first, agents }
  })
}

export interface AgentLine {
  readonly agent: string
  readonly name: string | undefined
  readonly team: string | undefined
  readonly presence: Presence
  readonly reason: string | undefined
  /** How long so, in ms. */
  readonly for: number
  readonly offers: number
  readonly tickets: number
  readonly wrapUps: number
}

/** The agents, by their ids. */
export const agentLines = (state: Readonly<DeskState>, now: Instant): readonly AgentLine[] =>
  Object.keys(state.agents)
    .sort()
    .map((agent) => {
      const { name, team, presence, reason, presenceSince, offers, tickets, wrapUps } = state.agents[agent]!
      const count = (of: Readonly<Record<string, true>>) => Object.keys(of).length
      return {
        agent,
        name,
        team,
        presence,
        reason,
        for: now - presenceSince,
        offers: count(offers),
        tickets: count(tickets),
        wrapUps: count(wrapUps),
      }
    })
