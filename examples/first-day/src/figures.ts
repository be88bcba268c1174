import { type EventStore, type Recorded, START } from '@ramal/core'
import type { Memory } from './customers.js'

export interface Counted {
  /** Waits from the first message to an agent's acceptance, in ms, by channel. */
  readonly waits: ReadonlyMap<string, readonly number[]>
  readonly events: number
  readonly byType: ReadonlyMap<string, number>
  /** How often each message of a customer is in the log, by the id that its sender gave it. */
  readonly received: ReadonlyMap<string, number>
  /** The offer with the most candidates: the one worth explaining. */
  readonly best: { readonly conversation: string; readonly offer: string } | undefined
  readonly customers: ReadonlyMap<string, string>
}

const idOf = ({ stream }: Recorded) => stream.slice(stream.indexOf('-') + 1)

/** A fold over the whole log, as anybody can write one. */
export const count = async (store: EventStore): Promise<Counted> => {
  const opened = new Map<string, { readonly channel: string; readonly at: number }>()
  const waits = new Map<string, number[]>()
  const byType = new Map<string, number>()
  const received = new Map<string, number>()
  const customers = new Map<string, string>()
  let best: Counted['best']
  let most = 0
  let events = 0
  for await (const page of store.readAll({ after: START }))
    for (const event of page.events) {
      events++
      byType.set(event.type, (byType.get(event.type) ?? 0) + 1)
      const data = event.data as Record<string, string>
      const id = idOf(event)
      if (event.type === 'ConversationOpened') opened.set(id, { channel: data.channel!, at: event.meta.at })
      if (event.type === 'CustomerIdentified' && data.name) customers.set(data.name, id)
      if (event.type === 'OfferAccepted') {
        const { channel, at } = opened.get(id)!
        waits.set(channel, [...(waits.get(channel) ?? []), event.meta.at - at])
        opened.set(id, { channel, at: event.meta.at })
      }
      if (event.type === 'MessageReceived') {
        const sender = data.providerId!.split(':').at(-1)!
        received.set(sender, (received.get(sender) ?? 0) + 1)
      }
      if (event.type === 'OfferIssued') {
        const { candidates } = (event.data as { decision: { candidates: readonly unknown[] } }).decision
        if (candidates.length > most) {
          most = candidates.length
          best = { conversation: id, offer: data.offer! }
        }
      }
    }
  return { waits, events, byType, received, best, customers }
}

/** Messages that were acknowledged to their sender and are not in the log exactly once. */
export const brokenPromises = ({ received }: Counted, { acknowledged }: Memory): readonly string[] =>
  [...acknowledged].filter((id) => received.get(id) !== 1)
