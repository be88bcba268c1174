import type { ConversationEvent } from '@ramal/conversation'
import type { Fact, Instant } from '@ramal/core'

/** When a customer wrote to an endpoint last: any message, and one that was no keyword. */
export interface LastWords {
  readonly lastInboundAt: Instant | undefined
  readonly lastAskedAt: Instant | undefined
}

/** When customers wrote to our endpoints last, over all their conversations: a fold of the conversations' streams. */
export interface Contacts {
  fold(conversation: string, event: Fact<ConversationEvent>): void
  /** Of one person, known as these customers. */
  lastOf(channel: string, endpoint: string, customers: readonly string[]): LastWords
}

/** The events that it folds. */
export const CONTACT_TYPES = ['ConversationOpened', 'MessageReceived'] as const

const later = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)

const keyOf = (channel: string, endpoint: string, customer: string): string =>
  `${channel}/${endpoint}|${customer}`

export const contactBook = (): Contacts => {
  const places = new Map<string, string>()
  const last = new Map<string, LastWords>()
  return {
    fold(conversation, { type, data, meta: { at } }) {
      if (type === 'ConversationOpened') {
        const { channel, endpoint, customer, alias = customer } = data
        places.set(conversation, keyOf(channel, endpoint, alias))
      }
      if (type !== 'MessageReceived') return
      const place = places.get(conversation)
      if (place === undefined) return
      const before = last.get(place)
      last.set(place, {
        lastInboundAt: later(before?.lastInboundAt, at),
        lastAskedAt: data.keyword === undefined ? later(before?.lastAskedAt, at) : before?.lastAskedAt,
      })
    },
    lastOf(channel, endpoint, customers) {
      let lastInboundAt: Instant | undefined
      let lastAskedAt: Instant | undefined
      for (const customer of customers) {
        const words = last.get(keyOf(channel, endpoint, customer))
        lastInboundAt = later(lastInboundAt, words?.lastInboundAt)
        lastAskedAt = later(lastAskedAt, words?.lastAskedAt)
      }
      return { lastInboundAt, lastAskedAt }
    },
  }
}
