import type { Instant } from '@ramal/core'
import { idOf } from '@ramal/core'
import { classify } from './classify.js'
import type { Decision } from './decision.js'
import { heldBack } from './eligibility.js'
import { loadsIn } from './loads.js'
import { choose, matchTicket } from './match.js'
import type { Policy } from './policy/index.js'
import { classifiedTicket } from './route.js'
import type { RoutingState, Ticket } from './state.js'

/** What another policy would have done with a ticket that was offered. */
export interface ShadowChoice {
  readonly ticket: string
  /** Whom the policy that holds asked. */
  readonly agent: string
  readonly queue: string | undefined
  /** Undefined: the other policy knows no queue for it. */
  readonly shadowQueue: string | undefined
  /** Undefined: it would have asked nobody. */
  readonly shadowAgent: string | undefined
}

/** A ticket as it would stand by another policy: classified by it, and relaxed for as long as it has waited. */
const seenBy = (state: RoutingState, shadow: Policy, ticket: Ticket, now: Instant): Ticket | undefined => {
  const data = classify(state, shadow, ticket, now)
  if (!data) return undefined
  const enteredAt = ticket.queue === undefined ? now : ticket.enteredAt
  const step = shadow.queue(data.queue).relaxation.filter(({ after }) => enteredAt + after <= now).length
  return { ...classifiedTicket(ticket, data, enteredAt), step }
}

/**
 * What the other policy would have done with each ticket that a pass offers, on the same state, in the same order;
 * what it gave away in this pass is counted. It decides nothing. Each choice looks at all agents.
 */
export const shadowOf = (
  state: RoutingState,
  shadow: Policy,
  decisions: readonly Decision[],
  now: Instant,
): readonly ShadowChoice[] => {
  const choices: ShadowChoice[] = []
  const seen = new Set<string>()
  const { of, take } = loadsIn(state, shadow, now)
  const queues = new Map<string, string>()
  for (const { stream, event } of decisions) {
    const id = idOf(stream)
    if (event.type === 'TicketClassified') queues.set(id, event.data.queue)
    if (event.type !== 'OfferIssued' || seen.has(id)) continue
    seen.add(id)
    const ticket = state.tickets.get(id)!
    const view = seenBy(state, shadow, ticket, now)
    const asked =
      view && !heldBack(shadow, view, now)
        ? choose(shadow, shadow.queue(view.queue!), view, matchTicket(state, shadow, view, of, now).ranked, 1)
            .agents[0]
        : undefined
    if (view && asked) take(asked.agent, view, shadow.channel(view.channel).cost)
    choices.push({
      ticket: id,
      agent: event.data.agent,
      queue: queues.get(id) ?? ticket.queue,
      shadowQueue: view?.queue,
      shadowAgent: asked?.agent.id,
    })
  }
  return choices
}
