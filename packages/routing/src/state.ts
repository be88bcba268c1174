import type { Actor, Requirement } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import type { Agent } from '@ramal/workforce'
import { type Heap, heap } from './heap.js'
import type { Policy } from './policy.js'

export interface TicketOffer {
  readonly agent: string
  readonly cost: number
  readonly expiresAt: Instant
}

/** After the end: the agent still holds what the ticket cost. */
export interface WrapUp {
  readonly agent: string
  readonly cost: number
  readonly until: Instant | undefined
}

/** Why an agent is not asked again for a while. */
export interface Declined {
  readonly at: Instant
  readonly retryAt: Instant | undefined
}

export type Place = 'new' | 'queued' | 'offered' | 'assigned' | 'parked' | 'wrapUp' | 'resolved'

/** What routing knows of a conversation that is not closed. */
export interface Ticket {
  readonly id: string
  /** Of its stream: what the next event is expected to follow. */
  version: number
  place: Place
  readonly channel: string
  readonly endpoint: string
  readonly customer: string
  language: string | undefined
  intent: string | undefined
  /** The wait is counted from here, over transfers and lapsed offers, until it is resolved. */
  since: Instant
  queue: string | undefined
  priority: number
  requirements: readonly Requirement[]
  readonly offers: Map<string, TicketOffer>
  readonly declined: Map<string, Declined>
  assignee: string | undefined
  /** What the assignment holds of the agent's capacity. */
  cost: number
  parkedUntil: Instant | undefined
  wrapUp: WrapUp | undefined
  resolvedAt: Instant | undefined
  /** Transferred to this agent, at that time. */
  reserved: { readonly agent: string; readonly at: Instant } | undefined
  /** When time alone may change something for it. */
  dues: readonly Instant[]
}

/** An agent as workforce has them, and what routing knows besides. */
export interface AgentState extends Agent {
  readonly id: string
  version: number
  /** Sum of the costs of the offers, assignments and wrap-ups that they have. */
  load: number
  /** Number of those by channel. */
  readonly counts: Map<string, number>
  /** Last became available, was asked, or ended something. */
  idleSince: Instant
  /** Tickets offered to them. */
  readonly offers: Set<string>
  /** Tickets that they have, wrap-ups included. */
  readonly tickets: Set<string>
}

export interface Due {
  readonly at: Instant
  readonly ticket: string
}

/** Everything that routing decides from. A fold of the log; held by one owner, changed in place. */
export interface RoutingState {
  policy: Policy | undefined
  readonly tickets: Map<string, Ticket>
  readonly agents: Map<string, AgentState>
  /** Opened or reopened, and not classified yet. */
  readonly unclassified: Set<string>
  /** Classified, not assigned, without an offer. */
  readonly waiting: Set<string>
  /** Agents who may not keep what they have: with offers though unavailable, or tickets though signed out. */
  readonly leaving: Set<string>
  readonly due: Heap<Due>
  /** Tickets and agents changed since the digest was last taken. */
  readonly changed: Set<string>
  readonly digests: Map<string, readonly [number, number]>
  /** Sum of the digests of all tickets and agents, two times 32 bits. */
  sum: [number, number]
}

export const initialState = (): RoutingState => ({
  policy: undefined,
  tickets: new Map(),
  agents: new Map(),
  unclassified: new Set(),
  waiting: new Set(),
  leaving: new Set(),
  due: heap((a, b) => a.at < b.at || (a.at === b.at && a.ticket < b.ticket)),
  changed: new Set(),
  digests: new Map(),
  sum: [0, 0],
})

export const SYSTEM: Actor = { kind: 'system', id: 'router' }
