import type { ChannelEvent, Ingested } from '@ramal/channel'
import { type Conversation, type ConversationEvent, conversationReducer } from '@ramal/conversation'
import { type Decider, type NewEvent, StoreError, stamp, streamName } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { type EndpointEvent, endpointEvents } from './endpoint-events.js'

export const keyOf = (channel: string, event: ChannelEvent): string => `${channel}/${event.dedupeKey}`

/** Others kept writing to the stream. Nothing is acknowledged, so the provider brings it again. */
export const exhausted = (what: string): StoreError =>
  new StoreError('unavailable', `${what} lost against other writers every time; it is to be delivered again.`)

/** A fact that a channel reports is written as it is: whether it is new is for its key to say. */
const noteDecider: Decider<ConversationEvent, ConversationEvent, Conversation, never> = {
  ...conversationReducer,
  decide: (fact) => E.right([fact]),
}

/** Writes a fact about a conversation, if it is not written yet. */
export const note = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
  conversation: string,
  fact: ConversationEvent,
): Promise<Ingested> => {
  const key = keyOf(channel, event)
  const context = contextOf(engine, { commandId: key, at: event.at, once: key })
  const noted = await engine.conversations.carryOut(noteDecider, conversation, fact, context)
  if (E.isLeft(noted)) throw exhausted(`Report ${event.dedupeKey}`)
  return { event, conversation, duplicate: noted.right.repeated }
}

/** Keeps what is no part of a conversation, or cannot be placed in one, in its endpoint's stream. */
export const write = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
  fact: EndpointEvent,
): Promise<Ingested> => {
  const stream = streamName('endpoint', `${channel}.${event.endpoint || 'all'}`)
  const key = keyOf(channel, event)
  const context = contextOf(engine, { commandId: key, at: event.at, once: key })
  const events: readonly NewEvent[] = stamp(endpointEvents, stream, [fact], context)
  const appended = await engine.store.append([{ stream, expected: 'any', events }])
  return { event, duplicate: E.isLeft(appended) || appended.right.repeated }
}

export const keep = (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
  why: string,
): Promise<Ingested> =>
  write(engine, channel, event, { type: 'ReportKept', data: { kind: event.kind, why, report: event } })

/** Where reports of this person belong now, or did last. */
const placeNow = (
  { directory }: EngineContext,
  channel: string,
  { endpoint, peer }: ChannelEvent,
): string | undefined => {
  const [address] = peer
  const customer = peer.map(directory.customerOf).find((id) => id !== undefined)
  if (!address || customer === undefined) return undefined
  return (
    directory.currentOf(channel, endpoint, address, customer) ??
    directory.thread(channel, endpoint, address)?.conversations.at(-1)
  )
}

export const NO_CONVERSATION = 'no conversation with this customer is known'

/** The conversation that somebody has now; the directory catches up before it says that there is none. */
export const currentConversation = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
): Promise<string | undefined> => {
  const found = placeNow(engine, channel, event)
  if (found !== undefined || event.peer.length === 0) return found
  await engine.directory.reached(await engine.store.head())
  return placeNow(engine, channel, event)
}

export const onMessage = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
  target: string,
  fact: (message: string) => ConversationEvent,
): Promise<Ingested> => {
  const { directory, store } = engine
  const find = () => directory.receivedAs(channel, target) ?? directory.sent(channel, target)
  if (!find()) await directory.reached(await store.head())
  const found = find()
  if (found) return note(engine, channel, event, found.conversation, fact(found.message))
  return keep(engine, channel, event, `the message ${target} that it is about is not known`)
}

export const inThread = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
  fact: ConversationEvent,
): Promise<Ingested> => {
  const conversation = await currentConversation(engine, channel, event)
  if (conversation !== undefined) return note(engine, channel, event, conversation, fact)
  return keep(engine, channel, event, NO_CONVERSATION)
}
