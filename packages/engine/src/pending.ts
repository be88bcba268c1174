import type { Content, ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'

export interface Address {
  readonly channel: string
  readonly endpoint: string
  readonly peer: Identifier | undefined
}

export interface Pending {
  readonly conversation: string
  readonly message: string
  readonly content: Content
  readonly sender: 'human' | 'bot' | 'system'
  readonly replyTo: string | undefined
  readonly tag: string | undefined
  /** When it was attempted, and nobody has written down what became of it. */
  attemptedAt: Instant | undefined
  attempts: number
  /** Not before. */
  due: Instant
}

export interface PendingSends {
  readonly addresses: ReadonlyMap<string, Address>
  /** By our id of the message. */
  readonly messages: ReadonlyMap<string, Pending>
  readonly fold: (conversation: string, event: Fact<ConversationEvent>) => void
}

/** The messages that were requested and whose outcome is not written yet: a fold of the log. */
export const pendingSends = (attempts: number, doubtAfter: number): PendingSends => {
  const addresses = new Map<string, Address>()
  const pending = new Map<string, Pending>()

  const fold = (conversation: string, { type, data, meta }: Fact<ConversationEvent>): void => {
    switch (type) {
      case 'ConversationOpened':
        addresses.set(conversation, { channel: data.channel, endpoint: data.endpoint, peer: data.peer })
        return
      case 'ConversationClosed':
        addresses.delete(conversation)
        return
      case 'SendRequested': {
        const { message, content, by, replyTo, tag } = data
        const sender = by.kind === 'human' || by.kind === 'bot' ? by.kind : 'system'
        const fresh = { attemptedAt: undefined, attempts: 0, due: 0 }
        pending.set(message, {
          conversation,
          message,
          content: content as Content,
          sender,
          replyTo,
          tag,
          ...fresh,
        })
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
        else item.due = data.retryAt
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

  return { addresses, messages: pending, fold }
}
