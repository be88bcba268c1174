import {
  type EventStore,
  memoryStore,
  type Recorded,
  START,
  StoreError,
  type StreamName,
  stamp,
} from '@ramal/core'
import { customerEvents } from '@ramal/customer'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { ana, NOON, of, openShop, POLICY, type Shop } from '../test/shop.js'
import { startRamal } from './index.js'

const test = suite('races with a send')

const tell = (shop: Pick<Shop, 'ramal'>, id: string) =>
  shop.ramal.notify({
    id,
    to: { identifier: ana },
    channel: 'whatsapp',
    endpoint: 'shop',
    purpose: 'delivery',
    content: 'Your parcel is on its way.',
  })

/** What a customer says while their message is judged: written just before the attempt to send it is. */
const stop = async (inner: EventStore): Promise<void> => {
  let customer: StreamName = 'customer-none'
  for await (const { events } of inner.readAll({ after: START, types: ['CustomerIdentified'] }))
    customer = events[0]?.stream ?? customer
  const data = { channel: 'whatsapp', purpose: 'all', source: 'customer' } as const
  const context = { commandId: 'stop', at: NOON, tenant: 'main' }
  const events = stamp(customerEvents, customer, [{ type: 'ConsentWithdrawn', data }], context)
  assert.ok(E.isRight(await inner.append([{ stream: customer, expected: 'exists', events }])))
}

const interrupted = ({ guards: canGuard }: { readonly guards: boolean }): EventStore => {
  const store = memoryStore()
  let done = false
  return {
    ...store,
    async append(writes, guards = []) {
      if (!canGuard && guards.length > 0) throw new StoreError('unsupported', 'It cannot guard an append.')
      if (!done && writes.some(({ events }) => events.some(({ type }) => type === 'SendAttempted'))) {
        done = true
        await stop(store)
      }
      return store.append(writes, guards)
    },
  }
}

const refusedBy = (log: readonly Recorded[]) =>
  of(log, 'SendRefused').map(({ data }) => (data as { readonly rule: string }).rule)

test('a STOP between judging and writing the attempt has it judged anew: in the log first, it wins', async () => {
  const shop = await openShop({ store: interrupted({ guards: true }) })
  await tell(shop, 'a')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 0)
  const log = await shop.log()
  assert.equal(refusedBy(log), ['consent.withdrawn'])
  assert.is(of(log, 'SendAttempted').length, 0)
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('also on a store that cannot guard: the attempt is taken back before the provider is called', async () => {
  const sending = { caps: [{ most: 5, per: 3_600_000 }] }
  const shop = await openShop({ store: interrupted({ guards: false }), sending })
  await tell(shop, 'a')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 0)
  const log = await shop.log()
  assert.equal(refusedBy(log), ['consent.withdrawn'])
  assert.equal([of(log, 'SendAttempted').length, of(log, 'ReachTakenBack').length], [1, 1])
  await shop.ramal.customer(of(log, 'CustomerIdentified')[0]!.stream.slice('customer-'.length), {
    type: 'grantConsent',
    channel: 'whatsapp',
    purpose: 'all',
    source: 'customer',
  })
  await tell(shop, 'b')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 1, 'and what may be sent is')
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('of what several engines send to one customer at once no cap lets too much through', async () => {
  const sending = { caps: [{ most: 3, per: 3_600_000 }] }
  const shop = await openShop({ sending })
  const second = fakeChannel()
  const other = await startRamal({
    store: shop.store,
    clock: shop.clock,
    policy: POLICY,
    sending,
    name: 'other',
    channels: [second.adapter],
    onTrouble: (error) => shop.trouble.push(error),
  })
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => tell(i % 2 === 0 ? shop : { ramal: other }, `n${i}`)),
  )
  for (let i = 0; i < 5; i++)
    await shop.clock.advanceTo(shop.clock.now() + 1000, async () => {
      await shop.ramal.settled()
      await other.settled()
    })
  assert.is(shop.sent.length + second.sent.length, 3)
  const log = await shop.log()
  assert.is(of(log, 'SendRefused').length, 17)
  assert.is(of(log, 'CustomerReached').length, 3)
  await other.stop()
  await shop.close()
})

test('what one person is known by does not matter: a STOP under another name of theirs holds', async () => {
  const shop = await openShop()
  await shop.ramal.customer('zoe', { type: 'identify', identifiers: [ana] })
  const phone = { kind: 'e164', value: '+5511987654321' } as const
  await shop.ramal.customer('phone', { type: 'identify', identifiers: [phone] })
  const stop = { channel: 'whatsapp', purpose: 'all', source: 'customer' } as const
  await shop.ramal.customer('phone', { type: 'withdrawConsent', ...stop })
  await tell(shop, 'before they are known to be one')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 1)
  assert.ok(E.isRight(await shop.ramal.merge('zoe', 'phone', { kind: 'agent' })))
  await tell(shop, 'after')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 1)
  await shop.ramal.split('zoe', 'phone', 'two people')
  await tell(shop, 'after they were told apart')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 2)
  await shop.close()
})

test.run()
