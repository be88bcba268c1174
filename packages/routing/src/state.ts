import type { Actor, Requirement } from '@ramal/conversation'
import type { Instant, StreamName } from '@ramal/core'
import type { Agent } from '@ramal/workforce'
import { type Heap, heap } from './heap.js'
import type { Policy } from './policy/index.js'

/** What a ticket holds of an agent's capacity. */
export interface Hold {
  readonly agent: string
  readonly cost: number
  /** It counts only against other work that is interruptible. */
  readonly interruptible: boolean
}

export interface TicketOffer extends Hold {
  readonly expiresAt: Instant
}

/** After the end: the agent still holds what the ticket cost. */
export interface WrapUp extends Hold {
  readonly until: Instant | undefined
}

export interface Assignment extends Hold {
  readonly at: Instant
  /** Since then it holds less than its cost, as nobody said anything for long. */
  readonly dormantSince: Instant | undefined
}

/** Why an agent is not asked again for a while. */
export interface Declined {
  readonly at: Instant
  readonly retryAt: Instant | undefined
  /** How often they declined it or let it lapse. */
  readonly times: number
}

/** Whom a ticket waits for, while one of them is available. */
export interface Preference {
  readonly agents: readonly string[]
  readonly at: Instant
  /** Undefined: as long as a transfer waits by the policy. */
  readonly for: number | undefined
  /** It was given to them by name: neither queue nor requirements keep it from them. */
  readonly direct: boolean
}

/** `idle`: opened by us, and the customer has not answered: nobody is asked to work on it. */
export type Place = 'idle' | 'new' | 'queued' | 'offered' | 'assigned' | 'parked' | 'wrapUp' | 'resolved'

/** What routing knows of a conversation that is not closed. */
export interface Ticket {
  readonly id: string
  /** A small number that no other ticket has meanwhile: for what is kept beside the state. */
  readonly at: number
  /** Of its stream: what the next event is expected to follow. */
  version: number
  place: Place
  /** It is among the waiting. */
  waits: boolean
  readonly channel: string
  readonly endpoint: string
  customer: string
  language: string | undefined
  intent: string | undefined
  readonly segment: string | undefined
  labels: readonly string[]
  idle: boolean
  /** The wait is counted from here, over transfers and lapsed offers, until it is resolved. */
  since: Instant
  /** Later than that by as long as somebody had it: what has been waited is counted from here. */
  waitedSince: Instant
  /** Somebody transferred it: it is where people put it, whatever the rules say. */
  transferred: boolean
  /** When it entered the queue: its relaxation is counted from here. */
  enteredAt: Instant
  queue: string | undefined
  /** Another policy came while somebody was asked for it: once nobody is, it is classified anew. */
  outdated: boolean
  priority: number
  band: number
  expedited: boolean
  /** What people said of it: no classification takes it back. */
  byHand: { readonly expedited: boolean; readonly excluded: readonly string[] }
  requirements: readonly Requirement[]
  /** Names the requirements: tickets with equal ones have one key. */
  asks: string
  /** Steps of relaxation that it has taken. */
  step: number
  offers: ReadonlyMap<string, TicketOffer>
  offersMade: number
  declined: ReadonlyMap<string, Declined>
  excluded: readonly string[]
  preferred: Preference | undefined
  /** Names of the escalations that were done. */
  escalated: readonly string[]
  assigned: Assignment | undefined
  consult: Hold | undefined
  lastAgent: string | undefined
  /** Somebody wrote last. */
  activeAt: Instant
  /** Somebody wrote while it was dormant. */
  stirred: boolean
  /** The customer wrote then, and nobody has answered yet. */
  unansweredSince: Instant | undefined
  parkedUntil: Instant | undefined
  /** Since when; what follows is no wait. */
  parkedAt: Instant | undefined
  wrapUp: WrapUp | undefined
  resolvedAt: Instant | undefined
  /** Asked for by people, and not answered by the router yet. */
  pick: { readonly agent: string; readonly by: Actor; readonly overcommit: boolean } | undefined
  consultWanted: { readonly kind: 'agent' | 'queue'; readonly id: string } | undefined
  /** When time alone may change something for it. */
  dues: readonly Instant[]
}

/** An agent as workforce has them, and what routing knows besides. */
export interface AgentState extends Agent {
  readonly id: string
  /** How many agents were known before: for what is kept beside the state. */
  readonly at: number
  version: number
  /** Sum of the costs of the offers, assignments, consultations and wrap-ups that they have. */
  load: number
  /** What of it is interruptible. */
  interruptible: number
  /** Number of those by channel. */
  readonly counts: Map<string, number>
  /** Last became available, was asked, or ended something. */
  idleSince: Instant
  offeredAt: Instant
  assignedAt: Instant
  endedAt: Instant
  /** How often they were offered something, and how often anything else happened to them. */
  asked: number
  changes: number
  /** When they were last offered a ticket of a queue, as a count of all offers. */
  readonly turns: Map<string, number>
  /** Tickets offered to them. */
  readonly offers: Set<string>
  /** Tickets that they have, wrap-ups and consultations included. */
  readonly tickets: Set<string>
  /** When time alone may take tickets from them. */
  due: Instant | undefined
}

/** When time alone may change something for a ticket, or take tickets from an agent. */
export type Due = { readonly at: Instant } & (
  | { readonly ticket: Ticket; readonly agent?: undefined }
  | { readonly agent: AgentState; readonly ticket?: undefined }
)

/** How likely an agent resolves at the first contact, by the log of the past; see `ResolutionEstimated`. */
export interface Estimates {
  readonly version: string
  readonly of: ReadonlyMap<string, number>
  /** For whom nothing is known. */
  readonly prior: number
}

/** What changed since whoever follows a state looked last. They forget it themselves; see `forgetChanges`. */
export interface Changes {
  /** Of tickets only those that wait, or did. */
  readonly onlyWaiting: boolean
  /** Those that were closed are among them, before any that got their number. */
  tickets: Set<Ticket>
  agents: Set<AgentState>
  /** By id: of whom it is remembered who had their last ticket. */
  customers: Set<string>
}

/**
 * With new sets: a set that is cleared leaves its old table behind with a reference to the new one, and so on, and
 * once one of them is old the collector of young memory keeps them all.
 */
export const forgetChanges = (changes: Changes): void => {
  changes.tickets = new Set()
  changes.agents = new Set()
  changes.customers = new Set()
}

/** See `digestOf`. */
export interface Digest {
  readonly changes: Changes
  /** The digest of each ticket, agent and customer, two times 32 bits. */
  readonly of: Readonly<Record<'tickets' | 'agents' | 'customers', Map<string, readonly [number, number]>>>
  /** The sum of them all. */
  readonly sum: [number, number]
}

/** Everything that routing decides from. A fold of the log; held by one owner, changed in place. */
export interface RoutingState {
  policy: Policy | undefined
  /** The streams that policies came from, each with its version. */
  readonly policies: Map<StreamName, number>
  /** Decides beside the policy, and is only logged. */
  shadow: Policy | undefined
  estimates: Estimates | undefined
  readonly tickets: Map<string, Ticket>
  /** Numbers of tickets that were closed, for those that come. Where there are none, the count of tickets is free. */
  readonly vacant: number[]
  readonly agents: Map<string, AgentState>
  /** Opened or reopened, and not classified yet. */
  readonly unclassified: Set<string>
  /** Classified, not assigned, and fewer agents are asked than may be. */
  readonly waiting: Set<string>
  /** The waiting ones without an offer, by queue. */
  readonly queued: Map<string, Set<string>>
  /** Agents who serve a queue. */
  readonly members: Map<string, Set<string>>
  /** How many of them are available. */
  readonly present: Map<string, number>
  /** Agents who may not keep what they have: with offers though unavailable, or tickets though signed out. */
  readonly leaving: Set<string>
  /** Tickets that somebody picked or asked help for, or where a dormant customer wrote. */
  readonly asking: Set<string>
  readonly due: Heap<Due>
  /** Who had a customer's ticket last, while a policy asks for it. */
  readonly lastAgents: Map<string, string>
  /** Moments at which the last tickets of a queue found an agent; for estimates of the wait. */
  readonly flow: Map<string, readonly Instant[]>
  /** Offers made so far: turns are counted by it. */
  offers: number
  /** Whoever follows the state: told of what changes. */
  readonly followers: Changes[]
  /** Of all that is in the state, once somebody has asked for it. */
  digest: Digest | undefined
}

export const initialState = (): RoutingState => ({
  policy: undefined,
  policies: new Map(),
  shadow: undefined,
  estimates: undefined,
  tickets: new Map(),
  vacant: [],
  agents: new Map(),
  unclassified: new Set(),
  waiting: new Set(),
  queued: new Map(),
  members: new Map(),
  present: new Map(),
  leaving: new Set(),
  asking: new Set(),
  due: heap((a, b) => a.at < b.at),
  lastAgents: new Map(),
  flow: new Map(),
  offers: 0,
  followers: [],
  digest: undefined,
})

/** To be told from now on what changes in a state. */
export const follow = ({ followers }: RoutingState, onlyWaiting = false): Changes => {
  const changes: Changes = { onlyWaiting, tickets: new Set(), agents: new Set(), customers: new Set() }
  followers.push(changes)
  return changes
}

/** Tells whoever follows the state that a ticket has changed. */
export const touchTicket = ({ followers }: RoutingState, ticket: Ticket, waited: boolean): void => {
  for (const { onlyWaiting, tickets } of followers)
    if (!onlyWaiting || waited || ticket.waits) tickets.add(ticket)
}

export const touchAgent = ({ followers }: RoutingState, agent: AgentState): void => {
  for (const { agents } of followers) agents.add(agent)
}

export const touchCustomer = ({ followers }: RoutingState, customer: string): void => {
  for (const { customers } of followers) customers.add(customer)
}

export const SYSTEM: Actor = { kind: 'system', id: 'router' }

/** Still valid: the ticket or agent would still be looked at then. */
export const isDue = ({ at, ticket, agent }: Due): boolean =>
  ticket ? ticket.dues.includes(at) : agent.due === at
