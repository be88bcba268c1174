import { type Content, conversationDecider, conversationReducer } from '@ramal/conversation'
import { comparePositions, load, type Position, StoreError, shortIdOf, streamName } from '@ramal/core'
import { customerDecider } from '@ramal/customer'
import { defaultDefinition, fcr, readHistory } from '@ramal/fcr'
import { rulesDecider } from '@ramal/outreach'
import { explainOffer, startRouter, verifyPasses } from '@ramal/router'
import { type Policy, parsePolicy, policyDecider, refuseBelowUse } from '@ramal/routing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import { fromNullable } from 'fp-ts/lib/Option.js'
import { addRecipients, runCampaign } from './campaign-commands.js'
import { startCampaigns } from './campaigns.js'
import { contextOf, type EngineContext } from './context.js'
import { findCustomer } from './customers.js'
import { dial } from './dial.js'
import { startErasing } from './erasing.js'
import { expiryFrom } from './expiry.js'
import { explainSend } from './explain-send.js'
import { files } from './files.js'
import { mergeCustomers, splitCustomers } from './identity.js'
import { unknownIn } from './known.js'
import { liveViews } from './live.js'
import { startMedia } from './media.js'
import { outboundId } from './names.js'
import { notify } from './notify.js'
import { accepted } from './options-error.js'
import { startOutbox } from './outbox.js'
import type { Ramal, RamalOptions } from './ramal.js'
import { openReception } from './reception.js'
import { steering } from './steering.js'
import { startSwitchboard } from './switchboard.js'

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

/**
 * Starts an engine on a store. It serves its channels, routes, sends and counts until it is stopped.
 * @throws OptionsError for a policy or channels that cannot work, with what is wrong where
 */
export const startRamal = async (options: RamalOptions): Promise<Ramal> => {
  const policy = accepted('The policy is refused', parsePolicy(options.policy))
  const reception = await openReception(options, async (engine) => {
    await publish(engine, policy)
    await publishRules(engine)
  })
  const { engine, name, gateway, late, signal } = reception
  const { store, clock, tenant, newId, onTrouble, directory, adapters } = engine
  const { patience, fcr: definition = defaultDefinition } = options
  const router = startRouter({ store, clock, tenant, router: name, patience, onTrouble })
  const wrapUpOf = (channel: string) => (router.state.policy ?? policy).channel(channel).wrapUp
  const outbox = startOutbox(engine, engine.sending, options.outbox ?? {}, signal)
  const campaigns = startCampaigns(engine, signal)
  const media = options.media && startMedia(engine, options.media, signal)
  const erasing = options.media && startErasing(engine, options.media, signal)
  const views = liveViews({ store, clock, router, definition, signal })
  const switchboard = startSwitchboard(engine, options.calls ?? {}, wrapUpOf, signal)
  const parts = [
    ...reception.ended,
    router.ended,
    outbox.ended,
    campaigns.ended,
    media?.ended,
    erasing?.ended,
    switchboard.ended,
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
    await reception.close()
    await router.stop()
    await Promise.all([...parts, views.ended()])
  }

  const ended = Promise.all(parts).then(() => {})
  ended.catch(onTrouble)

  return {
    ...views,
    ...steering(engine, router),
    ...files(engine, options.media, media, views.conversationsOf),
    ...gateway,
    router,
    ended,
    stop,
    conversation,
    ingest: reception.ingest,
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
      conversation(
        id,
        { type: 'acceptOffer', offer, agent },
        { commandId: `accept/${offer}/${agent}`, actor: agent },
      ),
    decline: (id, offer, agent, reason) =>
      conversation(
        id,
        { type: 'declineOffer', offer, agent, reason },
        { commandId: `decline/${offer}/${agent}`, actor: agent },
      ),
    async reply({ conversation: id, agent, content, id: reply = newId(), purpose, replyTo, ...validity }) {
      const message = outboundId(id, shortIdOf(reply))
      const by = { kind: 'human', id: agent } as const
      const said: Content = typeof content === 'string' ? { kind: 'text', text: content } : content
      return conversation(
        id,
        {
          type: 'send',
          message,
          content: said,
          by,
          purpose,
          replyTo,
          expiresAt: expiryFrom(validity, clock.now()),
        },
        { commandId: `reply/${message}`, actor: agent },
      )
    },
    async resolve(id, agent, disposition) {
      const { channel } = router.state.tickets.get(id) ?? { channel: '' }
      const wrapUp = wrapUpOf(channel)
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
    dial: (call) => dial(engine, call),
    notify: (notification) => notify(engine, notification),
    campaign: (id, command, options) => runCampaign(engine, id, command, options),
    addRecipients: (id, addressees, options) => addRecipients(engine, id, addressees, options),
    verify: () => verifyPasses(store),
    async settled() {
      for (let head: Position = await store.head(), before: Position | undefined; head !== before; ) {
        await engine.intake.reached(head)
        await engine.perThread.idle()
        await router.settledAt(head)
        await campaigns.settledAt(head)
        await outbox.settledAt(head)
        await late.settledAt(head)
        await media?.settledAt(head)
        await erasing?.settledAt(head)
        await switchboard.settledAt(head)
        await views.settledAt(head)
        before = head
        head = await store.head()
        if (comparePositions(head, before) === 0) return
      }
    },
  }
}
