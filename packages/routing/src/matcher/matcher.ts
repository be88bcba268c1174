import type { Instant } from '@ramal/core'
import { type Heap, heap } from '../heap.js'
import type { Policy } from '../policy/index.js'
import { scoreBy } from '../rank.js'
import { type Changes, type Estimates, follow, type RoutingState, type Ticket } from '../state.js'
import type { ScoreOf } from './order.js'
import { roster } from './roster.js'
import type { Entry, Member, Roster, TicketClass } from './shape.js'

/**
 * What waits and who can take it, kept from pass to pass, so that a pass looks only at what changed since the one
 * before. Whatever a pass has settled stays settled until one of its agents or tickets changes: agents only lose
 * room while a pass runs.
 */
export interface Matcher {
  readonly state: RoutingState
  /** Where more than so many times those in a pool are on the roll of its queue, they get a roll of their own. */
  readonly most: number
  readonly changes: Changes
  /** What everything below was found by. */
  policy: Policy | undefined
  estimates: Estimates | undefined
  /** Somebody has caps by channel: tickets of different channels are told apart by more than what they cost. */
  byChannel: boolean
  now: Instant
  pass: number
  roster: Roster
  readonly classes: Map<string, TicketClass>
  /** Those of tickets that nothing but their channel, what they ask for and their queue tells apart, by these. */
  readonly usual: Map<string, Map<string, Map<string, TicketClass>>>
  /** Above so many, classes in which nobody waits are forgotten. */
  mostClasses: number
  /** By `at` of the ticket. */
  readonly entries: (Entry | undefined)[]
  /** When time alone may let somebody take a ticket. */
  readonly wakes: Heap<{ readonly at: Instant; readonly entry: Entry }>
  /** Tickets that wait for an agent, by that agent. */
  readonly waitingFor: Map<string, Set<Ticket>>
  /** Classes whose queue is closed, by calendar. */
  readonly closed: Map<string, Set<TicketClass>>
  /** Classes that may have a pair now. */
  looked: TicketClass[]
  /** Agents who have changed since the last pass and had room, and how many of them still have. */
  told: Member[]
  open: number
  /** How many classes have come to be over in this pass, at most; see `isOver`. */
  over: number
  /** Offered by the last pass. What has not changed by now was not: what the pass decided was not written. */
  taken: Entry[]
  /** Agents whom the last pass left otherwise than the state has them. */
  moved: Member[]
  /** How somebody ranks for the tickets of a roll. */
  readonly scoreOf: ScoreOf
}

/** Follows a state, from now on. Its owner changes the state by `applyToRouting` alone. */
export const matcher = (state: RoutingState, { most = 32 }: { readonly most?: number } = {}): Matcher => {
  const m: Matcher = {
    state,
    most,
    changes: follow(state, true),
    policy: undefined,
    estimates: undefined,
    byChannel: false,
    now: Number.NEGATIVE_INFINITY,
    pass: 0,
    roster: roster(),
    classes: new Map(),
    usual: new Map(),
    mostClasses: 1024,
    entries: [],
    wakes: heap((a, b) => a.at < b.at),
    waitingFor: new Map(),
    closed: new Map(),
    looked: [],
    told: [],
    open: 0,
    over: 0,
    taken: [],
    moved: [],
    scoreOf: (roll, { agent, load }) => scoreBy(roll.scoring, state, m.policy!, roll.sample, agent, load),
  }
  return m
}
