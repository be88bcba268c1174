import type { ThreadItem, ThreadPage, ThreadReader, ThreadReadOptions } from '@ramal/channel'
import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { type EventStore, type Position, type Recorded, streamName } from '@ramal/core'
import type { Directory } from './directory.js'

type Seen = Recorded<ConversationEvent>

/** What a customer may see of an event; nothing for what is ours alone. */
const itemOf = ({ type, data, meta, position }: Seen, conversation: string): ThreadItem | undefined => {
  const base = { cursor: position as string, at: meta.at, conversation }
  switch (type) {
    case 'MessageReceived': {
      const { message, content, providerId, replyTo } = data
      return {
        ...base,
        kind: 'message',
        message,
        by: { kind: 'customer' },
        content,
        providerId,
        replyTo,
      } as ThreadItem
    }
    case 'SendRequested':
    case 'MessageEchoed':
      return {
        ...base,
        kind: 'message',
        message: data.message,
        by: data.by,
        content: data.content,
      } as ThreadItem
    case 'MessageEdited':
      return { ...base, kind: 'edited', message: data.message, content: data.content } as ThreadItem
    case 'MessageRevoked':
      return { ...base, kind: 'revoked', message: data.message }
    case 'ReactionChanged':
      return { ...base, kind: 'reaction', message: data.message, by: data.by, emoji: data.emoji }
    case 'DeliveryAdvanced':
      return { ...base, kind: 'delivery', message: data.message, to: data.to }
    case 'OfferAccepted':
    case 'TicketPicked':
      return { ...base, kind: 'joined', agent: data.agent }
    case 'ConversationResolved':
      return { ...base, kind: 'resolved' }
  }
  return undefined
}

/** A thread as the log has it: each conversation of it is a stream, read from where this reader was. */
export const threadReader = (
  store: EventStore,
  directory: Directory,
  channel: string,
  stopping: AbortSignal,
): ThreadReader => ({
  async *read({ endpoint, peer, after }: ThreadReadOptions, signal: AbortSignal): AsyncGenerator<ThreadPage> {
    /** The version to go on from, by conversation. */
    const from = new Map<string, number>()
    let cursor = after ?? ''
    let changed = true
    let wake = () => {}
    const note = () => {
      changed = true
      wake()
    }
    const unwatch = directory.watch(channel, endpoint, peer, note)
    const stop = () => wake()
    signal.addEventListener('abort', stop)
    stopping.addEventListener('abort', stop)
    const ended = () => signal.aborted || stopping.aborted
    try {
      await directory.reached(cursor as Position)
      while (!ended()) {
        changed = false
        // What is written while the streams are read one after the other belongs to the next round: only so can
        // nothing be passed over.
        const bound = directory.position
        const items: ThreadItem[] = []
        for (const id of directory.thread(channel, endpoint, peer)?.conversations ?? [])
          for await (const { events } of store.read(streamName('conversation', id), {
            from: from.get(id) ?? 0,
          }))
            for (const event of events) {
              if (event.position > bound) continue
              from.set(id, event.version + 1)
              const fact = event.position > cursor ? conversationEvents.upcast(event) : undefined
              const item = fact && itemOf(fact as Seen, id)
              if (item) items.push(item)
            }
        items.sort((a, b) => (a.cursor < b.cursor ? -1 : 1))
        cursor = items.at(-1)?.cursor ?? cursor
        yield { items, cursor, caughtUp: !changed }
        while (!changed && !ended())
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      unwatch()
      signal.removeEventListener('abort', stop)
      stopping.removeEventListener('abort', stop)
    }
  },
})
