import type { CallEvent, CallOfferedReported, ChannelEvent, Ingested } from '@ramal/channel'
import {
  type CallCommand,
  type Conversation,
  type ConversationEvent,
  conversationDecider,
} from '@ramal/conversation'
import { type CommandContext, streamName, type Transacted } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import { type Policy, policyEvents, policyFrom } from '@ramal/routing'
import { agentDecider } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { recogniseCustomer } from './customers.js'
import { conversationId } from './names.js'
import { exhausted, keep, keyOf } from './place.js'

type Written = Transacted<Conversation, ConversationEvent>

export const isCallEvent = (event: ChannelEvent): event is CallEvent => 'call' in event

/** Who hides their number is nobody we know, and calls all the same: each such call has a customer of its own. */
const callerOf = ({ peer, call }: CallOfferedReported): readonly Identifier[] =>
  peer.length > 0 ? peer : [{ kind: 'external_id', scope: 'call', value: call }]

const carryOut = async (
  { run }: EngineContext,
  conversation: string,
  command: CallCommand,
  context: CommandContext,
): Promise<E.Either<{ readonly reason: string; readonly message: string }, Written>> => {
  const result = await run(conversationDecider, streamName('conversation', conversation), command, context)
  if (E.isLeft(result) && result.left._tag === 'Exhausted') throw exhausted(`Command ${context.commandId}`)
  return result as E.Either<{ readonly reason: string; readonly message: string }, Written>
}

/** A call joins the conversation in which its customer writes now, or opens the next one of the thread. */
const takeOffered = async (
  engine: EngineContext,
  channel: string,
  event: CallOfferedReported,
): Promise<Ingested> => {
  const { directory } = engine
  const named = { ...event, peer: callerOf(event) }
  const peer = named.peer[0]!
  const who = await recogniseCustomer(engine, channel, named)
  const { call, endpoint, from, to } = event
  const segment = engine.directory.segmentOf(engine.directory.membersOf(who.customer))
  const opening = { channel, endpoint, ...who, peer, ...(segment === undefined ? {} : { segment }) }
  const key = keyOf(channel, event)
  const actor = `customer/${who.customer}`
  const context = contextOf(engine, { commandId: key, at: event.at, once: key, actor })
  const command: CallCommand = { type: 'offerCall', call, opening, from, to }
  const current = directory.currentOf(channel, endpoint, peer, who.customer)
  const before = directory.thread(channel, endpoint, peer)?.conversations.length ?? 0
  for (let n = current === undefined ? Math.max(0, before - 1) : -1; ; n = Math.max(n + 1, before - 1)) {
    const conversation = n < 0 ? current! : conversationId(channel, endpoint, peer, n)
    const result = await carryOut(engine, conversation, command, context)
    if (E.isRight(result)) {
      const { events, repeated } = result.right
      return { event, conversation, duplicate: repeated || events.length === 0 }
    }
    if (result.left.reason !== 'notOpen') return keep(engine, channel, event, result.left.message)
  }
}

/** Whether who lets an offer of this queue lapse gets no more until they are back, by the policy that holds. */
const expiryStopsOffers = async ({ store }: EngineContext, queue: string): Promise<boolean> => {
  let policy: Policy | undefined
  for await (const { events } of store.read('policy-main'))
    for (const recorded of events) {
      const event = policyEvents.upcast(recorded)
      if (event?.type === 'PolicyPublished') policy = policyFrom(event.data.data, event.data.zones)
    }
  return policy?.queue(queue).expiryStopsOffers ?? false
}

/** An agent who let their phone ring, where the queue's policy says so, is asked no more until they are back. */
const noteSilence = async (
  engine: EngineContext,
  conversation: string,
  { state, events }: Written,
): Promise<void> => {
  const lost = events.find(({ type }) => type === 'OfferExpired' || type === 'TicketRequeued')
  const missed = events.find(({ type }) => type === 'CallMissed')
  if (lost === undefined || missed?.type !== 'CallMissed' || missed.data.cause !== 'noAnswer') return
  if (!(await expiryStopsOffers(engine, state.queue ?? ''))) return
  const { agent, leg } = missed.data
  const context = contextOf(engine, { commandId: `silent/${leg}`, actor: 'switchboard' })
  const command = { type: 'stopResponding', conversation } as const
  const result = await engine.run(agentDecider, streamName('agent', agent), command, context)
  // Who has signed out in the meantime is asked nothing anyway.
  if (E.isLeft(result) && result.left._tag === 'Exhausted') throw exhausted(`Silence of agent ${agent}`)
}

/** A phone that was rung in vain. */
export const noteMissed = async (
  engine: EngineContext,
  conversation: string,
  command: Extract<CallCommand, { type: 'missCall' }>,
  context: CommandContext,
): Promise<E.Either<{ readonly message: string }, Written>> => {
  const result = await carryOut(engine, conversation, command, context)
  if (E.isRight(result)) await noteSilence(engine, conversation, result.right)
  return result
}

const commandOf = (event: Exclude<CallEvent, CallOfferedReported>, call: string): CallCommand | undefined => {
  switch (event.kind) {
    case 'callRang':
      // That it rings was written when it was about to.
      return undefined
    case 'callAnswered':
      return { type: 'answerCall', call, leg: event.leg, agent: event.agent }
    case 'callMissed':
      return event.leg === undefined
        ? undefined
        : { type: 'missCall', call, leg: event.leg, cause: event.cause }
    case 'callNamed':
      return { type: 'nameCall', call, name: event.name }
    case 'callHeld':
      return { type: 'holdCall', call }
    case 'callResumed':
      return { type: 'resumeCall', call }
    case 'callEnded': {
      const { at, by, cause, duration, recording, transferredTo, attended, outcome } = event
      return { type: 'endCall', call, at, by, cause, duration, recording, transferredTo, attended, outcome }
    }
    case 'callRecorded':
      return { type: 'recordCall', call, recording: event.recording, duration: event.duration }
  }
}

/** The agent picked up when it was too late: they are let go, and the customer goes on waiting. */
const letGo = async (
  engine: EngineContext,
  channel: string,
  event: CallEvent,
  leg: string,
): Promise<void> => {
  const call = engine.calls.nameOf(channel, event.call)
  const { endpoint, name } = engine.calls.live.get(`${channel}/${call}`) ?? {}
  const adapter = endpoint === undefined ? undefined : engine.adapters.byEndpoint(channel, endpoint)
  const action = { kind: 'release', leg } as const
  const done = await adapter?.control?.({
    endpoint: endpoint!,
    call,
    ...(name === undefined ? {} : { name }),
    action,
  })()
  if (done && E.isLeft(done)) engine.onTrouble(new Error(`Call ${event.call}: ${done.left.reason}`))
}

/** Writes what is reported of a call into the conversation that it is in. */
export const takeCall = async (
  engine: EngineContext,
  channel: string,
  event: CallEvent,
): Promise<Ingested> => {
  const { calls, store } = engine
  if (calls.conversationOf(channel, event.call) === undefined) await calls.reached(await store.head())
  const conversation = calls.conversationOf(channel, event.call)
  if (event.kind === 'callOffered') {
    if (conversation !== undefined) return { event, conversation, duplicate: true }
    if (event.direction === 'inbound') {
      const ingested = await takeOffered(engine, channel, event)
      const { endpoint, call, session } = event
      if (ingested.conversation !== undefined)
        engine.onOffered?.({ conversation: ingested.conversation, channel, endpoint, call, session })
      return ingested
    }
  }
  if (conversation === undefined || event.kind === 'callOffered')
    return keep(engine, channel, event, `no conversation of call ${event.call} is known`)
  const command = commandOf(event, calls.nameOf(channel, event.call))
  if (!command) return { event, conversation, duplicate: false }
  const key = keyOf(channel, event)
  const context = contextOf(engine, { commandId: key, at: event.at, once: key })
  const result =
    command.type === 'missCall'
      ? await noteMissed(engine, conversation, command, context)
      : await carryOut(engine, conversation, command, context)
  if (E.isRight(result)) {
    const { events, repeated } = result.right
    return { event, conversation, duplicate: repeated || events.length === 0 }
  }
  if (event.kind === 'callAnswered' && event.leg !== undefined) await letGo(engine, channel, event, event.leg)
  return keep(engine, channel, event, result.left.message)
}
