import type { Load } from '../eligibility.js'
import type { Heap } from '../heap.js'
import type { Judged } from '../match.js'
import type { Ordered } from '../order.js'
import type { Asked } from '../policy/index.js'
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
 * Agents who could be offered tickets that ask for the same in the same queue, were they there and had room. They
 * come in one order for all those tickets.
 */
export interface Pool {
  readonly key: string
  /** One of the tickets without what rules out single agents: agents are judged and ranked with it. */
  readonly sample: Ticket
  readonly asked: Asked
  /** Queues, and agents named, by whom an agent can belong to the pool. */
  readonly homes: readonly Home[]
  readonly able: Set<Member>
  /** All who are not shut. Made when it is asked for. */
  order: Order | undefined
  /** Its classes in which somebody waits, or did so lately: they are told of agents who have room. */
  readonly active: TicketClass[]
  /** Who has changed, and has room, in the pass that it was last told of one; and their order, once asked for. */
  hot: Member[]
  hotOrder: Order | undefined
  pass: number
  /** Of how many classes. When it is 0 it is forgotten. */
  classes: number
  /** Of the last round in which doubles were sorted out. */
  mark: number
}

/**
 * Tickets that agents tell apart by nothing but their order, and by facts of a single ticket that only rule agents
 * out, such as a decline. Who can be offered none of them is known without looking at each.
 */
export interface TicketClass {
  readonly key: string
  readonly pool: Pool
  readonly queue: string
  readonly channel: string
  /** Whom its tickets wait for, if they do. */
  readonly waitsFor: readonly string[] | undefined
  readonly line: Line
  /** What a ticket of it costs, and whether that gives way to what does not. */
  readonly cost: number
  readonly interruptible: boolean
  /** When it was looked at last, nobody could be offered any ticket like its sample. */
  blocked: boolean
  /** In which it was last looked at. */
  pass: number
  /** In that pass a ticket came, or its hours began: it is looked at whoever has room. */
  fresh: boolean
  /** It is among those of its pool that are told. */
  active: boolean
  /** Nobody waited, and it was forgotten. */
  dropped: boolean
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
  /** They have changed since the last pass, and have room. */
  open: boolean
  /** The last pass left them otherwise than the state has them. */
  moved: boolean
  /** Those that they are in. */
  pools: Pool[]
  /** Of their queues, and of their name. */
  homes: readonly Home[]
  /** What all that was found from; nothing while they are signed out. */
  basis: Basis | undefined
  /** Of the last round in which doubles were sorted out. */
  mark: number
}

/** A member as they stood when they changed last: free for what the pool asks for, as far as they have room. */
export interface Candidate extends Judged {
  readonly member: Member
  readonly stamp: number
}

/** Members of a pool who are not shut, best first. */
export interface Order {
  /** Some have changed since: their stamp is another. */
  items: Candidate[]
  /** All before are of the past. */
  start: number
  /** Who has changed since somebody asked, maybe more than once. */
  changed: Member[]
}

/** Pools, and members, that meet in a queue or in the name of an agent. */
export interface Home {
  readonly pools: Set<Pool>
  /** Those of them that have active classes or an order: they are told of agents who change. */
  readonly awake: Set<Pool>
  readonly members: Set<Member>
}

/** How a member ranks for the tickets of a pool. */
export type Rate = (sample: Ticket, member: Member) => Candidate

let rounds = 0

/** A number that no mark has yet. */
export const nextRound = (): number => ++rounds
