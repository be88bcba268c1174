import type { Instant } from '@ramal/core'
import { declinedUntil } from '../eligibility.js'
import { pushHeap } from '../heap.js'
import { orderKey } from '../order.js'
import type { Policy } from '../policy/index.js'
import type { Ticket } from '../state.js'
import { classOf } from './class-of.js'
import { enter, leave } from './line.js'
import { look } from './look.js'
import type { Matcher } from './matcher.js'
import { activate } from './pool.js'
import type { Entry, TicketClass } from './shape.js'

const tierOf = ({ band, expedited }: Ticket): number => 2 * band + Number(expedited)

/** A ticket enters its class, which is looked at. */
export const addEntry = (m: Matcher, policy: Policy, ticket: Ticket): Entry => {
  const of = classOf(m, m.state, policy, ticket, m.now)
  const entry: Entry = { ticket, key: orderKey(policy, ticket), tier: tierOf(ticket), of, place: 'held' }
  if (ticket.offersMade < of.rules.maxOffers) {
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
export const refresh = (m: Matcher, policy: Policy, id: string): void => {
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
