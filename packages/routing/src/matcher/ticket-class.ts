import { filterHeap, heap, popHeap, pushHeap } from '../heap.js'
import { compareOrdered } from '../order.js'
import { compareRanked } from '../rank.js'
import type { Ticket } from '../state.js'
import { type Candidate, type Entry, isCurrent, type Member, nextRound, type TicketClass } from './shape.js'

/** What is not true any more is carried along until it is more than this, and more than half. */
const SLACK = 32

export const ticketClass = (key: string, sample: Ticket, homes: readonly string[]): TicketClass => ({
  key,
  sample,
  homes,
  entries: heap((a, b) => compareOrdered(a, b) < 0),
  left: 0,
  candidates: heap((a, b) => compareRanked(a, b) < 0),
  mostCandidates: 2 * SLACK,
  news: [],
  mostNews: 2 * SLACK,
  pass: -1,
  asked: false,
  dropped: false,
  mark: 0,
})

export const enter = (entry: Entry): void => {
  entry.place = 'waits'
  pushHeap(entry.of.entries, entry)
}

export const leave = (entry: Entry): void => {
  const { place, of } = entry
  entry.place = 'left'
  if (place !== 'waits' || ++of.left <= SLACK + (of.entries.items.length >> 1)) return
  filterHeap(of.entries, (other) => other.place === 'waits')
  of.left = 0
}

/** Who goes first, if anybody waits. */
export const headOf = (of: TicketClass): Entry | undefined => {
  for (;;) {
    const top = of.entries.items[0]
    if (top === undefined || top.place === 'waits') return top
    popHeap(of.entries)
    of.left--
  }
}

/** Takes the head out. It is to be put back with `enter` if what it was taken for is not written. */
export const takeHead = (of: TicketClass): Entry => {
  const head = popHeap(of.entries)!
  head.place = 'taken'
  return head
}

/** An agent has changed who may be of use to the class. What it means is found out when somebody asks. */
export const hear = (of: TicketClass, member: Member): void => {
  const { news } = of
  if (news.push(member) < of.mostNews) return
  const round = nextRound()
  let kept = 0
  for (const one of news) {
    if (one.mark === round) continue
    one.mark = round
    news[kept++] = one
  }
  news.length = kept
  of.mostNews = 2 * (kept + SLACK)
}

/** What a class asks about an agent as things are. */
export interface Asks {
  /** How they rank for the class; nothing for who cannot be offered its tickets. */
  rank(of: TicketClass, member: Member): readonly number[] | undefined
  /** Whether nothing of the ticket itself rules them out. */
  suits(entry: Entry, candidate: Candidate): boolean
}

const takeNews = (of: TicketClass, rank: Asks['rank']): void => {
  const { candidates, news } = of
  const round = nextRound()
  for (const member of news) {
    if (member.shut || member.mark === round) continue
    member.mark = round
    const score = rank(of, member)
    if (score) pushHeap(candidates, { agent: member.agent, member, stamp: member.stamp, score })
  }
  news.length = 0
  if (candidates.items.length <= of.mostCandidates) return
  filterHeap(candidates, isCurrent)
  of.mostCandidates = 2 * (candidates.items.length + SLACK)
}

/**
 * The best candidates for the head of a class, best first, until they are enough.
 * @param individual the head has facts of its own that rule agents out
 */
export const bestFor = (
  entry: Entry,
  individual: boolean,
  asks: Asks,
  enough: (found: readonly Candidate[]) => boolean,
): readonly Candidate[] => {
  const { candidates, news } = entry.of
  if (news.length > 0) takeNews(entry.of, asks.rank)
  const best: Candidate[] = []
  const passed: Candidate[] = []
  while (!enough(best)) {
    const top = popHeap(candidates)
    if (!top) break
    if (!isCurrent(top)) continue
    if (!individual || asks.suits(entry, top)) best.push(top)
    else passed.push(top)
  }
  for (const one of best) pushHeap(candidates, one)
  for (const one of passed) pushHeap(candidates, one)
  return best
}
