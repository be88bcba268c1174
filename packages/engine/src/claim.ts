import {
  type Conversation,
  type ConversationCommand,
  conversationDecider,
  conversationEvents,
} from '@ramal/conversation'
import {
  appendGuarded,
  expectedAt,
  type Instant,
  type Loaded,
  load,
  StoreError,
  stamp,
  streamName,
  systemClock,
  type Write,
} from '@ramal/core'
import {
  expiryOf,
  type Judgement,
  judgeSend,
  type ReachEvent,
  reachEvents,
  type SendingRules,
} from '@ramal/outreach'
import * as E from 'fp-ts/lib/Either.js'
import { caughtUp, contextOf, type EngineContext } from './context.js'
import { look, type Seen } from './look.js'
import { endpointOf, type Request } from './send-facts.js'

/** A message that is to be sent now: this engine, and no other, calls the provider. */
export interface Claimed {
  readonly conversation: Conversation
  readonly attempt: number
  readonly tag: string | undefined
  /** It counts for a frequency cap. */
  readonly counted: boolean
  /** From then on it is of no use. */
  readonly expiresAt: Instant | undefined
}

const ATTEMPTS = 8

/** How long a message is left to engines that have its channel, by those that do not, in ms. */
const ELSEWHERE = 60_000

const commandOf = (message: string, judgement: Judgement): ConversationCommand => {
  switch (judgement.verdict) {
    case 'allowed':
      return { type: 'attemptSend', message }
    case 'refused': {
      const { reason, rule, retryAt } = judgement
      return retryAt === undefined
        ? { type: 'refuseSend', message, reason, rule }
        : { type: 'refuseSend', message, reason, rule, retryAt }
    }
    case 'deferred': {
      const { reason, rule, retryAt } = judgement
      return { type: 'deferSend', message, reason, rule, until: retryAt }
    }
  }
}

type Sendable = Request & {
  readonly conversation: string
  readonly attempts: number
  readonly requestedAt: Instant
  /** Since when it could go. */
  readonly since: number
}

/** What follows from a judgement, ready to be appended with what it was judged on. */
const write = (
  engine: EngineContext,
  request: Sendable,
  { state, version }: Loaded<Conversation>,
  command: ConversationCommand,
  { facts, reach }: Seen,
  at: Instant,
): readonly Write[] => {
  const stream = streamName('conversation', request.conversation)
  const { message } = request
  const decision = conversationDecider.decide(command, state)
  if (E.isLeft(decision)) throw new StoreError('invalid', decision.left.message)
  if (decision.right.length === 0) return []
  const until = command.type === 'deferSend' ? `/${command.until}` : ''
  const commandId = `${command.type}/${message}/${request.attempts}${until}`
  const context = contextOf(engine, { commandId, actor: 'outbox', at })
  const events = stamp(conversationEvents, stream, decision.right, context)
  const said: Write = { stream, expected: expectedAt(version), events }
  if (command.type !== 'attemptSend' || !reach) return [said]
  const { channel, endpoint } = state
  const data = { message, channel, endpoint, purpose: facts.purpose }
  const reached: ReachEvent = { type: 'CustomerReached', data }
  return [said, { ...reach, events: stamp(reachEvents, reach.stream, [reached], context) }]
}

/**
 * Where the store could not guard the attempt: whether what was in the log before it forbids it after all. It is then
 * taken back, before the provider is called.
 */
const isOvertaken = async (
  engine: EngineContext,
  rules: SendingRules,
  request: Sendable,
  conversation: Conversation,
): Promise<boolean> => {
  const { clock, run } = engine
  const { message } = request
  await caughtUp(engine)
  const { facts, reach } = await look(engine, rules, request, conversation)
  const judgement = judgeSend(facts, rules, clock.now())
  if (judgement.verdict === 'allowed') return false
  const { reason, rule } = judgement
  const stream = streamName('conversation', request.conversation)
  const commandId = `overtaken/${message}/${request.attempts}`
  const context = contextOf(engine, { commandId, actor: 'outbox' })
  const refused = await run(
    conversationDecider,
    stream,
    { type: 'refuseSend', message, reason, rule },
    context,
  )
  if (E.isLeft(refused))
    throw new StoreError('unavailable', `Message ${message} cannot be refused now; it is not sent.`)
  if (reach) await takeBack(engine, conversation.customer, message, reason)
  return true
}

/**
 * Judges a message by the rules and writes down what follows: the attempt to send it, that it is put off, or that it
 * is refused. What was judged and what is written are one: the append of an attempt is guarded by the versions of the
 * streams of the customer that were read, so a withdrawal that is in the log before the attempt is always seen, and
 * whatever comes between reading and writing has it judged anew. Nothing when it is not to be sent now, or not by us.
 */
export const claimSend = async (
  engine: EngineContext,
  rules: SendingRules,
  request: Sendable,
): Promise<Claimed | undefined> => {
  const { store, clock, adapters } = engine
  const { message, since, attempts } = request
  for (let n = 1; n <= ATTEMPTS; n++) {
    // Who is merged with whom, and what was received, is known up to here; from here on the guards tell.
    await caughtUp(engine)
    const loaded = await load(store, conversationDecider, streamName('conversation', request.conversation))
    const { state } = loaded
    const now = clock.now()
    // Another engine may have the channel; if none does, that is said in the end.
    if (!endpointOf(adapters, state) && now < since + ELSEWHERE) return undefined
    const seen = await look(engine, rules, request, state)
    const judgement: Judgement | undefined = state.peer && judgeSend(seen.facts, rules, now)
    const command: ConversationCommand = judgement
      ? commandOf(message, judgement)
      : { type: 'refuseSend', message, reason: 'the conversation has no address to answer to' }
    const writes = write(engine, request, loaded, command, seen, now)
    if (writes.length === 0) return undefined
    const isAttempt = judgement?.verdict === 'allowed'
    const { appended, isGuarded } = await appendGuarded(store, writes, isAttempt ? seen.guards : [])
    if (E.isRight(appended)) {
      // What was counted when it was tried before, and will never go, counts no longer.
      if (judgement?.verdict === 'refused' && attempts > 0 && seen.reach)
        await takeBack(engine, state.customer, message, judgement.reason)
      // The very same attempt of another engine is theirs.
      if (!isAttempt || appended.right.repeated) return undefined
      if (!isGuarded && (await isOvertaken(engine, rules, request, state))) return undefined
      const tag = request.tag ?? judgement.tag
      const expiresAt = expiryOf(seen.facts, rules)
      return { conversation: state, attempt: attempts + 1, tag, counted: seen.reach !== undefined, expiresAt }
    }
    await systemClock.sleep(n)
  }
  throw new StoreError('unavailable', `Message ${message} cannot be judged: others kept writing; try again.`)
}

/** It certainly did not go and never will: it counts for no cap. */
export const takeBack = async (
  engine: EngineContext,
  customer: string,
  message: string,
  reason: string,
): Promise<void> => {
  const stream = streamName('reach', engine.directory.survivorOf(customer))
  const event: ReachEvent = { type: 'ReachTakenBack', data: { message, reason } }
  const context = contextOf(engine, { commandId: `takeBack/${message}`, actor: 'outbox' })
  await engine.store.append([
    { stream, expected: 'any', events: stamp(reachEvents, stream, [event], context) },
  ])
}
