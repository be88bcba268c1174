import type { ChannelAdapter } from '@ramal/channel'
import type { Clock, CommandContext, EventStore, Instant, Position, transact } from '@ramal/core'
import type { SendingRules } from '@ramal/outreach'
import type { CallBook } from './call-book.js'
import type { CallOptions } from './call-options.js'
import type { Conversations } from './conversations.js'
import type { Directory } from './directory.js'
import type { Keyed } from './keyed.js'
import { OptionsError } from './options-error.js'
import type { Uploads } from './uploads.js'

/** What doors have written, on its way into conversations. */
export interface IntakeProgress {
  /** Resolves when everything that is in an inbox up to here was taken in, by this engine or another. */
  reached(position: Position): Promise<void>
}

/** What the parts of a running engine share. */
export interface EngineContext {
  readonly store: EventStore
  readonly clock: Clock
  readonly tenant: string
  readonly newId: () => string
  readonly directory: Directory
  /** What doors took is on its way into the log of conversations. */
  readonly intake: IntakeProgress
  readonly adapters: Adapters
  /** What may be sent to whom. */
  readonly sending: SendingRules
  /** One after the other for each thread: parallel deliveries need not fight over one stream. */
  readonly perThread: Keyed
  readonly run: ReturnType<typeof transact>
  /** For what channels report: without reading first, and without the state as an answer. */
  readonly conversations: Conversations
  readonly uploads: Uploads
  /** Whoever comes with the telephone number of a known customer, on another channel, is that customer. */
  readonly sameNumber: boolean
  readonly calls: CallBook
  readonly onOffered?: CallOptions['onOffered']
  readonly onTrouble: (error: unknown) => void
}

export interface Adapters {
  readonly all: readonly ChannelAdapter[]
  byId(id: string): ChannelAdapter | undefined
  byEndpoint(channel: string, endpoint: string): ChannelAdapter | undefined
}

export const adaptersOf = (all: readonly ChannelAdapter[]): Adapters => {
  const byId = new Map<string, ChannelAdapter>()
  const byEndpoint = new Map<string, ChannelAdapter>()
  for (const adapter of all) {
    if (byId.has(adapter.id))
      throw new OptionsError(`Two channels have the id "${adapter.id}"; give each its own.`)
    byId.set(adapter.id, adapter)
    for (const { id } of adapter.endpoints) {
      const key = `${adapter.channel}/${id}`
      if (byEndpoint.has(key)) throw new OptionsError(`Two channels have the endpoint "${key}"; one must go.`)
      byEndpoint.set(key, adapter)
    }
  }
  return {
    all,
    byId: (id) => byId.get(id),
    byEndpoint: (channel, endpoint) => byEndpoint.get(`${channel}/${endpoint}`),
  }
}

/** Resolves when what customers have said up to now is known, also what a door has heard and nobody taken in yet. */
export const caughtUp = async ({
  store,
  intake,
  directory,
}: Pick<EngineContext, 'store' | 'intake' | 'directory'>): Promise<void> => {
  await intake.reached(await store.head())
  await directory.reached(await store.head())
}

export interface CommandOptions {
  /** The same id again is the same command: it is carried out once. Default: a fresh one. */
  readonly commandId?: string
  /** When it was given, by the caller's clock. Default: now. */
  readonly at?: Instant
  readonly actor?: string
  readonly correlationId?: string
  readonly traceparent?: string
}

export const contextOf = (
  { clock, tenant, newId }: Pick<EngineContext, 'clock' | 'tenant' | 'newId'>,
  options: CommandOptions & { readonly once?: string } = {},
): CommandContext => ({
  commandId: options.commandId ?? newId(),
  at: options.at ?? clock.now(),
  tenant,
  actor: options.actor,
  correlationId: options.correlationId,
  traceparent: options.traceparent,
  once: options.once,
})
