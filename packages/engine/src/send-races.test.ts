import { type EventStore, memoryStore, START, type StreamName, stamp } from '@ramal/core'
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

/** A store in which somebody writes just before the first attempt to send is written: after it was judged. */
const interrupted = (before: (store: EventStore) => Promise<void>): EventStore => {
  const store = memoryStore()
  let done = false
  return {
    ...store,
    async append(writes, guards) {
      if (!done && writes.some(({ events }) => events.some(({ type }) => type === 'SendAttempted'))) {
        done = true
        await before(store)
      }
      return store.append(writes, guards)
    },
  }
}

test('a STOP between judging and writing the attempt has it judged anew: in the log first, it wins', async () => {
  const store = interrupted(async (inner) => {
    let customer: StreamName = 'customer-none'
    for await (const { events } of inner.readAll({ after: START, types: ['CustomerIdentified'] }))
      customer = events[0]?.stream ?? customer
    const data = { channel: 'whatsapp', purpose: 'all', source: 'customer' } as const
    const context = { commandId: 'stop', at: NOON, tenant: 'main' }
    const events = stamp(customerEvents, customer, [{ type: 'ConsentWithdrawn', data }], context)
    assert.ok(E.isRight(await inner.append([{ stream: customer, expected: 'exists', events }])))
  })
  const shop = await openShop({ store })
  await tell(shop, 'a')
  await shop.ramal.settled()
  assert.is(shop.sent.length, 0)
  const log = await shop.log()
  assert.equal(
    of(log, 'SendRefused').map(({ data }) => (data as { rule: string }).rule),
    ['consent.withdrawn'],
  )
  assert.is(of(log, 'SendAttempted').length, 0)
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
