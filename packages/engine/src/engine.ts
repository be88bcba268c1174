import type { ChannelAdapter, ChannelEvent, ChannelHost, Ingested } from '@ramal/channel'
import {
  type Content,
  type Conversation,
  type ConversationCommand,
  type ConversationEvent,
  type ConversationRefusal,
  conversationDecider,
  conversationReducer,
} from '@ramal/conversation'
import {
  type Clock,
  comparePositions,
  type EventStore,
  type Exhausted,
  freshId,
  load,
  type Position,
  random,
  StoreError,
  shortIdOf,
  streamName,
  systemClock,
  type Transacted,
  transact,
} from '@ramal/core'
import {
  type Customer,
  type CustomerCommand,
  type CustomerEvent,
  type CustomerRefusal,
  customerDecider,
  type Purpose,
} from '@ramal/customer'
import {
  defaultDefinition,
  type FcrDefinition,
  type FcrQuestion,
  type FcrReport,
  type Figures,
  fcr,
  fcrProjection,
  figuresOf,
  readHistory,
} from '@ramal/fcr'
import { runProjection } from '@ramal/projection'
import { explainOffer, type Router, startRouter, type VerifyReport, verifyPasses } from '@ramal/router'
import { type Explanation, type Policy, parsePolicy, policyDecider } from '@ramal/routing'
import {
  type Agent,
  type AgentCommand,
  type AgentProfile,
  type AgentRefusal,
  agentDecider,
  type WorkforceEvent,
} from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import { fromNullable, type Option } from 'fp-ts/lib/Option.js'
import type { Observable } from 'rxjs'
import { adaptersOf, type CommandOptions, contextOf, type EngineContext } from './context.js'
import { startDirectory } from './directory.js'
import { gateway, type Refusals } from './http.js'
import { ingest, outboundId } from './ingest.js'
import { keyed } from './keyed.js'
import { type Live, live, liveFigures } from './live.js'
import { type OutboxOptions, startOutbox } from './outbox.js'
import { threadReader } from './threads.js'

export interface RamalOptions {
  readonly store: EventStore
  /** As data, such as the JSON of a file. Checked here; what is wrong with it is in the error. */
  readonly policy: unknown
  readonly channels?: readonly ChannelAdapter[]
  /** Default: the system's. */
  readonly clock?: Clock
  readonly tenant?: string
  /** Path before `/webhooks`. Default: none. */
  readonly base?: string
  /** Names this process among those on one log. Default: a fresh one. */
  readonly name?: string
  /**
   * How long a router on the same log may leave due work undone before this one takes over, in ms. Default
   * 3000. A store that has only this process wants 0.
   */
  readonly patience?: number
  readonly outbox?: OutboxOptions
  /** What live FCR means. Default: the default definition. */
  readonly fcr?: FcrDefinition
  /** Ids of commands that the caller gives none, of messages and of terms. Default: random UUIDs. */
  readonly newId?: () => string
  /** Told of what heals by itself, such as a store that was not reachable. Default: to the console. */
  readonly onTrouble?: (error: unknown) => void
}

type ConversationResult = E.Either<
  ConversationRefusal | Exhausted,
  Transacted<Conversation, ConversationEvent>
>

/** Live figures: of everything, and of each channel. */
export interface LiveFcrFigures {
  readonly definition: FcrDefinition
  readonly total: Figures
  readonly byChannel: readonly { readonly channel: string; readonly figures: Figures }[]
}

export interface Reply {
  readonly conversation: string
  readonly agent: string
  readonly content: Content | string
  /** Chosen by the caller, so that a reply sent again after a time-out is the same reply. */
  readonly id?: string
  readonly purpose?: Purpose
  readonly replyTo?: string
}

/** A running engine. */
export interface Ramal extends Live {
  /** For any server that speaks the Fetch API: webhooks and chats, below `BASE/webhooks/`. */
  readonly handle: (request: Request) => Promise<Response>
  /** What a channel reports, without HTTP. Resolves when it is durable. */
  ingest(channel: string, events: readonly ChannelEvent[]): Promise<readonly Ingested[]>

  agent(
    id: string,
    command: AgentCommand,
    options?: CommandOptions,
  ): Promise<E.Either<AgentRefusal | Exhausted, Transacted<Agent, WorkforceEvent>>>
  /** Registers, signs in and makes available. For start-up scripts; may be run again. */
  signIn(id: string, profile: AgentProfile): Promise<void>
  conversation(
    id: string,
    command: ConversationCommand,
    options?: CommandOptions,
  ): Promise<ConversationResult>
  customer(
    id: string,
    command: CustomerCommand,
    options?: CommandOptions,
  ): Promise<E.Either<CustomerRefusal | Exhausted, Transacted<Customer, CustomerEvent>>>

  accept(conversation: string, offer: string, agent: string): Promise<ConversationResult>
  decline(conversation: string, offer: string, agent: string, reason?: string): Promise<ConversationResult>
  reply(reply: Reply): Promise<ConversationResult>
  /** By its assignee. The wrap-up that the policy gives the channel begins. */
  resolve(conversation: string, agent: string, disposition: string): Promise<ConversationResult>

  /** Its state now; none when there is no such conversation. */
  find(conversation: string): Promise<Option<Conversation>>
  /** Live first-contact resolution, as of the last change. */
  fcr(): Observable<LiveFcrFigures>
  /** First-contact resolution under any definition, at any moment, from the log. */
  fcrReport(question: Partial<FcrQuestion>): Promise<FcrReport>
  explain(conversation: string, offer: string): Promise<Option<Explanation>>
  /** Decides every pass of the log again and compares. */
  verify(): Promise<VerifyReport>

  /** Resolves when everything that is in the log, and everything due by now, is worked off. */
  settled(): Promise<void>
  /** Ends what runs, releases everything but the store, which is the caller's. May be called again. */
  stop(): Promise<void>
  readonly router: Router
  readonly refusals: Refusals
  /** Resolves when a part has ended by `stop`; rejects with what ended it otherwise. */
  readonly ended: Promise<void>
}

/** What is wrong with the options; nothing was started. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

const checkPolicy = (input: unknown): Policy => {
  const parsed = parsePolicy(input)
  if (E.isRight(parsed)) return parsed.right
  throw new OptionsError(
    `The policy is refused:\n${parsed.left.faults.map((fault) => `  ${fault}`).join('\n')}`,
  )
}

const publish = async (engine: EngineContext, policy: Policy): Promise<void> => {
  const result = await engine.run(
    policyDecider,
    'policy-main',
    { type: 'publish', policy },
    contextOf(engine),
  )
  if (E.isLeft(result)) throw new StoreError('unavailable', 'The policy could not be published; start again.')
}

const startParts = (engine: EngineContext, options: RamalOptions, signal: AbortSignal) => {
  const { store, clock, tenant, newId, onTrouble } = engine
  const { name = newId(), patience, fcr: definition = defaultDefinition } = options
  return {
    router: startRouter({ store, clock, tenant, router: name, patience, onTrouble }),
    outbox: startOutbox(engine, options.outbox ?? {}, signal),
    fcr: runProjection({ store, clock, signal }, fcrProjection({ definition })),
  }
}

/**
 * Starts an engine on a store. It serves its channels, routes, sends and counts until it is stopped.
 * @throws OptionsError for a policy or channels that cannot work, with what is wrong where
 */
export const startRamal = async (options: RamalOptions): Promise<Ramal> => {
  const { store, clock = systemClock, tenant = 'main', base = '', newId = freshId } = options
  const { onTrouble = (error: unknown) => console.error('ramal:', error) } = options
  const policy = checkPolicy(options.policy)
  const adapters = adaptersOf(options.channels ?? [])
  const stopping = new AbortController()
  const { signal } = stopping
  const directory = startDirectory(store, signal)
  const engine: EngineContext = {
    store,
    clock,
    tenant,
    newId,
    directory,
    adapters,
    perThread: keyed(),
    // The pauses between attempts are no part of what is decided: they pass on a virtual clock too.
    run: transact({ store, clock: systemClock, random: random('pauses') }),
    onTrouble,
  }
  await publish(engine, policy)
  await directory.reached(await store.head())
  const { router, outbox, fcr: running } = startParts(engine, options, signal)
  const threads = threadReader(store, directory, signal)
  const host = (adapter: ChannelAdapter): ChannelHost => ({
    clock,
    threads,
    ingest: (events) => ingest(engine, adapter.channel, events),
  })
  const { handle, refusals } = gateway(engine, base, host)
  const started = adapters.all.map((adapter) => adapter.start?.(host(adapter), signal))
  const parts = [router.ended, outbox.ended, directory.ended, ...started]

  const conversation: Ramal['conversation'] = (id, command, options) =>
    engine.run(conversationDecider, streamName('conversation', id), command, contextOf(engine, options))

  const read = (state: typeof running.state): LiveFcrFigures => {
    state.refresh(clock.now())
    return {
      definition: state.definition,
      total: figuresOf(state.total),
      byChannel: state
        .by('channel')
        .map(({ values: [channel = ''], counts }) => ({ channel, figures: figuresOf(counts) })),
    }
  }

  const stop = async (): Promise<void> => {
    stopping.abort()
    await engine.perThread.idle()
    await router.stop()
    await Promise.all([...parts, running.outcome])
  }

  const ended = Promise.all(parts).then(() => {})
  ended.catch(onTrouble)

  return {
    ...live(router),
    handle,
    refusals,
    router,
    ended,
    stop,
    conversation,
    ingest: (channel, events) => ingest(engine, channel, events),
    agent: (id, command, options) =>
      engine.run(agentDecider, streamName('agent', id), command, contextOf(engine, options)),
    customer: (id, command, options) =>
      engine.run(customerDecider, streamName('customer', id), command, contextOf(engine, options)),
    async signIn(id, profile) {
      const commands: AgentCommand[] = [
        { type: 'register', profile },
        { type: 'signIn' },
        { type: 'becomeAvailable' },
      ]
      for (const command of commands) {
        const result = await engine.run(agentDecider, streamName('agent', id), command, contextOf(engine))
        if (E.isLeft(result)) throw new StoreError('unavailable', `Agent ${id} could not "${command.type}".`)
      }
    },
    accept: (id, offer, agent) =>
      conversation(id, { type: 'acceptOffer', offer, agent }, { commandId: `accept/${offer}`, actor: agent }),
    decline: (id, offer, agent, reason) =>
      conversation(
        id,
        { type: 'declineOffer', offer, agent, reason },
        { commandId: `decline/${offer}`, actor: agent },
      ),
    reply({ conversation: id, agent, content, id: reply = newId(), purpose, replyTo }) {
      const message = outboundId(id, shortIdOf(reply))
      const by = { kind: 'human', id: agent } as const
      const said: Content = typeof content === 'string' ? { kind: 'text', text: content } : content
      return conversation(
        id,
        { type: 'send', message, content: said, by, purpose, replyTo },
        { commandId: `reply/${message}`, actor: agent },
      )
    },
    async resolve(id, agent, disposition) {
      const { channel } = router.state.tickets.get(id) ?? { channel: '' }
      const { wrapUp } = (router.state.policy ?? policy).channel(channel)
      const wrapUpUntil = wrapUp > 0 ? clock.now() + wrapUp : undefined
      const by = { kind: 'human', id: agent } as const
      return conversation(id, { type: 'resolve', by, disposition, wrapUpUntil }, { actor: agent })
    },
    async find(id) {
      const { state, version } = await load(store, conversationReducer, streamName('conversation', id))
      return fromNullable(version < 0 ? undefined : state)
    },
    fcr: () => liveFigures(running, read),
    async fcrReport(question) {
      const { definition = defaultDefinition } = question
      const history = await readHistory(store, { definition })
      return fcr(history, { asOf: clock.now(), ...question, definition })
    },
    explain: (id, offer) => explainOffer(store, id, offer),
    verify: () => verifyPasses(store),
    async settled() {
      for (let head: Position = await store.head(), before: Position | undefined; head !== before; ) {
        await engine.perThread.idle()
        await router.settledAt(head)
        await outbox.settledAt(head)
        await directory.reached(head)
        await running.reached(head)
        before = head
        head = await store.head()
        if (comparePositions(head, before) === 0) return
      }
    },
  }
}
