import type { Option } from '../match.js'
import { compareRanked } from '../rank.js'
import type { AgentState } from '../state.js'
import type { Matcher } from './matcher.js'
import { orderOf, type ScoreOf, scoreAt } from './order.js'
import { hasSeat, isIn, sitApart } from './pool.js'
import {
  AGENT,
  FACTS,
  type Member,
  ROOM,
  type Roster,
  SEAT,
  SPARE,
  STAMP,
  STAMPED,
  type TicketClass,
  TOLD,
} from './shape.js'

/** Somebody who can be offered a ticket. */
export interface Found extends Option {
  /** Of the agent. */
  readonly at: number
}

export interface Search {
  /** Best first; those whom nothing of the ticket itself rules out. */
  readonly best: readonly Found[]
  /** Whether anybody could be offered another ticket of the class. */
  readonly someone: boolean
}

/** What is asked about agents as things are. */
export interface Asks {
  readonly scoreOf: ScoreOf
  /** Whether somebody who has caps has room for one more of a channel. */
  hasRoom(member: Member, channel: string): boolean
  /** Whether nothing of the ticket itself rules somebody out. Left out where there is nothing such. */
  readonly suits: ((member: Member) => boolean) | undefined
  /** Whether so many are all that is needed. */
  enough(found: readonly Found[]): boolean
}

const found = ({ ids, idle }: Roster, at: number, score: readonly number[]): Found => ({
  id: ids[at]!,
  idleSince: idle[at]!,
  score,
  at,
})

/** Of those whom the class waits for. */
export const searchAwaited = (
  agents: ReadonlyMap<string, AgentState>,
  roster: Roster,
  { pool, channel, cost, interruptible }: TicketClass,
  awaited: readonly string[],
  { scoreOf, hasRoom, suits }: Asks,
): Search => {
  const best: Found[] = []
  let someone = false
  for (const id of new Set(awaited)) {
    const agent = agents.get(id)
    const member = agent && roster.members[agent.at]
    if (!member || member.shut || (interruptible ? member.spare : member.room) < cost) continue
    if (!isIn(pool, member) || (member.capped && !hasRoom(member, channel))) continue
    someone = true
    if (!suits || suits(member)) best.push(found(roster, agent.at, scoreOf(pool.roll, member)))
  }
  return { best: best.sort(compareRanked), someone }
}

/**
 * Of the pool, in its order, until they are enough. Where nobody could be asked before, only who was told of in this
 * pass can be.
 */
export const searchPool = (
  { pool, channel, cost, interruptible, blocked }: TicketClass,
  { most, pass, byChannel }: Pick<Matcher, 'most' | 'pass' | 'byChannel'>,
  { scoreOf, hasRoom, suits, enough }: Asks,
): Search => {
  if (pool.able && most * pool.size < pool.roll.members.length) sitApart(pool)
  const { roll, able } = pool
  const order = orderOf(roll, scoreOf)
  const { rows, width, start, end } = order
  const { roster } = roll
  const { facts, members } = roster
  const free = interruptible ? SPARE : ROOM
  const best: Found[] = []
  let someone = false
  for (let i = start; i < end; i++) {
    // First what is asked of a bit: most fail by that, and the bits of all lie together.
    if (able && !hasSeat(able, rows[width * i + SEAT]!)) continue
    const at = rows[width * i + AGENT]!
    const fact = FACTS * at
    if (facts[fact + free]! < cost || facts[fact + STAMP] !== rows[width * i + STAMPED]) continue
    if (blocked && facts[fact + TOLD] !== pass) continue
    if (byChannel && members[at]!.capped && !hasRoom(members[at]!, channel)) continue
    someone = true
    if (suits && !suits(members[at]!)) continue
    best.push(found(roster, at, scoreAt(order, i)))
    if (enough(best)) break
  }
  return { best, someone }
}
