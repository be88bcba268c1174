import type { ConversationEvent } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { release, unpark } from './carry.js'
import { none, put } from './few.js'
import { NOTHING_ASKED, shareAsks } from './requirements.js'
import type { Preference, RoutingState, Ticket } from './state.js'

type Opened = Extract<ConversationEvent, { type: 'ConversationOpened' }>['data']

/** One for all who have none: most tickets never have any, and what is shared is near at hand. */
export const NONE: readonly never[] = []
const NOTHING_BY_HAND: Ticket['byHand'] = { expedited: false, excluded: NONE }

/**
 * A ticket that has just come. First stands what a pass looks at: what stands together is at hand together, and a pass
 * looks at tickets by the hundred.
 */
export const newTicket = (id: string, number: number, data: Opened, at: Instant): Ticket => ({
  id,
  at: number,
  version: -1,
  place: 'new',
  waits: false,
  queue: undefined,
  channel: data.channel,
  step: 0,
  offersMade: 0,
  offers: none(),
  declined: none(),
  excluded: NONE,
  preferred: undefined,
  asks: NOTHING_ASKED,
  since: at,
  waitedSince: at,
  priority: 0,
  band: 0,
  expedited: false,
  requirements: NONE,
  endpoint: data.endpoint,
  customer: data.customer,
  language: data.language,
  intent: data.intent,
  segment: data.segment,
  labels: data.labels ?? NONE,
  idle: data.direction === 'outbound',
  transferred: false,
  enteredAt: at,
  byHand: NOTHING_BY_HAND,
  escalated: NONE,
  assigned: undefined,
  consult: undefined,
  lastAgent: undefined,
  activeAt: at,
  stirred: false,
  outdated: false,
  unansweredSince: undefined,
  parkedUntil: undefined,
  parkedAt: undefined,
  wrapUp: undefined,
  resolvedAt: undefined,
  pick: undefined,
  consultWanted: undefined,
  dues: NONE,
})

export const ask = (ticket: Ticket, requirements: Ticket['requirements']): void => {
  const one = shareAsks(requirements)
  ticket.requirements = one.requirements
  ticket.asks = one.asks
}

/** The wait begins anew. */
export const restartWait = (ticket: Ticket, at: Instant): void => {
  ticket.since = at
  ticket.waitedSince = at
}

export const enter = (ticket: Ticket, queue: string, at: Instant): void => {
  ticket.queue = queue
  ticket.enteredAt = at
  ticket.step = 0
}

export const decline = (ticket: Ticket, agent: string, at: Instant, retryAt: Instant | undefined): void => {
  const times = (ticket.declined.get(agent)?.times ?? 0) + 1
  ticket.declined = put(ticket.declined, agent, { at, retryAt, times })
}

/** People have it again, and only people: what a bot hands over it could not do. */
const HUMAN = { kind: 'human' } as const

/** The contact goes on: it is classified anew, and nobody has declined it yet. */
export const reopen = ({ policy }: RoutingState, ticket: Ticket, at: Instant): void => {
  ticket.resolvedAt = undefined
  ticket.queue = undefined
  ticket.idle = false
  if (policy?.restartsWait('reopen') ?? true) restartWait(ticket, at)
  ticket.declined = none()
  ticket.escalated = NONE
  ticket.offersMade = 0
  ticket.preferred = undefined
  ticket.byHand = { ...ticket.byHand, expedited: false }
}

/** It is classified anew, with the wait it has. */
export const declassify = (ticket: Ticket): void => {
  ticket.queue = undefined
  ticket.escalated = NONE
}

/** Where nobody is asked for it any more, and nobody said yes, it is classified anew. */
export const renew = (ticket: Ticket): void => {
  if (ticket.offers.size > 0) return
  ticket.outdated = false
  const waits = !ticket.assigned && ticket.parkedAt === undefined && ticket.resolvedAt === undefined
  if (waits && !ticket.transferred) declassify(ticket)
}

/** Nobody has it until it wakes; then it waits for who had it, as what is reopened does. */
export const park = (state: RoutingState, ticket: Ticket, until: Instant | undefined, at: Instant): void => {
  const { assigned } = ticket
  const prefersFor = state.policy?.reopenPrefersLastFor ?? 0
  release(state, ticket, at)
  if (assigned && prefersFor > 0)
    ticket.preferred = { agents: [assigned.agent], at, for: prefersFor, direct: false }
  ticket.pick = undefined
  ticket.resolvedAt = undefined
  ticket.parkedUntil = until ?? Number.POSITIVE_INFINITY
  ticket.parkedAt ??= at
}

type Transferred = Extract<ConversationEvent, { type: 'TicketTransferred' }>['data']

/** It leaves who had it. */
export const transfer = (state: RoutingState, ticket: Ticket, data: Transferred, at: Instant): void => {
  const { policy } = state
  const from = ticket.assigned?.agent
  const helper = ticket.consult?.agent
  const byBot = data.by.kind === 'bot' || (from !== undefined && state.agents.get(from)?.kind === 'bot')
  release(state, ticket, at)
  unpark(ticket, at)
  ticket.transferred = true
  ticket.declined = none()
  ticket.offersMade = 0
  ticket.preferred = undefined
  if (policy?.restartsWait('transfer')) restartWait(ticket, at)
  ticket.pick = undefined
  // Outside our house it is no ticket of ours any more, as if resolved.
  ticket.resolvedAt = data.to.kind === 'outside' ? at : undefined
  if (data.to.kind === 'outside') return
  const named = data.to.kind === 'agent' ? data.to.agent : undefined
  if (data.to.kind === 'queue') enter(ticket, data.to.queue, at)
  else ticket.preferred = { agents: [data.to.agent], at, for: undefined, direct: true }
  if (from !== undefined && from !== named && policy && policy.transferExcludesFor > 0)
    ticket.declined = put(ticket.declined, from, { at, retryAt: at + policy.transferExcludesFor, times: 0 })
  if (byBot && !ticket.requirements.some((one) => 'kind' in one)) ask(ticket, [...ticket.requirements, HUMAN])
  // They are at it already: nobody asks them whether they would be.
  if (data.mode === 'warm' && helper !== undefined && helper === named)
    ticket.pick = { agent: helper, by: data.by, overcommit: false }
}

/** Whom a ticket waits for once it is classified: who was named by people, before whom the rules prefer. */
export const preferenceOf = (
  { preferred }: Pick<Ticket, 'preferred'>,
  prefer: Omit<Preference, 'at' | 'direct'> | undefined,
  at: Instant,
): Preference | undefined => (preferred?.direct ? preferred : prefer && { ...prefer, at, direct: false })

type Escalated = Extract<ConversationEvent, { type: 'TicketEscalated' }>['data']

export const escalate = (state: RoutingState, ticket: Ticket, data: Escalated, at: Instant): void => {
  ticket.escalated = [...ticket.escalated, data.escalation]
  ticket.offersMade = 0
  ticket.priority = data.priority ?? ticket.priority
  ticket.band = data.band ?? ticket.band
  ticket.expedited = data.expedited ?? ticket.expedited
  if (data.labels) ticket.labels = [...new Set([...ticket.labels, ...data.labels])]
  if (data.requirements) ask(ticket, data.requirements)
  if (data.queue !== undefined) {
    enter(ticket, data.queue, at)
    ticket.declined = none()
  }
  if (state.policy?.restartsWait('escalation')) restartWait(ticket, at)
}
