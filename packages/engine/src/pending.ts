import type { Actor, Content, ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'
import type { Purpose } from '@ramal/customer'

export interface Pending {
  readonly conversation: string
  readonly message: string
  readonly content: Content
  readonly by: Actor
  readonly purpose: Purpose | undefined
  readonly replyTo: string | undefined
  readonly tag: string | undefined
  /** When it was attempted, and nobody has written down what became of it. */
  attemptedAt: Instant | undefined
  attempts: number
  /** Not before. */
  due: Instant
  /** Since when it could go. */
  since: Instant
}

export interface PendingSends {
  /** By our id of the message. */
  readonly messages: ReadonlyMap<string, Pending>
  readonly fold: (conversation: string, event: Fact<ConversationEvent>) => void
}

/** The messages that were requested and whose outcome is not written yet: a fold of the log. */
export const pendingSends = (attempts: number, doubtAfter: number): PendingSends => {
  const pending = new Map<string, Pending>()

  const fold = (conversation: string, { type, data, meta }: Fact<ConversationEvent>): void => {
    switch (type) {
      case 'SendRequested': {
        const { message, content, by, purpose, replyTo, tag } = data
        const fresh = { attemptedAt: undefined, attempts: 0, due: 0, since: meta.at }
        const said = { message, content: content as Content, by, purpose, replyTo, tag }
        pending.set(message, { conversation, ...said, ...fresh })
        return
      }
      case 'SendDeferred': {
        const item = pending.get(data.message)
        if (!item) return
        item.due = data.until
        item.since = data.until
        return
      }
      case 'SendAttempted': {
        const item = pending.get(data.message)
        if (!item) return
        item.attemptedAt = meta.at
        item.attempts = data.attempt
        item.due = meta.at + doubtAfter
        return
      }
      case 'SendFailed': {
        const item = pending.get(data.message)
        if (!item) return
        item.attemptedAt = undefined
        if (data.retryAt === undefined || item.attempts >= attempts) pending.delete(data.message)
        else {
          item.due = data.retryAt
          item.since = data.retryAt
        }
        return
      }
      case 'MessageSent':
      case 'SendRefused':
      case 'SendUncertain':
        pending.delete(data.message)
        return
      case 'DeliveryAdvanced':
        pending.delete(data.message)
        return
    }
  }

  return { messages: pending, fold }
}
