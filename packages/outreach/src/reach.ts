import { dictionary, type EventOf, eventFamily, eventType, nonEmpty, type Reducer, record } from '@ramal/core'
import type { Reached } from './facts.js'
import { messagePurpose } from './rules-codec.js'

/**
 * The stream `reach-CUSTOMER`: what counts for frequency caps. Written in one append with the attempt to send, so
 * that of two engines that send to one customer at once each counts what the other has sent.
 */
export const reachEvents = eventFamily(
  'reach',
  /** A message is handed to the provider. Again, for the same message: it is tried again. */
  eventType(
    'CustomerReached',
    record({ message: nonEmpty, channel: nonEmpty, endpoint: nonEmpty, purpose: messagePurpose }),
  ),
  /** It certainly did not go, and never will. */
  eventType('ReachTakenBack', record({ message: nonEmpty, reason: nonEmpty })),
)

export type ReachEvent = EventOf<typeof reachEvents>

export interface Reach {
  /** By our id of the message. */
  readonly sent: Record<string, Reached>
}

export const reachReducer: Reducer<ReachEvent, Reach> = {
  events: reachEvents,
  initial: () => ({ sent: dictionary() }),
  apply(draft, { type, data, meta: { at } }) {
    switch (type) {
      case 'CustomerReached': {
        const { message, channel, purpose } = data
        draft.sent[message] = { message, channel, purpose, at }
        return
      }
      case 'ReachTakenBack':
        delete draft.sent[data.message]
        return
    }
  },
}
