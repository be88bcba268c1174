import { compareRanked } from '../rank.js'
import { hotOrderOf, isCurrent, orderOf } from './order.js'
import type { Roster } from './roster.js'
import type { Candidate, Member, Rate, TicketClass } from './shape.js'

export interface Search {
  /** Best first; those whom nothing of the ticket itself rules out. */
  readonly best: readonly Candidate[]
  /** Whether anybody could be offered another ticket of the class. */
  readonly someone: boolean
}

/** What is asked about agents as things are. */
export interface Asks {
  /** Whether somebody who is able has room for a ticket of the class. */
  can(of: TicketClass, member: Member): boolean
  readonly rate: Rate
  /** Whether nothing of the ticket itself rules somebody out. Left out where there is nothing such. */
  readonly suits: ((candidate: Candidate) => boolean) | undefined
  /** Whether so many are all that is needed. */
  enough(found: readonly Candidate[]): boolean
}

/** Of those whom the class waits for. */
export const searchAwaited = (
  { members }: Roster,
  of: TicketClass,
  awaited: readonly string[],
  { can, rate, suits }: Asks,
): Search => {
  const { able, sample } = of.pool
  const best: Candidate[] = []
  let someone = false
  for (const id of new Set(awaited)) {
    const member = members.get(id)
    if (!member || member.shut || !able.has(member) || !can(of, member)) continue
    someone = true
    const candidate = rate(sample, member)
    if (!suits || suits(candidate)) best.push(candidate)
  }
  return { best: best.sort(compareRanked), someone }
}

/** Of the pool, in its order, until they are enough. Where nobody could be asked before, only who has changed can be. */
export const searchPool = (of: TicketClass, { can, rate, suits, enough }: Asks): Search => {
  const { items, start } = of.blocked ? hotOrderOf(of.pool, rate) : orderOf(of.pool, rate)
  const best: Candidate[] = []
  let someone = false
  for (let i = start; i < items.length && !enough(best); i++) {
    const one = items[i]!
    if (!isCurrent(one) || !can(of, one.member)) continue
    someone = true
    if (!suits || suits(one)) best.push(one)
  }
  return { best, someone }
}
