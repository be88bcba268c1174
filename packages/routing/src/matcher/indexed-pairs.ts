import type { Instant } from '@ramal/core'
import { hasRoom, judge } from '../eligibility.js'
import { loadsIn } from '../loads.js'
import { enoughFor, type Judged } from '../match.js'
import type { Pair, Pairs } from '../pairs.js'
import type { Policy } from '../policy/index.js'
import { rankOf } from '../rank.js'
import type { Ticket } from '../state.js'
import { isIndividual } from './class-of.js'
import { headsOf } from './heads.js'
import { enter, leave, takeHead } from './line.js'
import { addEntry, type Matcher, notice, sync } from './matcher.js'
import { hasOneOrder, orderOf } from './order.js'
import { homeOf } from './roster.js'
import { type Search, searchAmong, searchInOrder } from './search.js'
import type { Asks, Candidate, Entry, TicketClass } from './shape.js'

/** The pairs of one pass: only classes that changed, or whose agents did, are looked at. */
export const indexedPairs = (m: Matcher, policy: Policy, fresh: readonly Ticket[], now: Instant): Pairs => {
  const { state } = m
  const carried = loadsIn(state, policy, now)
  const asks: Asks = {
    can({ sample, waitsFor, cost, interruptible }, { agent, room, spare, capped, load }) {
      if ((interruptible ? spare : room) < cost) return false
      if (waitsFor !== undefined && !waitsFor.includes(agent.id)) return false
      return !capped || hasRoom(policy, agent, load, sample.channel)
    },
    rate(sample, member) {
      const { agent, stamp, load } = member
      return { agent, member, stamp, score: rankOf(state, policy, sample, agent, load) }
    },
  }
  sync(m, policy, now, asks.rate)
  const passing = fresh.map((ticket) => addEntry(m, policy, ticket))
  const heads = headsOf(policy, m.looked, () => {
    const lengths = new Map(m.lengths)
    for (const { queue } of fresh) lengths.set(queue!, (lengths.get(queue!) ?? 0) + 1)
    return lengths
  })
  /** Tickets whom nobody can take for facts of their own. */
  const aside: Entry[] = []
  let left = state.waiting.size + passing.length

  const search = (of: TicketClass, ticket: Ticket): Search => {
    const enough = enoughFor(policy, ticket)
    const suits = isIndividual(ticket)
      ? ({ agent }: Candidate) => judge(state, policy, ticket, agent, carried.of(agent), now).verdict === 'ok'
      : undefined
    // Where nobody could be asked before, only who has changed since can be.
    if (of.blocked) return searchAmong(of, of.hot, asks, suits, enough)
    if (of.homes.length > 1 || of.able.size <= m.few || !hasOneOrder(policy, of.sample.queue!))
      return searchAmong(of, of.able, asks, suits, enough)
    const order = orderOf(homeOf(m.roster, of.homes[0]!), of.sample, asks.rate)
    return searchInOrder(of, order, asks, suits, enough)
  }

  const open = new Map<string, boolean>()
  /** Puts a class by until its queue opens. */
  const isClosed = (of: TicketClass): boolean => {
    const { hours } = policy.queue(of.sample.queue!)
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

  const judged = ({ agent, score, member: { load } }: Candidate): Judged => ({
    agent,
    load,
    score,
    verdict: 'ok',
  })

  const next = (): Pair | undefined => {
    for (let of = heads.top; of; of = heads.top) {
      if (isClosed(of)) {
        heads.drop()
        continue
      }
      const { ticket, key } = of.line.head!
      const { best, someone } = search(of, ticket)
      if (best.length > 0) return { ticket, key, ranked: best.map(judged) }
      if (someone) {
        aside.push(takeHead(of.line))
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
      const head = takeHead(heads.top!.line)
      m.taken.push(head)
      left--
      heads.served(head.ticket.queue!)
      let shut = false
      for (const agent of agents) {
        const member = m.roster.members.get(agent.id)!
        carried.take(agent, head.ticket, cost)
        m.moved.add(member)
        notice(m, member, carried.of(agent), asks.rate, false)
        shut ||= member.shut
      }
      heads.again()
      // Nobody who changed has room any more: where no ticket came, nothing is otherwise than it was.
      if (shut && m.open.size === 0) heads.keep(({ fresh }) => fresh)
    },
    close() {
      m.looked = heads.rest()
      // The pass ended early: who has room is to be told of again where it did not come to ask.
      if (m.looked.length > 0) for (const member of m.open) m.moved.add(member)
      for (const entry of aside) enter(entry)
      for (const entry of passing) leave(entry)
    },
  }
}
