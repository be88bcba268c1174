import {
  type Conversation,
  type ConversationCommand,
  conversationDecider,
  conversationEvents,
} from '@ramal/conversation'
import {
  expectedAt,
  type Guard,
  type Loaded,
  load,
  StoreError,
  stamp,
  streamName,
  systemClock,
  type Write,
} from '@ramal/core'
import { customerReducer } from '@ramal/customer'
import {
  type Judgement,
  judgeSend,
  type ReachEvent,
  reachEvents,
  reachReducer,
  type SendFacts,
  type SendingRules,
} from '@ramal/outreach'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { endpointOf, factsOf, isCapped, purposeOf, type Request } from './send-facts.js'
import { templateReducer, templateStreamOf } from './templates.js'

/** A message that is to be sent now: this engine, and no other, calls the provider. */
export interface Claimed {
  readonly conversation: Conversation
  readonly attempt: number
  readonly tag: string | undefined
  /** It counts for a frequency cap. */
  readonly counted: boolean
}

interface Seen {
  readonly facts: SendFacts
  readonly guards: readonly Guard[]
  /** Where it is counted, and at which version that was read; nothing where no cap counts it. */
  readonly reach: Pick<Write, 'stream' | 'expected'> | undefined
}

const ATTEMPTS = 8

/** How long a message is left to engines that have its channel, by those that do not, in ms. */
const ELSEWHERE = 60_000

/** Everything that the rules ask for, and a guard for each stream that it was read from. */
const look = async (
  engine: EngineContext,
  rules: SendingRules,
  request: Request,
  conversation: Conversation,
): Promise<Seen> => {
  const { store, directory, adapters } = engine
  const { channel, endpoint, customer } = conversation
  const members = directory.membersOf(customer)
  const guards: Guard[] = []
  const read = async <S>(stream: Guard['stream'], loading: Promise<Loaded<S>>): Promise<S> => {
    const { state, version } = await loading
    guards.push({ stream, expected: expectedAt(version) })
    return state
  }
  const customers = await Promise.all(
    members.map((id) => {
      const stream = streamName('customer', id)
      return read(stream, load(store, customerReducer, stream))
    }),
  )
  const isCounted = isCapped(rules, { purpose: purposeOf(request.purpose), channel })
  const reaches = await Promise.all(
    (isCounted ? members : []).map((id) => {
      const stream = streamName('reach', id)
      return read(stream, load(store, reachReducer, stream))
    }),
  )
  const found = endpointOf(adapters, conversation)
  const stream = templateStreamOf(channel, found?.endpoint, request.content)
  const template = stream && (await read(stream, load(store, templateReducer, stream)))
  const facts = factsOf(request, conversation, {
    customers,
    reaches,
    template,
    last: directory.lastOf(channel, endpoint, members),
    window: found?.endpoint.capabilities.window,
  })
  const counter = isCounted ? streamName('reach', members[0]!) : undefined
  return {
    facts,
    guards: guards.filter(({ stream }) => stream !== counter),
    reach: guards.find(({ stream }) => stream === counter),
  }
}

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

/**
 * Judges a message by the rules and writes down what follows: the attempt to send it, that it is put off, or that it
 * is refused. What was judged and what is written are one: the append is guarded by the versions of the streams of
 * the customer that were read, so a withdrawal that is in the log before the attempt is always seen, and whatever
 * comes between reading and writing has it judged anew. Nothing when it is not to be sent now, or not by us.
 */
export const claimSend = async (
  engine: EngineContext,
  rules: SendingRules,
  request: Request & { readonly conversation: string; readonly attempts: number; readonly since: number },
): Promise<Claimed | undefined> => {
  const { store, clock, directory, adapters } = engine
  const { message } = request
  const stream = streamName('conversation', request.conversation)
  for (let n = 1; n <= ATTEMPTS; n++) {
    // Who is merged with whom, and what was received, is known up to here; from here on the guards tell.
    await directory.reached(await store.head())
    const { state, version } = await load(store, conversationDecider, stream)
    const now = clock.now()
    // Another engine may have the channel; if none does, that is said in the end.
    if (!endpointOf(adapters, state) && now < request.since + ELSEWHERE) return undefined
    const seen = await look(engine, rules, request, state)
    const judgement: Judgement | undefined = state.peer && judgeSend(seen.facts, rules, now)
    const command: ConversationCommand = judgement
      ? commandOf(message, judgement)
      : { type: 'refuseSend', message, reason: 'the conversation has no address to answer to' }
    const decision = conversationDecider.decide(command, state)
    if (E.isLeft(decision)) throw new StoreError('invalid', decision.left.message)
    if (decision.right.length === 0) return undefined
    const until = command.type === 'deferSend' ? `/${command.until}` : ''
    const context = contextOf(engine, {
      commandId: `${command.type}/${message}/${request.attempts}${until}`,
      actor: 'outbox',
      at: now,
    })
    const events = stamp(conversationEvents, stream, decision.right, context)
    const writes: Write[] = [{ stream, expected: expectedAt(version), events }]
    const isAttempt = command.type === 'attemptSend'
    if (isAttempt && seen.reach) {
      const { channel, endpoint } = state
      const reached: ReachEvent = {
        type: 'CustomerReached',
        data: { message, channel, endpoint, purpose: seen.facts.purpose },
      }
      writes.push({ ...seen.reach, events: stamp(reachEvents, seen.reach.stream, [reached], context) })
    }
    const guards = seen.reach && !isAttempt ? [...seen.guards, seen.reach] : seen.guards
    const appended = await store.append(writes, guards)
    if (E.isRight(appended)) {
      // The very same attempt of another engine: it is theirs.
      if (!isAttempt || appended.right.repeated) return undefined
      const tag = judgement?.verdict === 'allowed' ? (request.tag ?? judgement.tag) : request.tag
      return { conversation: state, attempt: request.attempts + 1, tag, counted: seen.reach !== undefined }
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
