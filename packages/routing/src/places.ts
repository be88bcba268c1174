import type { Instant } from '@ramal/core'
import { declinedUntil } from './eligibility.js'
import { popHeap, pushHeap } from './heap.js'
import { isTimed, type QueuePolicy } from './policy/index.js'
import { isDue, type Place, type RoutingState, type Ticket } from './state.js'

const NONE: readonly Instant[] = []

const placeOf = (ticket: Ticket): Place => {
  if (ticket.resolvedAt !== undefined) return ticket.wrapUp ? 'wrapUp' : 'resolved'
  if (ticket.parkedUntil !== undefined) return 'parked'
  if (ticket.assigned) return 'assigned'
  if (ticket.offers.size > 0) return 'offered'
  if (ticket.queue !== undefined) return 'queued'
  return ticket.idle ? 'idle' : 'new'
}

const setQueued = (
  state: RoutingState,
  id: string,
  before: string | undefined,
  after: string | undefined,
) => {
  if (before === after) return
  if (before !== undefined) {
    const set = state.queued.get(before)
    set?.delete(id)
    if (set?.size === 0) state.queued.delete(before)
  }
  if (after === undefined) return
  const set = state.queued.get(after)
  if (set) set.add(id)
  else state.queued.set(after, new Set([id]))
}

const put = (set: Set<string>, id: string, isIn: boolean): void => {
  if (isIn) set.add(id)
  else set.delete(id)
}

/** Who was asked before their policy said that nobody is asked may answer; the ticket is given to nobody meanwhile. */
const asksMore = ({ autoAccept, concurrentOffers }: QueuePolicy, asked: number): boolean =>
  !autoAccept && asked < concurrentOffers

const wantsOffers = ({ policy }: RoutingState, { place, offers, queue }: Ticket): boolean =>
  place === 'queued' ||
  (place === 'offered' && !!policy && queue !== undefined && asksMore(policy.queue(queue), offers.size))

const isAsking = ({ pick, consultWanted, stirred }: Ticket): boolean =>
  pick !== undefined || consultWanted !== undefined || stirred

export interface Standing {
  readonly place: Place
  readonly queue: string | undefined
}

/** Keeps the lists of the state in step with a ticket that has changed. */
export const notePlace = (state: RoutingState, ticket: Ticket, { place, queue }: Standing): void => {
  ticket.place = placeOf(ticket)
  if (place === 'new' || ticket.place === 'new') put(state.unclassified, ticket.id, ticket.place === 'new')
  const waits = wantsOffers(state, ticket)
  if (waits !== ticket.waits) put(state.waiting, ticket.id, waits)
  ticket.waits = waits
  put(state.asking, ticket.id, isAsking(ticket))
  setQueued(
    state,
    ticket.id,
    place === 'queued' ? queue : undefined,
    ticket.place === 'queued' ? ticket.queue : undefined,
  )
}

export const forgetPlace = (state: RoutingState, ticket: Ticket, { place, queue }: Standing): void => {
  ticket.waits = false
  ticket.dues = NONE
  setQueued(state, ticket.id, place === 'queued' ? queue : undefined, undefined)
  for (const set of [state.unclassified, state.waiting, state.asking]) set.delete(ticket.id)
}

/** While it waits: the next step of relaxation, escalations, agents who may be asked again. */
const waitingDues = ({ policy }: RoutingState, ticket: Ticket): readonly Instant[] => {
  if (!policy || ticket.queue === undefined) return NONE
  const { relaxation, escalations } = policy.queue(ticket.queue)
  if (relaxation.length === 0 && escalations.length === 0 && ticket.declined.size === 0 && !ticket.preferred)
    return NONE
  const dues: Instant[] = []
  const step = relaxation[ticket.step]
  if (step) dues.push(ticket.enteredAt + step.after)
  for (const { name, when = {} } of escalations)
    if (when.waited !== undefined && isTimed(when) && !ticket.escalated.includes(name))
      dues.push(ticket.waitedSince + when.waited)
  for (const declined of ticket.declined.values()) {
    const until = declinedUntil(policy, ticket, declined)
    if (Number.isFinite(until)) dues.push(until)
  }
  if (ticket.preferred) dues.push(ticket.preferred.at + (ticket.preferred.for ?? policy.transferWaits))
  return dues
}

/** While somebody has it: when it becomes dormant, or when they have kept the customer waiting too long. */
const assignedDues = ({ policy }: RoutingState, ticket: Ticket): readonly Instant[] => {
  const { assigned, unansweredSince, queue } = ticket
  if (!policy || !assigned) return NONE
  const { dormancy } = policy.channel(ticket.channel)
  const { silence } = policy.queue(queue ?? '')
  if (!dormancy && silence === undefined) return NONE
  const dues: Instant[] = []
  if (dormancy && assigned.dormantSince === undefined) dues.push(ticket.activeAt + dormancy.after)
  if (silence !== undefined && unansweredSince !== undefined)
    dues.push(Math.max(unansweredSince, assigned.at) + silence)
  return dues
}

/** When time alone may change something because of the place that the ticket is in. */
const placeDues = (state: RoutingState, ticket: Ticket): readonly Instant[] => {
  const { policy } = state
  switch (ticket.place) {
    case 'offered': {
      const ends = [...ticket.offers.values()].map(({ expiresAt }) => expiresAt)
      return ticket.waits ? [...ends, ...waitingDues(state, ticket)] : ends
    }
    case 'parked':
      return Number.isFinite(ticket.parkedUntil) ? [ticket.parkedUntil!] : NONE
    case 'idle':
      return policy ? [ticket.activeAt + policy.reopenWithin] : NONE
    case 'resolved':
      return policy ? [ticket.resolvedAt! + policy.reopenWithin] : NONE
    case 'queued':
      return waitingDues(state, ticket)
    case 'assigned':
      return assignedDues(state, ticket)
    default:
      return NONE
  }
}

export const noteDues = (state: RoutingState, ticket: Ticket): void => {
  const before = ticket.dues
  const dues = placeDues(state, ticket)
  const until = ticket.wrapUp?.until
  ticket.dues = until === undefined ? dues : [...dues, until]
  for (const at of ticket.dues) if (!before.includes(at)) pushHeap(state.due, { at, ticket })
  dropOvertaken(state)
}

/** What is overtaken is dropped as soon as it comes to the top. */
export const dropOvertaken = (state: RoutingState): void => {
  for (let top = state.due.items[0]; top && !isDue(top); top = state.due.items[0]) popHeap(state.due)
}
