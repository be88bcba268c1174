import type { Load } from '../eligibility.js'
import { headOf } from './line.js'
import { look } from './look.js'
import type { Matcher } from './matcher.js'
import { place } from './order.js'
import { activeOf, deactivate } from './pool.js'
import { FACTS, type Member, type Pool, ROOM, SPARE, STAMP, type TicketClass, TOLD } from './shape.js'

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

/** What they carry is another: no place that was found for them before is theirs any more. */
const carries = (m: Matcher, member: Member, load: Load, spare: number): void => {
  const { facts, idle } = m.roster
  const { at } = member.agent
  const fact = FACTS * at
  member.load = load
  member.spare = spare
  member.room = spare + load.interruptible
  member.shut = !member.present || member.room < m.policy!.leastCost
  facts[fact + STAMP]!++
  facts[fact + ROOM] = member.room
  facts[fact + SPARE] = spare
  idle[at] = load.idleSince
  if (member.shut) return
  for (let seat = member.seats; seat; seat = seat.next) place(seat.roll, seat.at, member, m.scoreOf)
}

/**
 * An agent has changed: every class of theirs in which somebody waits is looked at. Who has no room for even the
 * cheapest ticket can be offered none, and nobody needs to know.
 */
export const notice = (m: Matcher, member: Member): void => {
  const { agent } = member
  member.again = false
  member.changes = agent.changes
  member.asked = agent.asked
  member.served = 0
  m.roster.facts[FACTS * agent.at + TOLD] = m.pass
  carries(m, member, agent, member.total - agent.load)
  if (member.shut) {
    if (member.open) close(m, member)
    return
  }
  if (!member.open) {
    member.open = true
    m.open++
    m.told.push(member)
  }
  for (const pool of activeOf(member)) tell(m, pool)
}

/** The pass offers them something, and they carry that besides. */
export const noticeOffer = (m: Matcher, member: Member, load: Load): void => {
  member.again = false
  member.served++
  carries(m, member, load, member.spare + member.load.load - load.load)
  if (member.shut && member.open) close(m, member)
}

/**
 * Whether somebody is what the last pass made of them: what it offered them was written, and nothing else happened.
 * Only where nothing but how much they carry, and since when, comes into their order and room.
 */
export const isAsKnown = ({ policy, byChannel, roster: { idle } }: Matcher, member: Member): boolean => {
  const { agent, again, changes, asked, served, total, spare, room } = member
  if (again || served === 0 || byChannel || policy!.ranksByTurns || policy!.ranksByTickets) return false
  return (
    agent.changes === changes &&
    agent.asked === asked + served &&
    agent.load === total - spare &&
    agent.interruptible === room - spare &&
    agent.idleSince === idle[agent.at]
  )
}

/** Somebody is, or may be, otherwise than they were noticed: to be taken in with the next pass. */
export const noteMoved = (m: Matcher, member: Member): void => {
  if (member.moved) return
  member.moved = true
  m.moved.push(member)
}
