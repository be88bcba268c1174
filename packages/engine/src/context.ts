import type { ChannelAdapter } from '@ramal/channel'
import type {
  Clock,
  CommandContext,
  Decider,
  Event,
  EventStore,
  Exhausted,
  Instant,
  StreamName,
  Transacted,
  transact,
} from '@ramal/core'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Directory } from './directory.js'
import type { Keyed } from './keyed.js'

/** What the parts of a running engine share. */
export interface EngineContext {
  readonly store: EventStore
  readonly clock: Clock
  readonly tenant: string
  readonly newId: () => string
  readonly directory: Directory
  readonly adapters: Adapters
  /** One after the other for each thread: parallel deliveries need not fight over one stream. */
  readonly perThread: Keyed
  readonly run: ReturnType<typeof transact>
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
      throw new TypeError(`Two channels have the id "${adapter.id}"; give each its own.`)
    byId.set(adapter.id, adapter)
    for (const { id } of adapter.endpoints) {
      const key = `${adapter.channel}/${id}`
      if (byEndpoint.has(key)) throw new TypeError(`Two channels have the endpoint "${key}"; one must go.`)
      byEndpoint.set(key, adapter)
    }
  }
  return {
    all,
    byId: (id) => byId.get(id),
    byEndpoint: (channel, endpoint) => byEndpoint.get(`${channel}/${endpoint}`),
  }
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
  ...options,
  commandId: options.commandId ?? newId(),
  at: options.at ?? clock.now(),
  tenant,
})

/** As `transact`, for parts that own no command ids of users. */
export type Run = <C, Ev extends Event, S, R>(
  decider: Decider<C, Ev, S, R>,
  stream: StreamName,
  command: C,
  context: CommandContext,
) => Promise<Either<R | Exhausted, Transacted<S, Ev>>>
