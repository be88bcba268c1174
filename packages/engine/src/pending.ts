import type { Actor, Content, ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'
import type { Purpose } from '@ramal/customer'
import { expiryOf, type SendingRules } from '@ramal/outreach'
import { purposeOf } from './send-facts.js'

export interface Pending {
  readonly conversation: string
  readonly message: string
  readonly content: Content
  readonly by: Actor
  readonly purpose: Purpose | undefined
  readonly replyTo: string | undefined
  readonly tag: string | undefined
  readonly requestedAt: Instant
  /** Until when it is of use, where it says so itself. */
  readonly expiresAt: Instant | undefined
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
export const pendingSends = (
  rules: SendingRules,
  { attempts, doubtAfter }: { readonly attempts: number; readonly doubtAfter: number },
): PendingSends => {
  const pending = new Map<string, Pending>()

  /** Judged again then; or when it is of no use any more, so that it is said in time. */
  const wait = (item: Pending, until: Instant): void => {
    const expiry = expiryOf({ ...item, purpose: purposeOf(item.purpose) }, rules) ?? until
    item.due = Math.min(until, expiry)
    item.since = item.due
  }

  const fold = (conversation: string, { type, data, meta }: Fact<ConversationEvent>): void => {
    switch (type) {
      case 'SendRequested': {
        const { message, content, by, purpose, replyTo, tag, expiresAt } = data
        const fresh = { attemptedAt: undefined, attempts: 0, due: 0, since: meta.at }
        const said = {
          message,
          content: content as Content,
          by,
          purpose,
          replyTo,
          tag,
          expiresAt,
          requestedAt: meta.at,
        }
        pending.set(message, { conversation, ...said, ...fresh })
        return
      }
      case 'SendDeferred': {
        const item = pending.get(data.message)
        if (item) wait(item, data.until)
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
        else wait(item, data.retryAt)
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
