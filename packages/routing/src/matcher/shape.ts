import type { Heap } from '../heap.js'
import type { Ordered } from '../order.js'
import type { Ranked } from '../rank.js'
import type { AgentState, Ticket } from '../state.js'

/** A ticket that waits, in its class. */
export interface Entry extends Ordered {
  readonly of: TicketClass
  /**
   * `taken`: out of the heap, as the last pass offered it. `left`: it waits no more. `held`: it waits, and nobody is
   * asked.
   */
  place: 'waits' | 'taken' | 'left' | 'held'
}

/**
 * Tickets that agents tell apart by nothing but their order, and by facts of a single ticket that only rule agents
 * out, such as a decline. Who can be offered none of them is known without looking at each.
 */
export interface TicketClass {
  readonly key: string
  /** One of its tickets without what rules out single agents: agents are judged and ranked with it. */
  readonly sample: Ticket
  /** Queues, and agents named, by whom an agent can belong to those who could be asked. */
  readonly homes: readonly string[]
  /** Best first, and tickets that have left, which are passed over when they come to the top. */
  readonly entries: Heap<Entry>
  left: number
  /** Who can be offered its tickets, best first; and who could before they changed, passed over likewise. */
  readonly candidates: Heap<Candidate>
  /** With so many candidates, those who changed are sorted out. */
  mostCandidates: number
  /** Agents who changed since the candidates were last asked for; some more than once. */
  readonly news: Member[]
  /** With so many news, doubles are sorted out. */
  mostNews: number
  /** The pass that it was last looked at in. */
  pass: number
  /** In that pass a ticket came, or its hours began: it is looked at whoever has changed. */
  asked: boolean
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
  /** Greater with each change: what was found out about an earlier one is not true any more. */
  stamp: number
  /** They are not there, or have no room for even the cheapest ticket: no candidate of any class. */
  shut: boolean
  present: boolean
  /** Whose tickets they could be offered. */
  classes: TicketClass[]
  /** What `classes` was found from; nothing while they are signed out. */
  basis: Basis | undefined
  /** Of the last rounds in which doubles were sorted out: of news, and of the members of a class. */
  mark: number
  found: number
}

/** A member as they stood when they changed last. */
export interface Candidate extends Ranked {
  readonly agent: AgentState
  readonly member: Member
  readonly stamp: number
}

export const isCurrent = ({ member, stamp }: Candidate): boolean => member.stamp === stamp

let rounds = 0

/** A number that no mark has yet. */
export const nextRound = (): number => ++rounds
