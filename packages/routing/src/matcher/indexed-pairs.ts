import type { Instant } from '@ramal/core'
import { hasRoom, judge } from '../eligibility.js'
import { carryMore } from '../loads.js'
import { isEnough } from '../match.js'
import type { Pair, Pairs } from '../pairs.js'
import type { Policy, QueuePolicy } from '../policy/index.js'
import type { Ticket } from '../state.js'
import { addEntry } from './entries.js'
import { headsOf } from './heads.js'
import { enter, headOf, leave, takeHead } from './line.js'
import type { Matcher } from './matcher.js'
import { isOver, noteMoved, noticeOffer } from './notice.js'
import { type Asks, type Found, type Search, searchAwaited, searchPool } from './search.js'
import type { Entry, Member, TicketClass } from './shape.js'
import { sync } from './sync.js'

/** So many classes that are over are passed over one by one, before all such are sorted out. */
const SLACK = 16

/** The pairs of one pass: only classes that changed, or whose agents did, are looked at. */
export const indexedPairs = (
  m: Matcher,
  policy: Policy,
  fresh: readonly Ticket[],
  now: Instant,
): Pairs<Found> => {
  const { state } = m
  let { offers } = state
  sync(m, policy, now)
  const passing = fresh.map((ticket) => addEntry(m, policy, ticket))
  const heads = headsOf(policy, m.looked, () => {
    const lengths = new Map([...state.queued].map(([queue, { size }]) => [queue, size]))
    for (const { queue } of fresh) lengths.set(queue!, (lengths.get(queue!) ?? 0) + 1)
    return lengths
  })
  /** Tickets whom nobody can take for facts of their own. */
  const aside: Entry[] = []
  let left = state.waiting.size + passing.length

  /** What is asked for the ticket that is searched for. */
  let wanted: Ticket
  let rules: QueuePolicy
  const suits = ({ agent, load }: Member): boolean =>
    judge(state, policy, wanted, agent, load, now).verdict === 'ok'
  const forAny: Asks = {
    scoreOf: m.scoreOf,
    hasRoom: ({ agent, load }, channel) => hasRoom(policy, agent, load, channel),
    suits: undefined,
    enough: (found) => isEnough(rules, found),
  }
  const forOne: Asks = { ...forAny, suits }
  const search = (of: TicketClass, { ticket, individual }: Entry): Search => {
    wanted = ticket
    rules = of.rules
    const asks = individual ? forOne : forAny
    return of.waitsFor
      ? searchAwaited(state.agents, m.roster, of, of.waitsFor, asks)
      : searchPool(of, m, asks)
  }

  const open = new Map<string, boolean>()
  /** Puts a class by until its queue opens. */
  const isClosed = (of: TicketClass): boolean => {
    const { hours } = of.rules
    if (hours === undefined) return false
    const isOpen = open.get(hours) ?? policy.isOpen(hours, now)
    open.set(hours, isOpen)
    if (isOpen) return false
    of.blocked = false
    const others = m.closed.get(hours)
    if (others) others.add(of)
    else m.closed.set(hours, new Set([of]))
    return true
  }

  const next = (): Pair<Found> | undefined => {
    for (let of = heads.top; of; of = heads.top) {
      if (isOver(m, of) || isClosed(of)) {
        heads.drop()
        continue
      }
      const head = headOf(of)!
      const { best, someone } = search(of, head)
      if (best.length > 0)
        return { ticket: head.ticket, key: head.key, ranked: best, rules: of.rules, asked: of.pool.asked }
      if (someone) {
        aside.push(takeHead(of))
        heads.again()
      } else {
        of.blocked = true
        heads.drop()
      }
    }
    return undefined
  }

  return {
    get left() {
      return left
    },
    next,
    serve(agents, cost) {
      const head = takeHead(heads.top!)
      m.taken.push(head)
      left--
      if (head.ticket.offers.size === 0) heads.served(head.ticket.queue!)
      let shut = false
      for (const { at } of agents) {
        const member = m.roster.members[at]!
        noteMoved(m, member)
        noticeOffer(
          m,
          member,
          carryMore(member.capped, head.of.rules, member.load, policy, head.ticket, cost, now, ++offers),
        )
        shut ||= member.shut
      }
      heads.again()
      // Nobody who changed has room any more: where no ticket came, nothing is otherwise than it was.
      if (shut && m.open === 0) heads.keep(({ fresh }) => fresh)
      else if (m.over > SLACK && 2 * m.over > heads.size) {
        heads.keep((of) => !isOver(m, of))
        m.over = 0
      }
    },
    close() {
      m.looked = heads.rest()
      // The pass ended early: who has room is to be told of again where it did not come to ask.
      if (m.looked.length > 0)
        for (const member of m.told) {
          if (!member.open) continue
          member.again = true
          noteMoved(m, member)
        }
      for (const entry of aside) enter(entry)
      for (const entry of passing) leave(entry)
    },
  }
}
