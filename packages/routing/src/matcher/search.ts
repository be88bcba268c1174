import { heap, popHeap } from '../heap.js'
import { compareRanked } from '../rank.js'
import { isCurrent } from './order.js'
import { type Asks, type Candidate, type Member, nextRound, type Order, type TicketClass } from './shape.js'

export type Enough = (found: readonly Candidate[]) => boolean
export type Suits = (candidate: Candidate) => boolean

export interface Search {
  /** Best first; those whom nothing of the ticket itself rules out. */
  readonly best: readonly Candidate[]
  /** Whether anybody could be offered another ticket of the class. */
  readonly someone: boolean
}

/** Of some members, whatever their order. */
export const searchAmong = (
  of: TicketClass,
  members: Iterable<Member>,
  asks: Asks,
  suits: Suits | undefined,
  enough: Enough,
): Search => {
  const found: Candidate[] = []
  let someone = false
  const round = nextRound()
  for (const member of members) {
    if (member.shut || member.mark === round) continue
    member.mark = round
    if (!asks.can(of, member)) continue
    someone = true
    const candidate = asks.rate(of.sample, member)
    if (!suits || suits(candidate)) found.push(candidate)
  }
  if (found.length <= 1) return { best: found, someone }
  const ranked = heap<Candidate>((a, b) => compareRanked(a, b) < 0, found)
  const best: Candidate[] = []
  while (ranked.items.length > 0 && !enough(best)) best.push(popHeap(ranked)!)
  return { best, someone }
}

/** Of the members of a queue, in their order, until they are enough. */
export const searchInOrder = (
  of: TicketClass,
  { items, start }: Order,
  asks: Asks,
  suits: Suits | undefined,
  enough: Enough,
): Search => {
  const best: Candidate[] = []
  let someone = false
  for (let i = start; i < items.length && !enough(best); i++) {
    const one = items[i]!
    if (!isCurrent(one) || !asks.can(of, one.member) || !of.able.has(one.member)) continue
    someone = true
    if (!suits || suits(one)) best.push(one)
  }
  return { best, someone }
}
