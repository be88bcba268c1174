import { setMaxListeners } from 'node:events'
import type { ChannelAdapter, ChannelHost } from '@ramal/channel'
import { type Content, conversationDecider, conversationReducer } from '@ramal/conversation'
import {
  comparePositions,
  freshId,
  load,
  type Position,
  random,
  StoreError,
  shortIdOf,
  streamName,
  systemClock,
  transact,
} from '@ramal/core'
import { customerDecider } from '@ramal/customer'
import { defaultDefinition, fcr, readHistory } from '@ramal/fcr'
import { parseSendingRules, rulesDecider } from '@ramal/outreach'
import { explainOffer, startRouter, verifyPasses } from '@ramal/router'
import { type Policy, parsePolicy, policyDecider, refuseBelowUse } from '@ramal/routing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import { fromNullable } from 'fp-ts/lib/Option.js'
import { startCallBook } from './call-book.js'
import { addRecipients, runCampaign } from './campaign-commands.js'
import { startCampaigns } from './campaigns.js'
import { adaptersOf, contextOf, type EngineContext } from './context.js'
import { conversations } from './conversations.js'
import { findCustomer } from './customers.js'
import { startDirectory } from './directory.js'
import { explainSend } from './explain-send.js'
import { files } from './files.js'
import { gateway } from './http.js'
import { mergeCustomers, splitCustomers } from './identity.js'
import { ingest } from './ingest.js'
import { keyed } from './keyed.js'
import { unknownIn } from './known.js'
import { startLate } from './late.js'
import { liveViews } from './live.js'
import { startMedia } from './media.js'
import { outboundId } from './names.js'
import { notify } from './notify.js'
import { OptionsError } from './options-error.js'
import { startOutbox } from './outbox.js'
import { watchParts } from './parts.js'
import type { Ramal, RamalOptions } from './ramal.js'
import { steering } from './steering.js'
import { startSwitchboard } from './switchboard.js'
import { threadReader } from './threads.js'
import { uploads } from './uploads.js'

/** What was checked, or what is wrong with it, a line each. */
const accepted = <A>(what: string, checked: E.Either<{ readonly faults: readonly string[] }, A>): A => {
  if (E.isRight(checked)) return checked.right
  throw new OptionsError(`${what}:\n${checked.left.faults.map((fault) => `  ${fault}`).join('\n')}`)
}

/** Where nobody listens, Node says it, as it does of its own warnings. */
const warn = (error: unknown): void =>
  process.emitWarning(error instanceof Error ? error : JSON.stringify(error), 'RamalTrouble')

const publish = async (engine: EngineContext, policy: Policy): Promise<void> => {
  const result = await engine.run(
    policyDecider,
    'policy-main',
    { type: 'publish', policy },
    contextOf(engine),
  )
  if (E.isLeft(result)) throw new StoreError('unavailable', 'The policy could not be published; start again.')
}

const publishRules = async (engine: EngineContext): Promise<void> => {
  const command = { type: 'publish', rules: engine.sending } as const
  const result = await engine.run(rulesDecider, 'sending-main', command, contextOf(engine))
  if (E.isLeft(result))
    throw new StoreError('unavailable', 'The sending rules could not be published; start again.')
}

const startParts = (engine: EngineContext, options: RamalOptions, signal: AbortSignal) => {
  const { store, clock, tenant, newId, onTrouble } = engine
  const { name = newId(), patience, fcr: definition = defaultDefinition } = options
  const router = startRouter({ store, clock, tenant, router: name, patience, onTrouble })
  return {
    router,
    outbox: startOutbox(engine, engine.sending, options.outbox ?? {}, signal),
    campaigns: startCampaigns(engine, signal),
    late: startLate(engine, signal),
    media: options.media && startMedia(engine, options.media, signal),
    views: liveViews({ store, clock, router, definition, signal }),
    switchboard: startSwitchboard(engine, options.calls ?? {}, signal),
  }
}

/**
 * Starts an engine on a store. It serves its channels, routes, sends and counts until it is stopped.
 * @throws OptionsError for a policy or channels that cannot work, with what is wrong where
 */
export const startRamal = async (options: RamalOptions): Promise<Ramal> => {
  const { store, clock = systemClock, tenant = 'main', base = '', newId = freshId } = options
  const { onTrouble = warn } = options
  const policy = accepted('The policy is refused', parsePolicy(options.policy))
  const sending = accepted('The sending rules are refused', parseSendingRules(options.sending ?? {}))
  const adapters = adaptersOf(options.channels ?? [])
  const stopping = new AbortController()
  const { signal } = stopping
  // Everything that waits listens to it; with many customers that is many.
  setMaxListeners(0, signal)
  const directory = startDirectory(store, signal)
  const calls = startCallBook(store, signal)
  const policyNow = () => router.state.policy ?? policy
  const engine: EngineContext = {
    store,
    clock,
    tenant,
    newId,
    directory,
    adapters,
    sending,
    perThread: keyed(),
    // The pauses between attempts are no part of what is decided: they pass on a virtual clock too.
    run: transact({ store, clock: systemClock, random: random('pauses') }),
    conversations: conversations(store),
    sameNumber: options.sameNumber ?? false,
    uploads: uploads(options.media?.store, clock),
    calls,
    onOffered: options.calls?.onOffered,
    wrapUpOf: (channel) => policyNow().channel(channel).wrapUp,
    expiryStopsOffers: (queue) => policyNow().queue(queue).expiryStopsOffers,
    onTrouble,
  }
  await publish(engine, policy)
  await publishRules(engine)
  await directory.reached(await store.head())
  await calls.reached(await store.head())
  const { router, outbox, campaigns, late, media, views, switchboard } = startParts(engine, options, signal)
  const host = (adapter: ChannelAdapter): ChannelHost => ({
    clock,
    threads: threadReader(store, directory, adapter.channel, signal),
    media: async (location) => options.media?.store.get(location),
    ingest: (events) => ingest(engine, adapter.channel, events),
    async liveCalls() {
      await calls.reached(await store.head())
      return [...calls.live.values()].filter(
        (call) => adapters.byEndpoint(call.channel, call.endpoint) === adapter,
      )
    },
  })
  const { handle, listener, refusals } = gateway(engine, base, host)
  const started = adapters.all.map((adapter) => adapter.start?.(host(adapter), signal))
  const joining = watchParts(engine, signal, async (channel, whole) => {
    const [ingested] = await ingest(engine, channel, [whole])
    return ingested!
  })
  const parts = [
    router.ended,
    outbox.ended,
    campaigns.ended,
    late.ended,
    media?.ended,
    switchboard.ended,
    calls.ended,
    directory.ended,
    engine.conversations.follow(signal),
    joining,
    ...started,
  ]

  const conversation: Ramal['conversation'] = async (id, command, options) => {
    const unknown = await unknownIn(store, router, command)
    if (unknown) return E.left(unknown)
    return engine.run(
      conversationDecider,
      streamName('conversation', id),
      command,
      contextOf(engine, options),
    )
  }

  const stop = async (): Promise<void> => {
    stopping.abort()
    await engine.perThread.idle()
    await router.stop()
    await Promise.all([...parts, views.ended()])
  }

  const ended = Promise.all(parts).then(() => {})
  ended.catch(onTrouble)

  return {
    ...views,
    ...steering(engine, router),
    ...files(engine, options.media, media),
    handle,
    listener,
    refusals,
    router,
    ended,
    stop,
    conversation,
    ingest: (channel, events) => ingest(engine, channel, events),
    call: switchboard.act,
    async agent(id, command, options) {
      const refusal = refuseBelowUse(router.state, id, command)
      if (refusal) return E.left(refusal)
      return engine.run(agentDecider, streamName('agent', id), command, contextOf(engine, options))
    },
    async customer(id, command, options) {
      const tell = (one: string) =>
        engine.run(customerDecider, streamName('customer', one), command, contextOf(engine, options))
      // Whoever asks to be forgotten means everything that is known of them.
      if (command.type === 'forget')
        for (const one of directory.membersOf(id)) if (one !== id) await tell(one)
      return tell(id)
    },
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
      const wrapUp = engine.wrapUpOf(channel)
      const wrapUpUntil = wrapUp > 0 ? clock.now() + wrapUp : undefined
      const by = { kind: 'human', id: agent } as const
      return conversation(id, { type: 'resolve', by, disposition, wrapUpUntil }, { actor: agent })
    },
    async find(id) {
      const { state, version } = await load(store, conversationReducer, streamName('conversation', id))
      return fromNullable(version < 0 ? undefined : state)
    },
    async findCustomer(id) {
      return fromNullable(await findCustomer(engine, id))
    },
    merge: (survivor, other, evidence, options) => mergeCustomers(engine, survivor, other, evidence, options),
    split: (survivor, other, reason, options) => splitCustomers(engine, survivor, other, reason, options),
    async fcrReport(question) {
      const { definition = defaultDefinition } = question
      const history = await readHistory(store, { definition })
      return fcr(history, { asOf: clock.now(), ...question, definition })
    },
    explain: (id, offer) => explainOffer(store, id, offer),
    explainSend: (id, message) => explainSend(store, adapters, id, message),
    notify: (notification) => notify(engine, notification),
    campaign: (id, command, options) => runCampaign(engine, id, command, options),
    addRecipients: (id, addressees, options) => addRecipients(engine, id, addressees, options),
    verify: () => verifyPasses(store),
    async settled() {
      for (let head: Position = await store.head(), before: Position | undefined; head !== before; ) {
        await engine.perThread.idle()
        await router.settledAt(head)
        await campaigns.settledAt(head)
        await outbox.settledAt(head)
        await late.settledAt(head)
        await media?.settledAt(head)
        await switchboard.settledAt(head)
        await views.settledAt(head)
        before = head
        head = await store.head()
        if (comparePositions(head, before) === 0) return
      }
    },
  }
}
