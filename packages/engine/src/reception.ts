import { setMaxListeners } from 'node:events'
import type { ChannelAdapter, ChannelEvent, ChannelHost } from '@ramal/channel'
import { freshId, random, systemClock, transact } from '@ramal/core'
import { parseSendingRules } from '@ramal/outreach'
import { startCallBook } from './call-book.js'
import { adaptersOf, type EngineContext } from './context.js'
import { conversations } from './conversations.js'
import { startDirectory } from './directory.js'
import { type Gateway, gateway } from './http.js'
import type { TakeReports } from './inbox.js'
import { ingest, takeIn } from './ingest.js'
import { openIntake } from './intake.js'
import { keyed } from './keyed.js'
import { type Late, startLate } from './late.js'
import { loginsOf } from './logins.js'
import { accepted, checkParts } from './options-error.js'
import { watchParts } from './parts.js'
import type { Ramal, RamalOptions } from './ramal.js'
import { threadReader } from './threads.js'
import { warn } from './trouble.js'
import { uploads } from './uploads.js'

/** How long another engine may leave undone what it has begun to do, in ms. */
const PATIENCE = 3_000

/** The side of an engine that faces the channels. */
export interface Reception {
  readonly engine: EngineContext
  /** Of this engine, among those on one log. */
  readonly name: string
  readonly gateway: Gateway
  readonly late: Late
  readonly ingest: Ramal['ingest']
  /** Until the engine stops. */
  readonly signal: AbortSignal
  readonly ended: readonly (Promise<void> | undefined)[]
  /** Ends everything that listens to the signal. Resolves when nothing is being taken in any more. */
  close(): Promise<void>
}

/** @throws OptionsError for rules or channels that cannot work, with what is wrong where */
export const openReception = async (
  options: Omit<RamalOptions, 'policy'>,
  prepare: (engine: EngineContext) => Promise<void>,
): Promise<Reception> => {
  checkParts(options)
  const {
    store,
    clock = systemClock,
    tenant = 'main',
    base = '',
    newId = freshId,
    onTrouble = warn,
    patience = PATIENCE,
  } = options
  const sending = accepted('The sending rules are refused', parseSendingRules(options.sending ?? {}))
  const adapters = adaptersOf(options.channels ?? [])
  const stopping = new AbortController()
  const { signal } = stopping
  // Everything that waits listens to it; with many customers that is many.
  setMaxListeners(0, signal)
  const directory = startDirectory(store, signal)
  const calls = startCallBook(store, signal)
  const name = options.name ?? newId()
  const take = (channel: string, report: ChannelEvent) => takeIn(engine, channel, report)
  const intake = openIntake({ store, clock, tenant, newId, onTrouble }, { name, patience, take }, signal)
  const engine: EngineContext = {
    store,
    clock,
    tenant,
    newId,
    directory,
    intake,
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
    onTrouble,
  }
  await prepare(engine)
  await directory.reached(await store.head())
  await calls.reached(await store.head())
  const takeReports: TakeReports = (channel, events) => ingest(engine, channel, events)
  const host = (adapter: ChannelAdapter): ChannelHost => ({
    clock,
    threads: threadReader(store, directory, adapter.channel, signal),
    media: async (location) => options.media?.store.get(location),
    ingest: (events) => takeReports(adapter.channel, events),
    loginsOf: (peer) => loginsOf(engine, peer),
    async liveCalls() {
      await calls.reached(await store.head())
      return [...calls.live.values()].filter(
        (call) => adapters.byEndpoint(call.channel, call.endpoint) === adapter,
      )
    },
  })
  const late = startLate(engine, signal)
  const joining = watchParts(engine, signal, async (channel, whole) => {
    const [ingested] = await ingest(engine, channel, [whole])
    return ingested!
  })
  return {
    engine,
    name,
    gateway: gateway(engine, base, takeReports, host),
    late,
    ingest: takeReports,
    signal,
    ended: [
      directory.ended,
      calls.ended,
      intake.begin(),
      engine.conversations.follow(signal),
      late.ended,
      joining,
      ...adapters.all.map((adapter) => adapter.start?.(host(adapter), signal)),
    ],
    async close() {
      stopping.abort()
      await engine.perThread.idle()
    },
  }
}
