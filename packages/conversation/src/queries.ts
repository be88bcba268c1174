import type { Instant } from '@ramal/core'
import { fromNullable, type Option } from 'fp-ts/lib/Option.js'
import type { Conversation, Offer } from './shape.js'

/** Where the ticket is. Every conversation is in exactly one of these places. */
export type Place =
  | 'absent'
  /** Opened by us, and not answered. */
  | 'idle'
  | 'new'
  | 'queued'
  | 'offered'
  | 'assigned'
  | 'parked'
  | 'wrapUp'
  | 'resolved'
  | 'closed'

export const openOffers = ({ offers }: Pick<Conversation, 'offers'>): readonly (readonly [string, Offer])[] =>
  Object.entries(offers).filter(([, { outcome }]) => outcome === 'open')

export const placeOf = (c: Readonly<Conversation>): Place => {
  if (c.status !== 'open') return c.wrapUp && c.status === 'resolved' ? 'wrapUp' : c.status
  if (c.parked) return 'parked'
  if (c.assignee !== undefined) return 'assigned'
  if (openOffers(c).length > 0) return 'offered'
  if (c.idle) return 'idle'
  return c.queue === undefined ? 'new' : 'queued'
}

export const assigneeOf = (c: Pick<Conversation, 'assignee'>): Option<string> => fromNullable(c.assignee)

/** When a window that the customer's last message opened ends. None where they never wrote. */
export const windowEnd = (c: Pick<Conversation, 'lastReceivedAt'>, length: number): Option<Instant> =>
  fromNullable(c.lastReceivedAt === undefined ? undefined : c.lastReceivedAt + length)
