import * as E from 'fp-ts/lib/Either.js'
import type { ConversationEvent } from './events.js'

/** Why a command is refused; the conversation is as it was. */
export type RefusalReason =
  | 'unknownCommand'
  | 'unknownConversation'
  | 'closed'
  | 'notOpen'
  | 'idle'
  | 'unknownOffer'
  | 'notYourOffer'
  | 'offerGone'
  | 'notAssigned'
  | 'alreadyAssigned'
  | 'notParked'
  | 'consulting'
  | 'notConsulting'
  | 'unknownAgent'
  | 'unknownQueue'
  | 'unknownMessage'
  | 'unknownAttachment'
  | 'erased'
  | 'unknownCall'
  | 'notOurThread'

export interface ConversationRefusal {
  readonly _tag: 'ConversationRefusal'
  readonly reason: RefusalReason
  readonly message: string
}

export type Decision = E.Either<ConversationRefusal, readonly ConversationEvent[]>

export const refuse = (reason: RefusalReason, message: string): Decision =>
  E.left({ _tag: 'ConversationRefusal', reason, message })

export const so = (...events: readonly ConversationEvent[]): Decision => E.right(events)
