import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelEvent, Ingested, OutboundMessage } from '@ramal/channel'
import { type EventStore, type Recorded, random, uuidOf, virtualClock } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import { sqliteStore } from '@ramal/store-sqlite'
import { type Ramal, type RamalOptions, startRamal } from '../src/index.js'
import { BIA, readLog } from './desk.js'
import { type FakeChannel, fakeChannel } from './fake-channel.js'

/** A Monday, 12:00 in São Paulo. */
export const NOON = Date.UTC(2026, 2, 2, 15)

export const POLICY = {
  name: 'shop',
  classification: [
    { name: 'orders', when: { intent: 'order' }, queue: 'orders' },
    { name: 'all', queue: 'care' },
  ],
  queues: { care: { offerExpiresAfter: 600_000 }, orders: { offerExpiresAfter: 600_000 } },
}

export const ana: Identifier = { kind: 'wa_id', value: '5511987654321' }
export const person = (n: number): Identifier => ({ kind: 'wa_id', value: `55119876${10_000 + n}` })

export interface Shop {
  readonly ramal: Ramal
  readonly store: EventStore
  readonly clock: ReturnType<typeof virtualClock>
  readonly sent: readonly OutboundMessage[]
  readonly trouble: unknown[]
  /** The customer writes. */
  says(text: string, options?: Partial<Extract<ChannelEvent, { kind: 'message' }>>): Promise<Ingested>
  advance(ms: number): Promise<void>
  log(): Promise<readonly Recorded[]>
  types(): Promise<readonly string[]>
  /** Stops the engine and takes its file away. */
  close(): Promise<void>
}

/** An engine on an SQLite file, on a clock of its own, with a channel that sends nothing anywhere. */
export const openShop = async (
  options: Partial<RamalOptions> & {
    readonly fake?: FakeChannel
    readonly folder?: string
    readonly from?: number
  } = {},
): Promise<Shop> => {
  const { fake = fakeChannel(), folder, from = NOON, ...rest } = options
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'ramal-shop-')))
  const store = rest.store ?? (await sqliteStore(join(home, 'shop.db')))
  const clock = virtualClock(from)
  const ids = random(rest.name ?? 'shop')
  const trouble: unknown[] = []
  const ramal = await startRamal({
    store,
    clock,
    policy: POLICY,
    patience: 0,
    newId: () => uuidOf(`${ids.next()}/${ids.next()}`),
    onTrouble: (error) => trouble.push(error),
    name: 'shop',
    channels: [fake.adapter],
    ...rest,
  })
  await ramal.signIn('bia', { ...BIA, queues: ['care', 'orders'], capacity: { total: 100 } })
  const log = () => readLog(store)
  let n = 0
  return {
    ramal,
    store,
    clock,
    sent: fake.sent,
    trouble,
    log,
    async says(text, more = {}) {
      const id = `m${++n}`
      const [ingested] = await ramal.ingest(fake.adapter.channel, [
        {
          kind: 'message',
          dedupeKey: id,
          providerId: id,
          at: clock.now(),
          endpoint: 'shop',
          peer: [ana],
          content: { kind: 'text', text },
          ...more,
        },
      ])
      await ramal.settled()
      return ingested!
    },
    advance: (ms) => clock.advanceTo(clock.now() + ms, () => ramal.settled()),
    types: async () => (await log()).map(({ type }) => type),
    async close() {
      await ramal.stop()
      if (!rest.store) await store.close()
      if (!folder) await rm(home, { recursive: true, force: true })
    },
  }
}

export const of = <T extends string>(log: readonly Recorded[], type: T): readonly Recorded[] =>
  log.filter((event) => event.type === type)
