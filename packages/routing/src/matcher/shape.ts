import type { Load } from '../eligibility.js'
import type { Heap } from '../heap.js'
import type { Ordered } from '../order.js'
import type { Asked, QueuePolicy } from '../policy/index.js'
import type { Scoring } from '../rank.js'
import type { AgentState, Preference, Ticket } from '../state.js'

/** A ticket that waits, in its class. */
export interface Entry extends Ordered {
  readonly of: TicketClass
  /** Band and expedition in one number, the greater goes first. */
  readonly tier: number
  /** Facts of the ticket alone rule agents out whom its class would ask. */
  readonly individual: boolean
  /** Whom it waits for, as when it was entered. */
  readonly preferred: Preference | undefined
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
  /** Who goes first, once that is found out, and where they stand. */
  head: Entry | undefined
  tier: number
  key: number
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
  /** Where they are seated: the roll of the queue, or one of the pool's own. */
  roll: Roll
  /** Seats of those who are in the pool, a bit each; left out where all on the roll are. */
  able: Uint32Array | undefined
  /** How many are in it. */
  size: number
  /** Its classes in which somebody waits, or did so lately: they are told of agents who have room. */
  readonly active: TicketClass[]
  /** In which its active classes were told last, and how many of whom they were told have room still. */
  pass: number
  open: number
  /** Of how many classes. When it is 0 it is forgotten. */
  classes: number
  /** Of the last round in which doubles were sorted out. */
  mark: number
}

/** Agents by seat, and those of them who are not shut in order. */
export interface Roll {
  readonly roster: Roster
  /** A ticket by which they rank, and how. */
  readonly sample: Ticket
  readonly scoring: Scoring
  readonly members: Member[]
  /** Seats that nobody has. */
  readonly free: number[]
  /** Its pool was forgotten. */
  gone: boolean
  /** Made when it is asked for. */
  order: Order | undefined
}

/** Best first. Who has changed stands in it again; their stamp tells which place is theirs. */
export interface Order {
  /** For each place a seat, the `at` of the agent, a stamp, and as many scores as there are rankings. */
  rows: Float64Array
  /** Numbers a place. */
  readonly width: number
  /** All before are of the past. */
  start: number
  end: number
  /** How many changes were noted since somebody asked. */
  idle: number
}

/** In the row of a place. */
export const SEAT = 0
export const AGENT = 1
export const STAMPED = 2
export const SCORES = 3

/** Greater with each change of the agent. */
export const STAMP = 0
/** What they have free for a ticket, and for one that gives way to what does not. */
export const ROOM = 1
export const SPARE = 2
/** The pass in which they were told of last, as they may have more room than before. */
export const TOLD = 3
export const FACTS = 4

/** A member's seat on a roll, and the next of their seats: most have few, and each is looked at when they change. */
export interface Seat {
  readonly roll: Roll
  readonly at: number
  readonly next: Seat | undefined
}

/** What the tickets of a class have in common. */
export interface Alike {
  readonly name: string
  readonly pool: Pool
  readonly queue: string
  readonly rules: QueuePolicy
  /** Of all of its tickets, where somebody has caps by channel. */
  readonly channel: string
  /** Whom its tickets wait for, if they do. */
  readonly waitsFor: readonly string[] | undefined
  /** What a ticket of it costs, and whether that gives way to what does not. */
  readonly cost: number
  readonly interruptible: boolean
}

/**
 * Tickets that agents tell apart by nothing but their order, and by facts of a single ticket that only rule agents
 * out, such as a decline. Who can be offered none of them is known without looking at each.
 */
export interface TicketClass extends Alike, Line {
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
  /** They are not there, or have no room for even the cheapest ticket. */
  shut: boolean
  present: boolean
  /** What they carry, in the running pass with what it has decided. */
  load: Load
  /** What they have free for a ticket, and for one that gives way to what does not. */
  room: number
  spare: number
  /** What they can carry, and whether there is a cap for some channel. */
  total: number
  capped: boolean
  /** They have changed since the last pass, and have room. */
  open: boolean
  /** They are among those who may be otherwise than they were noticed last. */
  moved: boolean
  /** Their classes are to be told of them again, whatever they are now. */
  again: boolean
  /** Of the agent, when all was found that only they themselves change, and not the work that comes to them. */
  version: number
  /** Of the agent, when they were noticed last; and how often they were to be offered something since. */
  changes: number
  asked: number
  served: number
  /** Those that they are in. */
  pools: Pool[]
  seats: Seat | undefined
  /** Of their queues, and of their name. */
  homes: readonly Home[]
  /** What all that was found from; nothing while they are signed out. */
  basis: Basis | undefined
  /** Of the last round in which doubles were sorted out. */
  mark: number
}

/** Who could be offered what, as far as neither load nor presence comes into it. */
export interface Roster {
  /** By `at` of the agent. */
  readonly members: Member[]
  /**
   * The same of the members, side by side, so that a search that passes over many agents touches little memory: their
   * ids, `FACTS` of each (see `STAMP` and its like), and since when they have been idle.
   */
  readonly ids: string[]
  facts: Int32Array
  idle: Float64Array
  readonly homes: Map<string, Home>
  readonly pools: Map<string, Pool>
}

/** Pools, and members, that meet in a queue or in the name of an agent. */
export interface Home {
  readonly pools: Set<Pool>
  /** Those of them that have active classes. */
  readonly active: Set<Pool>
  readonly members: Set<Member>
  /** Of the members, once a pool needs it. */
  roll: Roll | undefined
}

let rounds = 0

/** A number that no mark has yet. */
export const nextRound = (): number => ++rounds
