import { dictionary, type Fact } from '@ramal/core'
import type { ConversationEvent } from './events.js'
import type { Conversation } from './shape.js'

/** Nothing was written: the ticket is its call, and ends with it. */
export const isOnlyCalls = ({ calls, received }: Pick<Conversation, 'calls' | 'received'>): boolean =>
  Object.keys(calls).length > 0 && Object.keys(received).length === 0

export const applyCall = (
  draft: Conversation,
  { type, data, meta: { at } }: Fact<ConversationEvent>,
): void => {
  const { call } = draft
  switch (type) {
    case 'CallOffered':
    case 'CallPlaced':
      draft.calls[data.call] = { recordings: [] }
      draft.call = {
        id: data.call,
        placed: type === 'CallPlaced',
        name: undefined,
        waitingSince: at,
        legs: dictionary(),
        agent: undefined,
        answered: false,
        held: false,
      }
      draft.callEndedAt = undefined
      return
    case 'CallNamed':
      if (call) call.name = data.name
      return
    case 'CallRang':
      if (call) call.legs[data.leg] = { agent: data.agent, offer: data.offer, over: false }
      return
    case 'CallMissed':
    case 'CallReleased': {
      const leg = call?.legs[data.leg]
      if (leg) leg.over = true
      return
    }
    case 'CallAnswered':
      if (!call) return
      call.agent = data.agent
      call.answered = true
      // Whoever was promised a call has been called.
      if (call.placed) draft.callback = undefined
      return
    case 'CallHeld':
    case 'CallResumed':
      if (call) call.held = type === 'CallHeld'
      return
    case 'CallEnded':
      if (call?.id !== data.call) return
      draft.call = undefined
      draft.callEndedAt = at
      return
    case 'CallRecorded': {
      const known = draft.calls[data.call]
      if (known) known.recordings = [...known.recordings, data.recording]
      return
    }
    case 'TicketWoken':
      // What was put off is no time after a call any more.
      draft.callEndedAt = undefined
      return
    case 'TicketTransferred':
      if (!call || data.to.kind === 'outside') return
      call.agent = undefined
      call.held = false
      call.waitingSince = at
      return
  }
}
