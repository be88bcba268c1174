import type { ChannelEvent, Ingested } from '@ramal/channel'
import { type ConversationCommand, type ConversationEvent, conversationDecider } from '@ramal/conversation'
import { StoreError, shortIdOf } from '@ramal/core'
import { matchKey } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { isCallEvent, takeCall } from './calls.js'
import { receiving } from './choice.js'
import { contextOf, type EngineContext } from './context.js'
import { noteConsent, noteIdentity, recogniseCustomer } from './customers.js'
import { dealtWith, takeKeyword } from './keyword.js'
import { conversationId, conversationOf } from './names.js'
import { takePart } from './parts.js'
import {
  currentConversation,
  exhausted,
  inThread,
  keep,
  keyOf,
  NO_CONVERSATION,
  onMessage,
  write,
} from './place.js'
import { openingOf } from './replies.js'
import { noteStop } from './stops.js'
import { noteTemplate } from './templates.js'

type Message = Extract<ChannelEvent, { kind: 'message' }>

const whyNot = (left: { readonly _tag: string; readonly message?: string }): string =>
  left.message ?? left._tag

const receive = async (engine: EngineContext, channel: string, event: Message): Promise<Ingested> => {
  const { directory } = engine
  const peer = event.peer[0]
  if (!peer) return keep(engine, channel, event, 'it does not say who sent it')
  const known = directory.receivedAs(channel, event.providerId)
  if (known) return { event, ...known, duplicate: true }
  const who = await recogniseCustomer(engine, channel, event)
  const { customer } = who
  const keyword = await takeKeyword(engine, channel, event, who)
  const key = keyOf(channel, event)
  const message = shortIdOf(key)
  const { content, providerId, replyTo, forwarded, raw } = event
  const command: Extract<ConversationCommand, { type: 'receive' }> = {
    type: 'receive',
    message,
    content,
    opening: openingOf(engine, channel, event, who),
    providerId,
    replyTo,
    forwarded,
    at: event.at,
    ...(event.elsewhere ? { elsewhere: true } : {}),
    raw: event.referral ? { raw, referral: event.referral } : raw,
  }
  const context = contextOf(engine, {
    commandId: key,
    at: event.at,
    once: key,
    actor: `customer/${customer}`,
  })
  const commandFor = (conversation: string): ConversationCommand =>
    keyword === undefined
      ? command
      : { ...command, keyword: dealtWith(engine, channel, conversation, keyword, key) }
  const to = (conversation: string) =>
    engine.conversations.carryOut(receiving(engine), conversation, commandFor(conversation), context)
  const current = directory.currentOf(channel, event.endpoint, peer, customer)
  // Then the next of this thread that is not over, since the directory may lag.
  const before = directory.thread(channel, event.endpoint, peer)?.conversations.length ?? 0
  for (let n = current === undefined ? before : before - 1; ; n++) {
    const conversation = n < before ? current! : conversationId(channel, event.endpoint, peer, n)
    const result = await to(conversation)
    if (E.isRight(result)) {
      const { events, repeated } = result.right
      const duplicate = repeated || events.length === 0
      return { event, conversation, message, duplicate }
    }
    if (result.left._tag === 'Exhausted') throw exhausted(`Message ${event.dedupeKey}`)
    if (result.left.reason !== 'closed' && result.left.reason !== 'idle')
      return keep(engine, channel, event, whyNot(result.left))
  }
}

type Status = Extract<ChannelEvent, { kind: 'status' }>

/** Reports come early too: one for a message whose sending is not written down yet is kept until it is. */
const report = async (engine: EngineContext, channel: string, event: Status): Promise<Ingested> => {
  const { directory, store } = engine
  const { correlation, providerId, to, reason, code, pricing } = event
  const find = () =>
    correlation?.includes('.')
      ? { conversation: conversationOf(correlation), message: correlation }
      : directory.sent(channel, providerId)
  if (!find()) await directory.reached(await store.head())
  const found = find()
  if (!found) return keep(engine, channel, event, `the message ${providerId} that it reports on is not known`)
  const command: ConversationCommand = {
    type: 'reportDelivery',
    message: found.message,
    to,
    providerId,
    reason,
    code,
    category: pricing?.category,
    billable: pricing?.billable,
  }
  const context = contextOf(engine, { commandId: keyOf(channel, event), at: event.at })
  const result = await engine.conversations.carryOut(
    conversationDecider,
    found.conversation,
    command,
    context,
  )
  if (E.isRight(result)) {
    const { conversation, message } = found
    if (event.class === 'consent') await noteStop(engine, conversation, event, message)
    const duplicate = result.right.events.length === 0 || result.right.repeated
    return { event, conversation, message, duplicate }
  }
  if (result.left._tag === 'Exhausted') throw exhausted(`Status ${event.dedupeKey}`)
  return keep(engine, channel, event, whyNot(result.left))
}

/** Whose the thread is now. It is said again with every message of an application that has it. */
const changeHands = async (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'threadControl' }>,
): Promise<Ingested> => {
  const conversation = await currentConversation(engine, channel, event)
  if (conversation === undefined) return keep(engine, channel, event, NO_CONVERSATION)
  const { owner, application } = event
  const key = keyOf(channel, event)
  const context = contextOf(engine, { commandId: key, at: event.at, once: key })
  const command: ConversationCommand = { type: 'noteControl', owner, application, at: event.at }
  const result = await engine.conversations.carryOut(conversationDecider, conversation, command, context)
  if (E.isRight(result)) {
    const { events, repeated } = result.right
    return { event, conversation, duplicate: repeated || events.length === 0 }
  }
  if (result.left._tag === 'Exhausted') throw exhausted(`Control ${event.dedupeKey}`)
  return keep(engine, channel, event, whyNot(result.left))
}

const ingestOne = async (engine: EngineContext, channel: string, event: ChannelEvent): Promise<Ingested> => {
  switch (event.kind) {
    case 'message':
      return receive(engine, channel, event)
    case 'messagePart':
      return takePart(engine, channel, event, (from, whole) => ingestOne(engine, from, whole))
    case 'status':
      return report(engine, channel, event)
    case 'messageEdited':
      return onMessage(engine, channel, event, event.target, (message) => ({
        type: 'MessageEdited',
        data: { message, content: event.content, raw: event.raw } as never,
      }))
    case 'messageRevoked':
      return onMessage(engine, channel, event, event.target, (message) => ({
        type: 'MessageRevoked',
        data: { message },
      }))
    case 'reaction':
      return onMessage(engine, channel, event, event.target, (message) => ({
        type: 'ReactionChanged',
        data: { message, by: event.by ?? { kind: 'customer' }, emoji: event.emoji },
      }))
    case 'readCursor':
      return inThread(engine, channel, event, { type: 'ReadAdvanced', data: { upTo: event.upTo } })
    case 'threadControl':
      if (event.requested) return keep(engine, channel, event, 'another application asks for the thread')
      return changeHands(engine, channel, event)
    case 'echo': {
      const { content, by, providerId, raw } = event
      const message = shortIdOf(keyOf(channel, event))
      const known = engine.directory.sent(channel, providerId)?.message
      const ours = event.correlation?.includes('.') ? event.correlation : known
      if (ours !== undefined && ours !== message) return reportEcho(engine, channel, event, ours)
      const data = { message, content, by, providerId, raw }
      return inThread(engine, channel, event, { type: 'MessageEchoed', data } as ConversationEvent)
    }
    case 'consent':
      return noteConsent(engine, channel, event, () => keep(engine, channel, event, 'it does not say who'))
    case 'identityLinked':
    case 'identityChanged':
      return noteIdentity(engine, channel, event, () => keep(engine, channel, event, 'it does not say who'))
    case 'endpointHealth': {
      const { level, what, detail, code } = event
      return write(engine, channel, event, {
        type: 'EndpointHealthChanged',
        data: { level, what, detail, code },
      })
    }
    case 'templateChanged':
      return noteTemplate(engine, channel, event)
    case 'typing':
      return { event, duplicate: false }
    case 'deliveryCursor':
      return keep(engine, channel, event, 'delivery up to a moment is not counted')
    case 'groupMessage':
      return keep(engine, channel, event, 'a group is no thread with one customer')
    case 'unrecognised':
      return keep(engine, channel, event, event.reason ?? `"${event.type}" is not known`)
    default:
      return takeCall(engine, channel, event)
  }
}

/** Our own message, seen on the channel: it was sent, whatever became of our call. */
const reportEcho = (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'echo' }>,
  correlation: string,
): Promise<Ingested> => {
  const { providerId, dedupeKey, at, endpoint, peer } = event
  const status: Status = {
    kind: 'status',
    dedupeKey,
    at,
    endpoint,
    peer,
    providerId,
    to: 'sent',
    correlation,
  }
  return report(engine, channel, status).then((ingested) => ({ ...ingested, event }))
}

const placeOf = (event: ChannelEvent): string =>
  isCallEvent(event)
    ? `call|${event.call}`
    : event.peer[0]
      ? `${event.endpoint}|${matchKey(event.peer[0])}`
      : `${event.endpoint}|${event.dedupeKey}`

/** What no codec of ours takes is kept as it came: refused, it would be delivered again for ever, with all beside it. */
const keepIfInvalid =
  (engine: EngineContext, channel: string, event: ChannelEvent) =>
  (cause: unknown): Promise<Ingested> => {
    if (cause instanceof StoreError && cause.code === 'invalid')
      return keep(engine, channel, event, cause.message)
    throw cause
  }

/** What a store may be rid of by itself, or by who runs it. All else is wrong with this one report, and stays so. */
const HEALS: ReadonlySet<StoreError['code']> = new Set(['unavailable', 'locked', 'refused', 'full', 'closed'])

/**
 * Takes in what a door took: nobody delivers it again. What cannot be taken in, for a fault of ours, is kept as it came
 * and blocks nothing. Rejects when it is to be tried again.
 */
export const takeIn = async (engine: EngineContext, channel: string, report: ChannelEvent): Promise<void> => {
  try {
    await ingest(engine, channel, [report])
  } catch (cause) {
    if (cause instanceof StoreError && HEALS.has(cause.code)) throw cause
    engine.onTrouble(cause)
    await keep(engine, channel, report, cause instanceof Error ? cause.message : 'it cannot be taken in')
  }
}

/**
 * Writes what a channel reports into the log, each fact once. Those of one thread in the order given, of
 * different threads at the same time. Resolves when all is durable; rejects when some may not be, and then
 * nothing is acknowledged: delivered again, what was written is recognised.
 */
export const ingest = async (
  engine: EngineContext,
  channel: string,
  events: readonly ChannelEvent[],
): Promise<readonly Ingested[]> => {
  const take = (event: ChannelEvent) =>
    engine.perThread(`${channel}/${placeOf(event)}`, () =>
      ingestOne(engine, channel, event).catch(keepIfInvalid(engine, channel, event)),
    )
  if (events.length === 1) return [await take(events[0]!)]
  const results = await Promise.allSettled(events.map(take))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}
