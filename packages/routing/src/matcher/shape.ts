import type { Load } from '../eligibility.js'
import type { Heap } from '../heap.js'
import type { Ordered } from '../order.js'
import type { Asked } from '../policy/index.js'
import type { Ranked } from '../rank.js'
import type { AgentState, Ticket } from '../state.js'

/** A ticket that waits, in its class. */
export interface Entry extends Ordered {
  readonly of: TicketClass
  /** Band and expedition in one number, the greater goes first. */
  readonly tier: number
  /**
   * `taken`: out of the heap, as the last pass offered it. `left`: it waits no more. `held`: it waits, and nobody is
   * asked.
   */
  place: 'waits' | 'taken' | 'left' | 'held'
}

/**
 * Tickets in order: a sorted run, taken from its end, and a heap of those that came since it was sorted. Most that
 * come go behind all others, so that what is taken is next to what was taken before, in memory too.
 */
export interface Line {
  /** Best last. */
  sorted: Entry[]
  readonly recent: Heap<Entry>
  /** How many of them have left; they are passed over when their turn comes. */
  left: number
  /** Who goes first, as last found out. */
  head: Entry | undefined
}

/**
 * Tickets that agents tell apart by nothing but their order, and by facts of a single ticket that only rule agents
 * out, such as a decline. Who can be offered none of them is known without looking at each.
 */
export interface TicketClass {
  readonly key: string
  /** One of its tickets without what rules out single agents: agents are judged and ranked with it. */
  readonly sample: Ticket
  /** What it asks for, and whom it waits for if it does. */
  readonly asked: Asked
  readonly waitsFor: readonly string[] | undefined
  /** Queues, and agents named, by whom an agent can belong to those who could be asked. */
  readonly homes: readonly string[]
  readonly line: Line
  /** What a ticket of it costs, and whether that gives way to what does not. */
  readonly cost: number
  readonly interruptible: boolean
  /** Who could be offered its tickets if they were there and had room. */
  readonly able: Set<Member>
  /** When it was looked at last, nobody could be offered any ticket like its sample. */
  blocked: boolean
  /** Who of `able` has changed, and has room, in the pass that it was last looked at in. */
  readonly hot: Member[]
  pass: number
  /** In that pass a ticket came, or its hours began: it is looked at whoever has room. */
  fresh: boolean
  /** Somebody waits, or did so lately: it is told of agents who have room. */
  active: boolean
  /** Nobody waited, and it was forgotten. */
  dropped: boolean
  /** Of the last round in which doubles were sorted out. */
  mark: number
}

/** What it depends on which tickets an agent could be offered, were they present and had room. */
export type Basis = Pick<AgentState, 'queues' | 'skills' | 'kind' | 'team' | 'registered'>

/** An agent, as the matcher knows them. */
export interface Member {
  readonly agent: AgentState
  /** Greater with each change: a place in an order that was found for an earlier one is not theirs any more. */
  stamp: number
  /** They are not there, or have no room for even the cheapest ticket. */
  shut: boolean
  present: boolean
  /** What they carry, in the running pass with what it has decided. */
  load: Load
  /** What they have free for a ticket, and for one that gives way to what does not. */
  room: number
  spare: number
  /** There is a cap for some channel. */
  capped: boolean
  /** Whose tickets they could be offered. */
  classes: TicketClass[]
  /** Of their queues. */
  homes: readonly Home[]
  /** Of their name. */
  own: Home | undefined
  /** What all that was found from; nothing while they are signed out. */
  basis: Basis | undefined
  /** Of the last round in which doubles were sorted out. */
  mark: number
}

/** A member as they stood when they changed last. */
export interface Candidate extends Ranked {
  readonly agent: AgentState
  readonly member: Member
  readonly stamp: number
}

/** The members of a queue who are not shut, best first, where their order is the same for all tickets of it. */
export interface Order {
  /** A ticket of the queue. */
  readonly sample: Ticket
  /** Some have changed since: their stamp is another. */
  items: Candidate[]
  /** All before are of the past. */
  start: number
  /** How many changes were noted since somebody asked. */
  idle: number
}

/** Classes, and members, that meet in a queue or in the name of an agent. */
export interface Home {
  readonly classes: Set<TicketClass>
  /** Those of them that are active. */
  readonly active: Set<TicketClass>
  readonly members: Set<Member>
  /** Made when it is asked for. */
  order: Order | undefined
}

/** What is asked about agents as things are. */
export interface Asks {
  /** Whether somebody who is able has room for a ticket of the class, and it does not wait for others. */
  can(of: TicketClass, member: Member): boolean
  /** How they rank for its tickets. */
  rate(sample: Ticket, member: Member): Candidate
}

let rounds = 0

/** A number that no mark has yet. */
export const nextRound = (): number => ++rounds
