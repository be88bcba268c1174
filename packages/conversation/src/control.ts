import type { Instant } from '@ramal/core'
import type { ConversationEvent } from './events.js'
import { revokeOffers } from './offers.js'
import { type Decision, so } from './refusal.js'
import type { Conversation } from './shape.js'

/** The channel says whose the thread is: ours, or another application's that answers here. */
export interface ControlCommand {
  readonly type: 'noteControl'
  readonly owner: 'us' | 'other'
  readonly application?: string | undefined
  /** When it was so, by the provider's clock. */
  readonly at?: Instant
}

/** Whose the thread is when something of this moment comes: reports come late, and again. */
export const ownerAt = (
  { control, controlSince }: Readonly<Conversation>,
  owner: 'us' | 'other',
  at: Instant | undefined,
): 'us' | 'other' => (at !== undefined && controlSince !== undefined && at < controlSince ? control : owner)

/** While another application answers, nobody of us is asked to, and nobody's time runs. Who has it already keeps it. */
export const layAside = (state: Readonly<Conversation>): readonly ConversationEvent[] =>
  state.assignee !== undefined || state.parked
    ? []
    : [
        ...revokeOffers(state, 'elsewhere'),
        {
          type: 'TicketParked',
          data: { by: { kind: 'system' }, reason: 'another application has the thread' },
        },
      ]

export const decideControl = (
  state: Readonly<Conversation>,
  { owner, application, at }: ControlCommand,
): Decision => {
  if (state.control === ownerAt(state, owner, at)) return so()
  const changed: ConversationEvent = { type: 'ThreadControlChanged', data: { owner, application } }
  if (owner === 'other') return so(changed, ...(state.status === 'open' ? layAside(state) : []))
  return state.parked ? so(changed, { type: 'TicketWoken', data: { reason: 'control' } }) : so(changed)
}
