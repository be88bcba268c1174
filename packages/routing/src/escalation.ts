import type { ConversationEvent } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { onTicket } from './decision.js'
import { judgeAbility } from './eligibility.js'
import { type House, once } from './house.js'
import { type Escalation, isTimed, type Policy } from './policy/index.js'
import { type RoutingState, SYSTEM, type Ticket } from './state.js'

type When = NonNullable<Escalation['when']>

/** All conditions but the length of the queue, which is about several tickets. */
const isMet = ({ state, policy, now }: House, ticket: Ticket, when: When): boolean =>
  (when.waited === undefined || ticket.waitedSince + when.waited <= now) &&
  (when.nobodyPresent === undefined || (state.present.get(ticket.queue!) ?? 0) === 0) &&
  (when.hours === undefined || policy.isOpen(when.hours.calendar, now) === (when.hours.is === 'open')) &&
  (when.offers === undefined || ticket.offersMade - ticket.offers.size >= when.offers)

const reasonOf = ({ now }: House, ticket: Ticket, when: When): string =>
  [
    when.waited === undefined ? '' : `waited ${now - ticket.waitedSince} ms`,
    when.waiting === undefined ? '' : `more than ${when.waiting} wait`,
    when.nobodyPresent ? 'nobody is present' : '',
    when.hours ? `${when.hours.calendar} is ${when.hours.is}` : '',
    when.offers === undefined ? '' : `${ticket.offersMade} offers without an accept`,
  ]
    .filter((part) => part !== '')
    .join(', ')

/** What an escalation does to a ticket, as events of its conversation. */
const escalate = (house: House, ticket: Ticket, { name, when = {}, do: action = {} }: Escalation): void => {
  const { decisions, now, policy } = house
  const { queue, priority, raise, band, expedite, requirements, labels, callBack, close } = action
  const raised = raise === undefined ? priority : (priority ?? ticket.priority) + raise
  const add = (event: ConversationEvent) => decisions.push(onTicket(ticket.id, event))
  add({
    type: 'TicketEscalated',
    data: {
      escalation: name,
      reason: reasonOf(house, ticket, when),
      queue,
      priority: raised,
      band,
      expedited: expedite,
      requirements,
      labels,
    },
  })
  if (callBack) {
    const at = now + callBack.after
    add({ type: 'CallbackPromised', data: { by: SYSTEM, at } })
    add({ type: 'TicketParked', data: { by: SYSTEM, until: at, reason: name } })
  }
  if (!close) return
  if (close.message !== undefined)
    add({
      type: 'SendRequested',
      data: {
        // As all ids of what is sent: it begins with the conversation, so that reports on it find their way.
        message: `${ticket.id}.${name}/${policy.hash.slice(0, 8)}/${ticket.version}`,
        content: { kind: 'text', text: close.message },
        by: SYSTEM,
        purpose: 'service',
      },
    })
  add({ type: 'ConversationResolved', data: { by: SYSTEM, disposition: close.disposition } })
}

/** The furthest step of relaxation whose time has come; undefined when it is there already. */
const dueStep = ({ policy, now }: House, ticket: Ticket): number | undefined => {
  const { relaxation } = policy.queue(ticket.queue!)
  let { step } = ticket
  for (const { after } of relaxation.slice(step)) if (ticket.enteredAt + after <= now) step++
  return step > ticket.step ? step : undefined
}

/** What is due for a ticket that waits: it is escalated, unless somebody is asked for it, or asks for less. */
export const moveOn = (house: House, ticket: Ticket): void => {
  const { policy, decisions } = house
  if (ticket.queue === undefined) return
  const due = policy
    .queue(ticket.queue)
    .escalations.find(
      ({ name, when = {} }) =>
        when.waiting === undefined && !ticket.escalated.includes(name) && isMet(house, ticket, when),
    )
  if (due && ticket.place === 'queued') return escalate(house, ticket, due)
  const step = dueStep(house, ticket)
  if (step !== undefined)
    decisions.push(onTicket(ticket.id, { type: 'TicketRelaxed', data: { step, reason: 'waited' } }))
}

/** Somebody available could take it, had they room, at the step that it has reached. */
const hasSomebodyPresent = ({ state, policy }: House, ticket: Ticket): boolean => {
  const queues = [
    ticket.queue!,
    ...policy.asked(ticket.queue!, ticket.asks, ticket.requirements, ticket.step).borrow,
  ]
  for (const queue of queues)
    for (const id of state.members.get(queue) ?? []) {
      const agent = state.agents.get(id)!
      if (agent.presence === 'available' && judgeAbility(policy, ticket, agent).verdict === 'ok') return true
    }
  return false
}

const skip = (house: House, ticket: Ticket, present: Map<string, boolean>): void => {
  const { policy, decisions } = house
  const next = policy.queue(ticket.queue!).relaxation[ticket.step]
  if (!next?.skipToWhenNobodyPresent) return
  const direct = ticket.preferred?.direct ? ticket.preferred.agents : []
  const kind = JSON.stringify([ticket.step, ticket.asks, ticket.excluded, direct])
  const someone = present.get(kind) ?? hasSomebodyPresent(house, ticket)
  present.set(kind, someone)
  if (!someone)
    decisions.push(
      onTicket(ticket.id, {
        type: 'TicketRelaxed',
        data: { step: ticket.step + 1, reason: 'nobodyPresent' },
      }),
    )
}

/** Those who came last first: they overflow. */
const byEntryBackwards = (a: Ticket, b: Ticket): number => b.enteredAt - a.enteredAt || (a.id < b.id ? 1 : -1)

/** When a ticket will have waited as long as an escalation asks for among other things: those have no due time. */
export const nextWait = (state: RoutingState, policy: Policy, now: Instant): Instant | undefined => {
  let next: Instant | undefined
  for (const queue of policy.watched)
    for (const { name, when = {} } of policy.queue(queue).escalations) {
      if (when.waited === undefined || isTimed(when)) continue
      for (const id of state.queued.get(queue) ?? []) {
        const { waitedSince, escalated } = state.tickets.get(id)!
        const at = waitedSince + when.waited
        if (at > now && (next === undefined || at < next) && !escalated.includes(name)) next = at
      }
    }
  return next
}

/** Escalations, and steps to skip, that depend on who is present, how many wait, or a calendar. */
export const escalateWaiting = (house: House): void => {
  const { state, policy } = house
  for (const queue of policy.watched) {
    const ids = state.queued.get(queue)
    if (!ids) continue
    const waiting = [...ids].map((id) => state.tickets.get(id)!).sort(byEntryBackwards)
    const { escalations } = policy.queue(queue)
    for (const escalation of escalations) {
      const { name, when = {} } = escalation
      if (isTimed(when)) continue
      let over = when.waiting === undefined ? waiting.length : waiting.length - when.waiting
      for (const ticket of waiting) {
        if (over <= 0) break
        // It is one of those who are meant already, and stays where it is.
        if (ticket.escalated.includes(name)) over--
        if (ticket.escalated.includes(name) || !isMet(house, ticket, when)) continue
        once(house, ticket, () => escalate(house, ticket, escalation))
        over--
      }
    }
    const present = new Map<string, boolean>()
    for (const ticket of waiting) once(house, ticket, () => skip(house, ticket, present))
  }
}
