import type { CallCommand, CallEvent, ChannelAdapter, ChannelEvent, SendFault } from '@ramal/channel'
import { memoryStore, random, uuidOf, virtualClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import { type CallOptions, type Ramal, type RamalOptions, startRamal } from '../src/index.js'
import { BIA, readLog, T0 } from './desk.js'

export const OURS = '551140028922'
export const ANA = '+5511987654321'

/** A telephone line that does what it is told and says nothing by itself. */
export const line = (
  controls: CallCommand[],
  refuse: () => SendFault | undefined = () => undefined,
): ChannelAdapter => ({
  channel: 'phone',
  id: 'line',
  endpoints: [{ id: OURS, capabilities: { maxText: 1 } }],
  verify: () => E.right(undefined),
  decode: () => [],
  send: () => async () => E.left({ class: 'content', reason: 'a telephone' }),
  control: (command) => async () => {
    controls.push(command)
    const fault = refuse()
    return fault ? E.left(fault) : E.right(undefined)
  },
})

export const PHONE_POLICY = {
  name: 'phones',
  classification: [{ name: 'all', queue: 'care' }],
  queues: { care: { offerExpiresAfter: 20_000 } },
  channels: { phone: { cost: 1, wrapUp: 30_000 } },
  slope: 1,
}

type Offered = Extract<ChannelEvent, { kind: 'callOffered' }>

export const offered = (call: string, at = T0, from = ANA): Offered => ({
  kind: 'callOffered',
  dedupeKey: `${call}:offered`,
  at,
  endpoint: OURS,
  peer: [{ kind: 'e164', value: from }],
  call,
  direction: 'inbound',
  from,
  to: OURS,
})

/** Any other report of a call. */
export const reported = (
  event: Pick<CallEvent, 'kind' | 'call'> & { readonly at: number; readonly [more: string]: unknown },
): ChannelEvent =>
  ({
    dedupeKey: `${event.call}:${event.kind}:${String(event.leg ?? '')}:${event.at}`,
    endpoint: '',
    peer: [],
    ...event,
  }) as never

/** An engine with one telephone line on a clock of its own; each agent has a phone of their name. */
export const openLine = async (
  calls: CallOptions = {},
  options: Partial<RamalOptions> & { readonly refuse?: () => SendFault | undefined } = {},
) => {
  const { refuse, ...rest } = options
  const clock = virtualClock(T0)
  const store = options.store ?? memoryStore({ clock })
  const controls: CallCommand[] = []
  const trouble: unknown[] = []
  const ids = random(options.name ?? 'line')
  const ramal = await startRamal({
    store,
    clock,
    policy: PHONE_POLICY,
    patience: 0,
    newId: () => uuidOf(`${ids.next()}/${ids.next()}`),
    onTrouble: (error) => trouble.push(error),
    name: 'line',
    channels: [line(controls, refuse)],
    calls: { addressOf: (agent) => `PJSIP/${agent}`, ...calls },
    ...rest,
  })
  return {
    ramal,
    clock,
    store,
    trouble,
    /** What the line was told to do, in order, since it was last asked. */
    told: () => controls.splice(0),
    async say(...events: readonly ChannelEvent[]) {
      const ingested = await ramal.ingest('phone', events)
      await ramal.settled()
      return ingested
    },
    advance: (ms: number) => clock.advanceTo(clock.now() + ms, () => ramal.settled()),
    /** The types of what is in the conversation of a call. */
    async facts(conversation: string): Promise<readonly string[]> {
      const log = await readLog(store)
      return log.filter(({ stream }) => stream === `conversation-${conversation}`).map(({ type }) => type)
    },
    log: () => readLog(store),
  }
}

/** Which phones were to be rung. */
export const connects = (told: readonly CallCommand[]) =>
  told.flatMap(({ call, action }) => (action.kind === 'connect' ? [{ call, ...action }] : []))

/** A call that waits, while Bia is there. */
export const opened = async (...args: Parameters<typeof openLine>) => {
  const desk = await openLine(...args)
  await desk.ramal.signIn('bia', BIA)
  const ingested = await desk.say(offered('c1'))
  return { ...desk, conversation: ingested[0]!.conversation! }
}

/** A call that Bia has answered. */
export const talking = async (...args: Parameters<typeof openLine>) => {
  const desk = await opened(...args)
  const [rung] = connects(desk.told())
  const leg = rung!.leg
  await desk.say(reported({ kind: 'callRang', call: 'c1', leg, at: T0 + 1000 }))
  await desk.say(reported({ kind: 'callAnswered', call: 'c1', leg, at: T0 + 4000 }))
  return { ...desk, leg }
}

export const stateOf = async ({ ramal }: { readonly ramal: Ramal }, id: string) => {
  const found = await ramal.find(id)
  if (!isSome(found)) throw new Error('There is no such conversation.')
  return found.value
}
