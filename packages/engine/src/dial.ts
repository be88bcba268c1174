import { placedCall } from '@ramal/channel'
import {
  type CallCommand,
  type Conversation,
  type ConversationRefusal,
  conversationDecider,
  conversationEvents,
  type Opening,
} from '@ramal/conversation'
import {
  appendGuarded,
  type CommandContext,
  type Exhausted,
  expectedAt,
  type Guard,
  type Instant,
  load,
  nonEmpty,
  record,
  shortIdOf,
  stamp,
  streamName,
  systemClock,
  type Write,
} from '@ramal/core'
import { type Identifier, type MessagePurpose, messagePurpose } from '@ramal/customer'
import { judgeSend, type ReachEvent, type RuleName, reachEvents } from '@ramal/outreach'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { findAddressee, type NotifyRefusal, refuseNotify } from './addressee.js'
import { checkInput } from './check-input.js'
import { caughtUp, contextOf, type EngineContext } from './context.js'
import { look } from './look.js'
import { conversationId } from './names.js'

/** A call from an agent to a customer. */
export interface OutboundCall {
  /** Chosen by the caller, so that a call asked for again after a time-out is the same call. Default: a fresh one. */
  readonly id?: string
  /** Their telephone, as `calls.addressOf` says, is rung first. */
  readonly agent: string
  /** Whom: a customer, an address, or whoever a conversation is with, which the call is then about. */
  readonly to:
    | { readonly customer: string }
    | { readonly identifier: Identifier }
    | { readonly conversation: string }
  /** Our number, from which it is called. */
  readonly endpoint: string
  /** Default `phone`. */
  readonly channel?: string
  /** Default `service`: what the customer has asked for. Any other is judged by the sending rules. */
  readonly purpose?: MessagePurpose
  readonly intent?: string
  readonly labels?: readonly string[]
  /** Also where it is more than the agent can carry. */
  readonly overcommit?: boolean
}

const isAddressee = (u: unknown): u is OutboundCall['to'] => {
  const { customer, identifier, conversation } = (u ?? {}) as Readonly<Record<string, unknown>>
  return (
    typeof (customer ?? conversation) === 'string' || (typeof identifier === 'object' && identifier !== null)
  )
}
const addressee = new t.Type(
  '{ customer }, { identifier } or { conversation }',
  isAddressee,
  (u, c) => (isAddressee(u) ? t.success(u) : t.failure(u, c)),
  t.identity,
)
const outboundCall = record(
  { agent: nonEmpty, to: addressee, endpoint: nonEmpty },
  {
    id: t.string,
    channel: nonEmpty,
    purpose: messagePurpose,
    intent: t.string,
    labels: t.array(t.string),
    overcommit: t.boolean,
  },
)

export interface DialRefusal {
  readonly _tag: 'DialRefusal'
  /** `notAllowed`: by the rule; `cannotCall`: the channel has no calls. */
  readonly reason: 'notAllowed' | 'cannotCall'
  readonly rule?: RuleName
  /** When it may be otherwise. */
  readonly retryAt?: Instant
  readonly message: string
}

/** The call is in the log; what becomes of it is in its conversation. */
export interface Dialled {
  readonly conversation: string
  readonly call: string
  /** It had been asked for before. */
  readonly repeated: boolean
}

type Refusals = DialRefusal | NotifyRefusal | ConversationRefusal | Exhausted

export type DialResult = E.Either<Refusals, Dialled>

const ATTEMPTS = 8

const refusal = (said: Omit<DialRefusal, '_tag'>): DialRefusal => ({ _tag: 'DialRefusal', ...said })

const NONE: ConversationRefusal = {
  _tag: 'ConversationRefusal',
  reason: 'unknownConversation',
  message: 'There is no such conversation; name the customer instead.',
}

/** Whatever else stands in it would be the dial plan's to interpret. */
const NUMBER = /^\+?[0-9]{3,18}$/

const isNumber = ({ kind, value }: Identifier): boolean => kind === 'e164' && NUMBER.test(value)

const noNumber = ({ kind }: Identifier): E.Either<NotifyRefusal, never> =>
  refuseNotify('noAddress', `This ${kind} is no telephone number that can be called; name one.`)

type Place = Extract<CallCommand, { type: 'placeCall' }>

interface Asked {
  readonly place: Place
  readonly purpose: MessagePurpose
  readonly channel: string
  readonly endpoint: string
  readonly peer: Identifier
  readonly customer: string
  /** The conversation that it is about, if the call can be made in that one. */
  readonly own: string | undefined
}

/** Whom to call, and what is to be written of it. */
const readAsked = async (
  engine: EngineContext,
  what: OutboundCall & { readonly id: string },
): Promise<E.Either<Refusals, Asked>> => {
  const { id, agent, endpoint, channel = 'phone', purpose = 'service', intent, labels, overcommit } = what
  const about = 'conversation' in what.to ? what.to.conversation : undefined
  const topic =
    about === undefined
      ? undefined
      : (await load(engine.store, conversationDecider, streamName('conversation', about))).state
  if (topic && topic.status === 'absent') return E.left(NONE)
  // Whoever has called is called back where they called from.
  const caller =
    topic && topic.channel === channel && topic.peer && isNumber(topic.peer) ? topic.peer : undefined
  const to =
    'conversation' in what.to
      ? caller
        ? { identifier: caller }
        : { customer: topic ? topic.customer : '' }
      : what.to
  // Before it makes anybody known.
  if ('identifier' in to && !isNumber(to.identifier)) return noNumber(to.identifier)
  const addressing = { id: `dial/${id}`, to, channel, endpoint }
  const found = await findAddressee(engine, addressing)
  if (E.isLeft(found)) return found
  const { customer, alias, peer } = found.right
  if (!isNumber(peer)) return noNumber(peer)
  const opening: Opening = {
    ...{ channel, endpoint, customer, alias, peer },
    ...(intent === undefined ? {} : { intent }),
    ...(labels === undefined ? {} : { labels }),
  }
  const place: Place = {
    ...{
      type: 'placeCall',
      call: placedCall(shortIdOf(`dial/${id}`)),
      agent,
      to: peer.value,
      opening,
      purpose,
    },
    ...(about === undefined ? {} : { about }),
    ...(overcommit === undefined ? {} : { overcommit }),
  }
  const fits = topic && topic.channel === channel && topic.endpoint === endpoint
  return E.right({ place, purpose, channel, endpoint, peer, customer, own: fits ? about : undefined })
}

interface Judged {
  readonly guards: readonly Guard[]
  /** What counts it for caps, where any does. */
  readonly counted: readonly Write[]
}

/** Whether the rules let it be placed now; what the customer has asked for needs no leave. */
const judge = async (
  engine: EngineContext,
  { place, purpose, channel, endpoint, customer }: Asked,
  state: Conversation,
  context: CommandContext,
): Promise<E.Either<DialRefusal, Judged>> => {
  const { call, agent } = place
  const { at } = context
  const by = { kind: 'human', id: agent } as const
  const content = { kind: 'text', text: '' } as const
  const request = { message: call, content, by, purpose, requestedAt: at }
  const seen = await look(engine, engine.sending, request, { ...state, channel, endpoint, customer })
  const judgement = purpose === 'service' ? undefined : judgeSend(seen.facts, engine.sending, at)
  if (judgement && judgement.verdict !== 'allowed') {
    const { rule, reason: message, retryAt } = judgement
    return E.left(
      refusal({ reason: 'notAllowed', rule, message, ...(retryAt === undefined ? {} : { retryAt }) }),
    )
  }
  const { guards, reach } = seen
  if (!reach) return E.right({ guards, counted: [] })
  const data = { message: call, channel, endpoint, purpose }
  const reached: ReachEvent = { type: 'CustomerReached', data }
  // What may be in the log once is the call.
  const { once: _, ...counting } = context
  const events = stamp(reachEvents, reach.stream, [reached], counting)
  return E.right({ guards, counted: [{ ...reach, events }] })
}

/**
 * Has an agent call a customer: in the conversation that they have of the number, or in one of its own, which they are
 * given. What was judged and what is written are one append, as of a message. Resolves when it is in the log; then the
 * router gives the agent the ticket, and the switchboard rings their telephone.
 */
export const dial = async (engine: EngineContext, what: OutboundCall): Promise<DialResult> => {
  checkInput('A call to a customer', outboundCall, what)
  const { directory, store, adapters, calls } = engine
  const { id = engine.newId(), agent, endpoint, channel = 'phone' } = what
  if (!adapters.byEndpoint(channel, endpoint)?.control) {
    const message = `No channel of this engine can call from ${channel}/${endpoint}.`
    return E.left(refusal({ reason: 'cannotCall', message }))
  }
  const asked = await readAsked(engine, { ...what, id })
  if (E.isLeft(asked)) return asked
  const { place, peer, own, customer } = asked.right
  const { call } = place
  const before = directory.thread(channel, endpoint, peer)?.conversations.length ?? 0
  let n = own === undefined ? Math.max(0, before - 1) : -1
  for (let attempt = 1; attempt <= ATTEMPTS; ) {
    await caughtUp(engine)
    const conversation = n < 0 ? own! : conversationId(channel, endpoint, peer, n)
    const stream = streamName('conversation', conversation)
    const { state, version } = await load(store, conversationDecider, stream)
    const decision = conversationDecider.decide(place, state)
    if (E.isLeft(decision)) {
      // It is over, in another call, or somebody else's: the next one of the thread.
      n = Math.max(n + 1, before - 1)
      continue
    }
    if (decision.right.length === 0) return E.right({ conversation, call, repeated: true })
    const key = `dial/${id}`
    const context = contextOf(engine, { commandId: key, once: key, actor: agent })
    const judged = await judge(engine, asked.right, state, context)
    if (E.isLeft(judged)) return judged
    const events = stamp(conversationEvents, stream, decision.right, context)
    const placed: Write = { stream, expected: expectedAt(version), events }
    const { guards, counted } = judged.right
    const { appended } = await appendGuarded(store, [placed, ...counted], guards)
    if (E.isRight(appended)) return E.right({ conversation, call, repeated: appended.right.repeated })
    if (appended.left._tag === 'Duplicate') {
      await calls.reached(await store.head())
      const known = calls.conversationOf(channel, call) ?? conversation
      return E.right({ conversation: known, call, repeated: true })
    }
    await systemClock.sleep(attempt++)
  }
  return E.left({ _tag: 'Exhausted', stream: streamName('customer', customer), attempts: ATTEMPTS })
}
