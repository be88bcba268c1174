import type { Instant } from '@ramal/core'
import { declinedUntil } from '../eligibility.js'
import { pushHeap } from '../heap.js'
import { orderKey } from '../order.js'
import type { Policy } from '../policy/index.js'
import type { Ticket } from '../state.js'
import { classOf, isIndividual } from './class-of.js'
import { enter, leave } from './line.js'
import { look } from './look.js'
import type { Matcher } from './matcher.js'
import { activate } from './pool.js'
import type { Entry } from './shape.js'

const tierOf = ({ band, expedited }: Ticket): number => 2 * band + Number(expedited)

/** A ticket enters its class, which is looked at. */
export const addEntry = (m: Matcher, policy: Policy, ticket: Ticket): Entry => {
  const of = classOf(m, policy, ticket)
  const entry: Entry = {
    ticket,
    key: orderKey(policy, ticket),
    tier: tierOf(ticket),
    individual: isIndividual(ticket),
    preferred: ticket.preferred,
    of,
    place: 'held',
  }
  if (ticket.offersMade < of.rules.maxOffers) {
    enter(entry)
    activate(of)
    look(m, of, true)
  }
  return entry
}

const forgetEntry = (m: Matcher, entry: Entry): void => {
  const { ticket, preferred } = entry
  leave(entry)
  if (preferred) for (const id of preferred.agents) m.waitingFor.get(id)?.delete(ticket)
}

/** What may change for a waiting ticket though nothing happens to it. */
const watch = (m: Matcher, policy: Policy, entry: Entry): void => {
  const { ticket, preferred } = entry
  const { declined } = ticket
  const wake = (at: Instant) => {
    if (at > m.now && Number.isFinite(at)) pushHeap(m.wakes, { at, entry })
  }
  if (declined.size > 0) for (const one of declined.values()) wake(declinedUntil(policy, ticket, one))
  if (!preferred) return
  wake(preferred.at + (preferred.for ?? policy.transferWaits))
  for (const agent of preferred.agents) {
    const others = m.waitingFor.get(agent)
    if (others) others.add(ticket)
    else m.waitingFor.set(agent, new Set([ticket]))
  }
}

/** Brings one ticket up to date. */
export const refresh = (m: Matcher, policy: Policy, ticket: Ticket): void => {
  const { entries } = m
  const { at } = ticket
  // One by one: an array that is written to far behind its end becomes a table.
  while (entries.length <= at) entries.push(undefined)
  const before = entries[at]
  if (before) forgetEntry(m, before)
  entries[at] = undefined
  if (!ticket.waits) return
  const entry = addEntry(m, policy, ticket)
  entries[at] = entry
  watch(m, policy, entry)
}
