import type { Instant } from '@ramal/core'
import { compareOrdered, orderKey } from './order.js'
import type { Policy } from './policy/index.js'
import type { RoutingState, Ticket } from './state.js'

const orderedBy = (policy: Policy) => (ticket: Ticket) => ({ ticket, key: orderKey(policy, ticket) })

/** A ticket's place among those who wait in its queue, from 1; undefined when it does not wait. */
export const placeInQueue = (state: RoutingState, id: string): number | undefined => {
  const { policy, tickets, queued } = state
  const ticket = tickets.get(id)
  if (!policy || ticket?.place !== 'queued') return undefined
  const ordered = orderedBy(policy)
  const own = ordered(ticket)
  let place = 1
  for (const other of queued.get(ticket.queue!) ?? [])
    if (other !== id && compareOrdered(ordered(tickets.get(other)!), own) < 0) place++
  return place
}

/**
 * How long a ticket may still wait, in ms: its place times the mean interval at which the queue's tickets found an
 * agent lately, the time since the last of them included, so that the estimate grows while nobody comes free.
 * Undefined when it does not wait, or fewer than two found one. An estimate, and no promise: priorities, skills and
 * shifts are not in it.
 */
export const estimateWait = (state: RoutingState, id: string, now: Instant): number | undefined => {
  const place = placeInQueue(state, id)
  if (place === undefined) return undefined
  const moments = state.flow.get(state.tickets.get(id)!.queue!) ?? []
  if (moments.length < 2) return undefined
  const first = Math.min(...moments)
  return Math.round((place * Math.max(0, now - first)) / moments.length)
}
