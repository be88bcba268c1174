import type { Actor, ConversationEvent } from './events.js'
import { openOffers } from './queries.js'
import { type Decision, refuse, so } from './refusal.js'
import type { ConsultTarget, Conversation } from './shape.js'

/** What people may ask for about who has a ticket, beside answering offers. */
export type SteeringCommand =
  /**
   * An agent takes a ticket, or a supervisor gives it to them. The router checks it against their capacity, and
   * answers with an event. `overcommit`: even if it is more than they can carry; that is flagged. `reassign`:
   * even if somebody else has it.
   */
  | {
      readonly type: 'pick'
      readonly agent: string
      readonly by: Actor
      readonly overcommit?: boolean
      readonly reassign?: boolean
    }
  /** The assignee gives the ticket back: it waits again, with the wait it had. */
  | { readonly type: 'requeue'; readonly by: Actor; readonly reason: string; readonly override?: boolean }
  | { readonly type: 'expedite'; readonly by: Actor }
  | { readonly type: 'exclude'; readonly agent: string; readonly by: Actor; readonly reason?: string }
  | { readonly type: 'consult'; readonly to: ConsultTarget; readonly by: Actor }
  | { readonly type: 'endConsult' }

const pick = (
  state: Readonly<Conversation>,
  { agent, by, overcommit, reassign }: Extract<SteeringCommand, { type: 'pick' }>,
): Decision => {
  if (state.assignee === agent || state.pick === agent) return so()
  if (state.assignee !== undefined && !reassign)
    return refuse(
      'alreadyAssigned',
      `The ticket is assigned to ${state.assignee}. To take it away from them, say so with "reassign".`,
    )
  if (state.pick !== undefined)
    return refuse('alreadyAssigned', `The ticket is being given to ${state.pick}.`)
  return so({ type: 'PickRequested', data: { agent, by, overcommit } })
}

const consult = (
  state: Readonly<Conversation>,
  { to, by }: Extract<SteeringCommand, { type: 'consult' }>,
): Decision => {
  if (state.assignee === undefined || (by.kind !== 'system' && state.assignee !== by.id))
    return refuse(
      'notAssigned',
      `Only who has the ticket can consult: that is ${state.assignee ?? 'nobody'}, and ${by.id ?? by.kind} asks.`,
    )
  if (state.consult)
    return refuse('consulting', 'There is a consultation already; end it before the next one.')
  if (to.kind === 'agent' && to.agent === state.assignee)
    return refuse('consulting', `${to.agent} has the ticket: they cannot be consulted about it.`)
  return so({ type: 'ConsultRequested', data: { to, by } })
}

export const decideSteering = (state: Readonly<Conversation>, command: SteeringCommand): Decision => {
  if (command.type === 'endConsult')
    return state.consult?.agent === undefined
      ? refuse('notConsulting', 'Nobody is being consulted.')
      : so({ type: 'ConsultEnded', data: { agent: state.consult.agent } })
  if (state.status !== 'open')
    return refuse('notOpen', `The conversation is ${state.status}: there is nobody to give it to.`)
  switch (command.type) {
    case 'pick':
      return pick(state, command)
    case 'requeue':
      if (state.assignee === undefined) return so()
      return command.by.kind === 'human' && command.by.id !== state.assignee && !command.override
        ? refuse('notAssigned', `The ticket is assigned to ${state.assignee}, not to ${command.by.id}.`)
        : so({ type: 'TicketRequeued', data: { agent: state.assignee, reason: command.reason } })
    case 'expedite':
      return state.expedited ? so() : so({ type: 'TicketExpedited', data: { by: command.by } })
    case 'exclude':
      return state.excluded.includes(command.agent)
        ? so()
        : so(
            ...openOffers(state)
              .filter(([, { agent }]) => agent === command.agent)
              .map(
                ([offer, { agent }]): ConversationEvent => ({
                  type: 'OfferRevoked',
                  data: { offer, agent, reason: 'excluded' },
                }),
              ),
            {
              type: 'AgentExcluded',
              data: { agent: command.agent, by: command.by, reason: command.reason },
            },
          )
    case 'consult':
      return consult(state, command)
  }
}

const TYPES: ReadonlySet<string> = new Set<SteeringCommand['type']>([
  'pick',
  'requeue',
  'expedite',
  'exclude',
  'consult',
  'endConsult',
])

export const isSteering = (command: { readonly type: string }): command is SteeringCommand =>
  TYPES.has(command.type)
