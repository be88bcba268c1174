import type { Instant } from '@ramal/core'
import { judge } from '../eligibility.js'
import { loadsIn } from '../loads.js'
import { enoughFor, type Judged } from '../match.js'
import type { Pair, Pairs } from '../pairs.js'
import type { Policy } from '../policy/index.js'
import { rankOf } from '../rank.js'
import type { Ticket } from '../state.js'
import { isIndividual } from './class-of.js'
import { headsOf } from './heads.js'
import { addEntry, type Matcher, notice, sync } from './matcher.js'
import type { Candidate, Entry, TicketClass } from './shape.js'
import { type Asks, bestFor, enter, leave, takeHead } from './ticket-class.js'

/** The pairs of one pass: only classes that changed, or whose agents did, are looked at. */
export const indexedPairs = (m: Matcher, policy: Policy, fresh: readonly Ticket[], now: Instant): Pairs => {
  const { state } = m
  sync(m, policy, now)
  const carried = loadsIn(state, policy, now)
  const passing = fresh.map((ticket) => addEntry(m, policy, ticket))
  const heads = headsOf(policy, m.looked, () => {
    const lengths = new Map(m.lengths)
    for (const { queue } of fresh) lengths.set(queue!, (lengths.get(queue!) ?? 0) + 1)
    return lengths
  })
  /** Tickets whom nobody can take for facts of their own. */
  const aside: Entry[] = []
  let left = state.waiting.size + passing.length

  const asks: Asks = {
    rank({ sample }, { agent }) {
      const load = carried.of(agent)
      return judge(state, policy, sample, agent, load, now).verdict === 'ok'
        ? rankOf(state, policy, sample, agent, load)
        : undefined
    },
    suits: ({ ticket }, { agent }) =>
      judge(state, policy, ticket, agent, carried.of(agent), now).verdict === 'ok',
  }

  const open = new Map<string, boolean>()
  /** Puts a class by until its queue opens. */
  const isClosed = (of: TicketClass): boolean => {
    const { hours } = policy.queue(of.sample.queue!)
    if (hours === undefined) return false
    const isOpen = open.get(hours) ?? policy.isOpen(hours, now)
    open.set(hours, isOpen)
    if (isOpen) return false
    const others = m.closed.get(hours)
    if (others) others.add(of)
    else m.closed.set(hours, new Set([of]))
    return true
  }

  const judged = ({ agent, score }: Candidate): Judged => ({
    agent,
    load: carried.of(agent),
    score,
    verdict: 'ok',
  })

  const next = (): Pair | undefined => {
    for (let of = heads.top; of; of = heads.top) {
      const head = of.entries.items[0]!
      const individual = isIndividual(head.ticket)
      const best = isClosed(of) ? [] : bestFor(head, individual, asks, enoughFor(policy, head.ticket))
      if (best.length > 0) return { ticket: head.ticket, key: head.key, ranked: best.map(judged) }
      if (individual && of.candidates.items.length > 0) {
        aside.push(takeHead(of))
        heads.again()
      } else heads.drop()
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
      heads.served(head.ticket.queue!)
      let shut = false
      for (const agent of agents) {
        const member = m.roster.members.get(agent.id)!
        carried.take(agent, head.ticket, cost)
        m.moved.add(member)
        notice(m, member, carried.of(agent), false)
        shut ||= member.shut
      }
      heads.again()
      // Nobody who changed has room any more: where no ticket came, nothing is otherwise than it was.
      if (shut && m.open.size === 0) heads.keep(({ asked }) => asked)
    },
    close() {
      m.looked = heads.rest()
      for (const entry of aside) enter(entry)
      for (const entry of passing) leave(entry)
    },
  }
}
