import type { Load } from '../eligibility.js'
import { headOf } from './line.js'
import { look } from './look.js'
import type { Matcher } from './matcher.js'
import { place } from './order.js'
import { activeOf, deactivate } from './pool.js'
import { writeFacts } from './roll.js'
import { FACTS, type Member, type Pool, type TicketClass, TOLD } from './shape.js'

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
 * @param more they may have more room than before: every class of theirs in which somebody waits is looked at. Else
 * the pass offers them something.
 */
export const notice = (m: Matcher, member: Member, load: Load, more: boolean): void => {
  const { presence, capacity, changes, asked } = member.agent
  member.again = false
  member.changes = changes
  member.asked = asked
  member.served = more ? 0 : member.served + 1
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
    if (!member.open) {
      member.open = true
      m.open++
      m.told.push(member)
    }
    for (const pool of activeOf(member)) tell(m, pool)
  }
}

/**
 * Whether somebody is what the last pass made of them: what it offered them was written, and nothing else happened.
 * Only where nothing but how much they carry, and since when, comes into their order and room.
 */
export const isAsKnown = ({ policy, byChannel }: Matcher, member: Member): boolean => {
  const { agent, load, again, changes, asked, served } = member
  if (again || served === 0 || byChannel || policy!.ranksByTurns || policy!.ranksByTickets) return false
  return (
    agent.changes === changes &&
    agent.asked === asked + served &&
    agent.load === load.load &&
    agent.interruptible === load.interruptible &&
    agent.offeredAt === load.offeredAt
  )
}

/** Somebody is, or may be, otherwise than they were noticed: to be taken in with the next pass. */
export const noteMoved = (m: Matcher, member: Member): void => {
  if (member.moved) return
  member.moved = true
  m.moved.push(member)
}
