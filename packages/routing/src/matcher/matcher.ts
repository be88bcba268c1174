import type { Instant } from '@ramal/core'
import { declinedUntil, type Load } from '../eligibility.js'
import { type Heap, heap, popHeap, pushHeap } from '../heap.js'
import { orderKey } from '../order.js'
import type { Policy } from '../policy/index.js'
import { rankOf } from '../rank.js'
import { type Changes, type Estimates, follow, type RoutingState, type Ticket } from '../state.js'
import { classOf } from './class-of.js'
import { enter, headOf, leave } from './line.js'
import { place, type ScoreOf } from './order.js'
import { activate, activeOf, deactivate } from './pool.js'
import { writeFacts } from './roll.js'
import { dropClass, forgetGone, memberOf, type Roster, roster, stands } from './roster.js'
import { type Entry, FACTS, type Member, type Pool, type TicketClass, TOLD } from './shape.js'

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
  now: Instant
  pass: number
  roster: Roster
  readonly classes: Map<string, TicketClass>
  /** Above so many, classes in which nobody waits are forgotten. */
  mostClasses: number
  readonly entries: Map<string, Entry>
  /** How many wait in a queue, where queues have shares. */
  readonly lengths: Map<string, number>
  /** When time alone may let somebody take a ticket. */
  readonly wakes: Heap<{ readonly at: Instant; readonly entry: Entry }>
  /** Tickets that wait for an agent, by that agent. */
  readonly waitingFor: Map<string, Set<string>>
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
    changes: follow(state),
    policy: undefined,
    estimates: undefined,
    now: Number.NEGATIVE_INFINITY,
    pass: 0,
    roster: roster(),
    classes: new Map(),
    mostClasses: 1024,
    entries: new Map(),
    lengths: new Map(),
    wakes: heap((a, b) => a.at < b.at),
    waitingFor: new Map(),
    closed: new Map(),
    looked: [],
    told: [],
    open: 0,
    over: 0,
    taken: [],
    moved: [],
    scoreOf: (roll, { agent, load }) => rankOf(state, m.policy!, roll.sample, agent, load),
  }
  return m
}

/** @param fresh by a ticket, and not because of an agent who changed */
const look = (m: Matcher, of: TicketClass, fresh: boolean): void => {
  if (of.dropped) return
  if (of.pass !== m.pass) {
    of.pass = m.pass
    of.fresh = false
    m.looked.push(of)
  }
  if (fresh) of.fresh = true
}

/** Tells the active classes of a pool that somebody could be offered their tickets. */
const tell = (m: Matcher, pool: Pool): void => {
  const { active } = pool
  if (active.length === 0) return
  // They are all told with the first who has changed.
  if (pool.pass === m.pass) {
    pool.open++
    return
  }
  pool.pass = m.pass
  pool.open = 1
  for (let i = active.length - 1; i >= 0; i--) {
    const of = active[i]!
    if (headOf(of)) look(m, of, false)
    else deactivate(of)
  }
}

/** Somebody whom the pass told of has no room any more. */
const close = (m: Matcher, member: Member): void => {
  member.open = false
  m.open--
  for (const pool of member.pools) if (pool.pass === m.pass && --pool.open === 0) m.over += pool.active.length
}

/** Whether nobody can take a ticket of the class in this pass: nobody could before, and who was told of has no room. */
export const isOver = (m: Matcher, { blocked, fresh, pool }: TicketClass): boolean =>
  blocked && !fresh && (pool.pass !== m.pass || pool.open <= 0)

/**
 * An agent has changed. Who has no room for even the cheapest ticket can be offered none, and nobody needs to know.
 * @param more they may have more room than before: every class of theirs in which somebody waits is looked at
 */
export const notice = (m: Matcher, member: Member, load: Load, more: boolean): void => {
  const { presence, capacity, assignedAt, endedAt, presenceSince } = member.agent
  member.again = false
  member.assignedAt = assignedAt
  member.endedAt = endedAt
  member.presenceSince = presenceSince
  member.total = capacity.total
  member.load = load
  member.spare = capacity.total - load.load
  member.room = member.spare + load.interruptible
  member.capped = capacity.caps !== undefined
  member.present = presence === 'available'
  member.shut = !member.present || member.room < m.policy!.leastCost
  for (const { roll, at } of member.seats) {
    writeFacts(roll, at, member)
    if (more) roll.facts[FACTS * at + TOLD] = m.pass
    if (!member.shut) place(roll, at, m.scoreOf)
  }
  if (member.shut) {
    if (member.open) close(m, member)
  } else if (more) {
    if (!member.open) m.open++
    if (!member.open) m.told.push(member)
    member.open = true
    for (const pool of activeOf(member)) tell(m, pool)
  }
}

/**
 * Whether somebody is what the last pass made of them: what it offered them was written, and nothing else happened.
 * Only where nothing but what is compared comes into their order and room.
 */
const isAsKnown = ({ policy }: Matcher, member: Member): boolean => {
  const { agent, load, again, capped } = member
  return (
    !again &&
    load !== agent &&
    !capped &&
    agent.capacity.caps === undefined &&
    agent.load === load.load &&
    agent.interruptible === load.interruptible &&
    agent.idleSince === load.idleSince &&
    agent.offeredAt === load.offeredAt &&
    agent.assignedAt === member.assignedAt &&
    agent.endedAt === member.endedAt &&
    agent.presenceSince === member.presenceSince &&
    agent.capacity.total === member.total &&
    (agent.presence === 'available') === member.present &&
    !policy!.ranksBy.has('roundRobin') &&
    !policy!.ranksBy.has('fewestTickets')
  )
}

/** Somebody is, or may be, otherwise than they were noticed: to be taken in with the next pass. */
export const noteMoved = (m: Matcher, member: Member): void => {
  if (member.moved) return
  member.moved = true
  m.moved.push(member)
}

const isExhausted = (policy: Policy, { queue, offersMade }: Ticket): boolean =>
  offersMade >= policy.queue(queue!).maxOffers

const tierOf = ({ band, expedited }: Ticket): number => 2 * band + Number(expedited)

/** A ticket enters its class, which is looked at. */
export const addEntry = (m: Matcher, policy: Policy, ticket: Ticket): Entry => {
  const of = classOf(m, m.state, policy, ticket, m.now)
  const entry: Entry = { ticket, key: orderKey(policy, ticket), tier: tierOf(ticket), of, place: 'held' }
  if (!isExhausted(policy, ticket)) {
    enter(entry)
    activate(of)
    look(m, of, true)
  }
  return entry
}

const count = ({ lengths, policy }: Matcher, { queue }: TicketClass, by: 1 | -1): void => {
  if (policy!.shares.sum > 0) lengths.set(queue, (lengths.get(queue) ?? 0) + by)
}

const forgetEntry = (m: Matcher, entry: Entry): void => {
  const { ticket, of } = entry
  leave(entry)
  count(m, of, -1)
  if (ticket.preferred) for (const id of ticket.preferred.agents) m.waitingFor.get(id)?.delete(ticket.id)
}

/** What may change for a waiting ticket though nothing happens to it. */
const watch = (m: Matcher, policy: Policy, entry: Entry): void => {
  const { ticket } = entry
  const { declined, preferred, id } = ticket
  const wake = (at: Instant) => {
    if (at > m.now && Number.isFinite(at)) pushHeap(m.wakes, { at, entry })
  }
  if (declined.size > 0) for (const one of declined.values()) wake(declinedUntil(policy, ticket, one))
  if (!preferred) return
  wake(preferred.at + (preferred.for ?? policy.transferWaits))
  for (const agent of preferred.agents) {
    const others = m.waitingFor.get(agent)
    if (others) others.add(id)
    else m.waitingFor.set(agent, new Set([id]))
  }
}

/** Brings one ticket up to date. */
const refresh = (m: Matcher, policy: Policy, id: string): void => {
  const before = m.entries.get(id)
  if (before) forgetEntry(m, before)
  if (!m.state.waiting.has(id)) {
    if (before) m.entries.delete(id)
    return
  }
  const entry = addEntry(m, policy, m.state.tickets.get(id)!)
  m.entries.set(id, entry)
  count(m, entry.of, 1)
  watch(m, policy, entry)
}

const startAnew = (m: Matcher): void => {
  const { state, changes } = m
  m.roster = roster()
  for (const map of [m.classes, m.entries, m.lengths, m.waitingFor, m.closed]) map.clear()
  m.wakes.items.length = 0
  m.looked = []
  m.taken = []
  m.told = []
  m.moved = []
  for (const id of state.waiting) changes.tickets.add(id)
  for (const id of state.agents.keys()) changes.agents.add(id)
}

const sweep = (m: Matcher): void => {
  if (m.classes.size <= m.mostClasses) return
  let gone = false
  for (const [key, of] of m.classes) {
    if (headOf(of)) continue
    m.classes.delete(key)
    gone = dropClass(m.roster, of) || gone
  }
  if (gone) forgetGone(m.roster)
  m.mostClasses = 2 * m.classes.size + 1024
}

/** Takes in what has changed since the last pass. */
export const sync = (m: Matcher, policy: Policy, now: Instant): void => {
  const { state, changes } = m
  if (m.policy !== policy || m.estimates !== state.estimates || now < m.now) startAnew(m)
  const left = m.looked
  m.policy = policy
  m.estimates = state.estimates
  m.now = now
  m.pass++
  m.looked = []
  for (const member of m.told) member.open = false
  m.told = []
  m.open = 0
  m.over = 0
  for (const of of left) look(m, of, of.fresh)
  for (const [calendar, classes] of m.closed)
    if (policy.isOpen(calendar, now)) {
      for (const of of classes) look(m, of, true)
      m.closed.delete(calendar)
    }
  for (let wake = m.wakes.items[0]; wake && wake.at <= now; wake = m.wakes.items[0]) {
    popHeap(m.wakes)
    if (m.entries.get(wake.entry.ticket.id) === wake.entry) changes.tickets.add(wake.entry.ticket.id)
  }
  if (m.waitingFor.size > 0)
    for (const id of changes.agents) {
      if (stands(m.roster.members.get(id), state.agents.get(id)!)) continue
      for (const ticket of m.waitingFor.get(id) ?? []) changes.tickets.add(ticket)
    }
  for (const id of changes.tickets) refresh(m, policy, id)
  for (const entry of m.taken)
    if (entry.place === 'taken') {
      enter(entry)
      activate(entry.of)
      look(m, entry.of, true)
    }
  m.taken = []
  for (const id of changes.agents) noteMoved(m, memberOf(m.roster, state, id))
  const { moved } = m
  m.moved = []
  for (const member of moved) {
    member.moved = false
    if (isAsKnown(m, member)) member.load = member.agent
    else notice(m, member, member.agent, true)
  }
  changes.tickets.clear()
  changes.agents.clear()
  changes.customers.clear()
  sweep(m)
}
