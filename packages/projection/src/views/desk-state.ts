import { dictionary, type Instant } from '@ramal/core'
import type { Presence } from '@ramal/workforce'

/** Where a ticket is. `waiting` includes those that are offered: they wait until somebody accepts. */
export type Desk = 'new' | 'waiting' | 'assigned' | 'parked' | 'elsewhere' | 'done'

/** What an agent's list shows of a conversation. */
export interface Card {
  readonly conversation: string
  readonly channel: string
  readonly endpoint: string
  readonly openedAt: Instant
  customer: string
  language: string | undefined
  intent: string | undefined
  queue: string | undefined
  priority: number
  labels: readonly string[]
  desk: Desk
  /** Since when it waits for an agent, the wait before a requeue included. */
  waitingSince: Instant
  assignee: string | undefined
  assignedAt: Instant | undefined
  parkedUntil: Instant | undefined
  isParked: boolean
  spam: boolean
  /** Another application at the provider has the thread. */
  handedOver: boolean
  over: boolean
  /** Messages of the customer since our last one. */
  unanswered: number
  lastMessageAt: Instant | undefined
  /** One line of the last message, either way; what a customer said is personal. */
  lastMessage: string | undefined
  /** Open offers, by their ids. */
  offers: Record<string, { readonly agent: string; readonly expiresAt: Instant }>
  wrapUp: { readonly agent: string; readonly until: Instant | undefined } | undefined
}

export interface AgentRow {
  name: string | undefined
  team: string | undefined
  kind: 'human' | 'bot'
  queues: readonly string[]
  /** Total of the capacity. */
  capacity: number
  presence: Presence
  reason: string | undefined
  presenceSince: Instant
  /** Conversations, by what they hold of this agent. */
  offers: Record<string, true>
  tickets: Record<string, true>
  wrapUps: Record<string, true>
}

/** What is on everybody's desk: every conversation that is not closed, every agent, every queue. JSON. */
export interface DeskState {
  readonly cards: Record<string, Card>
  readonly agents: Record<string, AgentRow>
  /** Conversations that wait, by queue, with the time since when. */
  readonly queues: Record<string, Record<string, Instant>>
}

export const emptyDesk = (): DeskState => ({
  cards: dictionary(),
  agents: dictionary(),
  queues: dictionary(),
})

const rowOf = (): AgentRow => ({
  name: undefined,
  team: undefined,
  kind: 'human',
  queues: [],
  capacity: 0,
  presence: 'signedOut',
  reason: undefined,
  presenceSince: 0,
  offers: dictionary(),
  tickets: dictionary(),
  wrapUps: dictionary(),
})

/** An agent's row; made when an event names an agent who was not registered yet. */
export const agentRow = (state: DeskState, agent: string): AgentRow => {
  state.agents[agent] ??= rowOf()
  return state.agents[agent]
}

export const deskOf = (card: Card): Desk => {
  if (card.over || card.spam) return 'done'
  if (card.handedOver) return 'elsewhere'
  if (card.isParked) return 'parked'
  if (card.assignee !== undefined) return 'assigned'
  return card.queue === undefined ? 'new' : 'waiting'
}

/** Takes a card out of every list, as it stands. */
export const unlist = (state: DeskState, card: Card): void => {
  if (card.queue !== undefined) {
    const queue = state.queues[card.queue]
    if (queue) delete queue[card.conversation]
  }
  if (card.assignee !== undefined) delete state.agents[card.assignee]?.tickets[card.conversation]
  if (card.wrapUp) delete state.agents[card.wrapUp.agent]?.wrapUps[card.conversation]
  for (const { agent } of Object.values(card.offers)) delete state.agents[agent]?.offers[card.conversation]
}

/** Puts a card into the lists that it belongs to now. */
export const list = (state: DeskState, card: Card): void => {
  card.desk = deskOf(card)
  const { conversation } = card
  if (card.desk === 'waiting') {
    state.queues[card.queue!] ??= dictionary()
    state.queues[card.queue!]![conversation] = card.waitingSince
  }
  if (card.desk === 'assigned') agentRow(state, card.assignee!).tickets[conversation] = true
  if (card.wrapUp) agentRow(state, card.wrapUp.agent).wrapUps[conversation] = true
  for (const { agent } of Object.values(card.offers)) agentRow(state, agent).offers[conversation] = true
}
