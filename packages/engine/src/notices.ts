import type { ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'

/** A conversation that we opened to tell a customer something. */
export interface Notice {
  readonly conversation: string
  readonly intent: string | undefined
  readonly labels: readonly string[] | undefined
  readonly language: string | undefined
  /** Of what we wrote last in it. */
  readonly at: Instant
}

/** Where a notification went. */
export interface Notified {
  readonly conversation: string
  readonly message: string
}

/** What we have told customers of our own accord: a fold of the conversations' streams. */
export interface Notices {
  fold(conversation: string, event: Fact<ConversationEvent>): void
  /** Nothing for a conversation that the customer has opened. */
  of(conversation: string): Notice | undefined
  /** By the caller's id. */
  notified(id: string): Notified | undefined
}

export const noticeBook = (): Notices => {
  const notices = new Map<string, Notice>()
  const byId = new Map<string, Notified>()
  return {
    of: (conversation) => notices.get(conversation),
    notified: (id) => byId.get(id),
    fold(conversation, { type, data, meta: { at } }) {
      if (type === 'ConversationOpened') {
        const { direction, intent, labels, language } = data
        if (direction === 'outbound')
          notices.set(conversation, { conversation, intent, labels, language, at })
        return
      }
      if (type === 'SendRequested' && data.notification !== undefined)
        byId.set(data.notification, { conversation, message: data.message })
      if (type !== 'SendRequested' && type !== 'MessageSent') return
      const notice = notices.get(conversation)
      if (notice && notice.at < at) notices.set(conversation, { ...notice, at })
    },
  }
}
