import type { ChannelEvent, ChannelHost, ThreadItem } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import { conversationEvents } from '@ramal/conversation'
import {
  type Clock,
  memoryStore,
  type NewEvent,
  type Position,
  type Recorded,
  START,
  shortIdOf,
  streamName,
  systemClock,
  uuidOf,
} from '@ramal/core'
import { type Identifier, identifierKey } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'

/** The little of an engine that web chat needs, on a log in memory: each visitor has one conversation. */
export const memoryHost = (clock: Clock = systemClock) => {
  const store = memoryStore()
  const seen: ChannelEvent[] = []
  const passing: ChannelEvent[] = []
  let failing = false
  let reads = 0

  const idOf = (endpoint: string, peer: Identifier) => shortIdOf(`${endpoint} ${identifierKey(peer)}`)
  const write = async (conversation: string, type: string, key: string, data: unknown, at: number) => {
    const encoded = conversationEvents.encode({ type, data } as never, {
      id: uuidOf(key),
      at,
      tenant: 'test',
      correlationId: key,
      causationId: key,
    })
    if (E.isLeft(encoded)) throw new Error(encoded.left.message)
    const event: NewEvent = { ...encoded.right, once: true }
    const stream = streamName('conversation', conversation)
    const appended = await store.append([{ stream, expected: 'any', events: [event] }])
    return E.isLeft(appended) || appended.right.repeated
  }

  const itemOf = ({ type, data, meta, position, stream }: Recorded): ThreadItem | undefined => {
    const body = data as { message: string; content: Content; providerId?: string; by?: never }
    const base = { cursor: position, at: meta.at, conversation: stream.slice('conversation-'.length) }
    if (type === 'MessageReceived') return { ...base, kind: 'message', by: { kind: 'customer' }, ...body }
    if (type === 'SendRequested')
      return { ...base, kind: 'message', ...body, by: body.by ?? { kind: 'human' } }
    return undefined
  }

  const host: ChannelHost = {
    clock,
    async ingest(events) {
      if (failing) throw new Error('the log cannot be written')
      const out = []
      for (const event of events) {
        seen.push(event)
        if (event.kind === 'typing' || event.kind === 'readCursor') passing.push(event)
        if (event.kind !== 'message') {
          out.push({ event, duplicate: false })
          continue
        }
        const conversation = idOf(event.endpoint, event.peer[0]!)
        const message = uuidOf(event.dedupeKey)
        const { content, providerId } = event
        const data = { message, content, providerId }
        const duplicate = await write(conversation, 'MessageReceived', event.dedupeKey, data, event.at)
        out.push({ event, conversation, message, duplicate })
      }
      return out
    },
    liveCalls: async () => [],
    threads: {
      async *read({ endpoint, peer, after }, signal) {
        reads += 1
        const stream = streamName('conversation', idOf(endpoint, peer))
        const from = (after ?? START) as Position
        for await (const page of store.subscribe({ after: from, categories: ['conversation'] }, signal)) {
          const items = page.events.filter((e) => e.stream === stream).flatMap((e) => itemOf(e) ?? [])
          yield { items, cursor: page.position, caughtUp: page.caughtUp }
        }
      },
    },
  }

  let count = 0
  return {
    host,
    store,
    /** Everything handed in, in order, duplicates too. */
    seen,
    passing,
    reads: () => reads,
    fail: (on: boolean) => {
      failing = on
    },
    /** What an agent says to the visitor, by what the log calls it. */
    say: async (endpoint: string, peer: Identifier, content: Content | string) => {
      const message = `agent-${++count}`
      const data = {
        message,
        content: typeof content === 'string' ? { kind: 'text', text: content } : content,
        by: { kind: 'human', id: 'ana' },
      }
      await write(idOf(endpoint, peer), 'SendRequested', message, data, clock.now())
      return message
    },
  }
}

export type MemoryHost = ReturnType<typeof memoryHost>
