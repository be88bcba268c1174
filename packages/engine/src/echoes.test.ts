import type { ChannelEvent } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { ana, of, openShop, type Shop } from '../test/shop.js'

const test = suite('what is seen on the channel of what we sent')

const sendOne = async (shop: Shop): Promise<string> => {
  const told = await shop.ramal.notify({
    id: 'one',
    to: { identifier: ana },
    channel: 'whatsapp',
    endpoint: 'shop',
    purpose: 'delivery',
    content: 'Your parcel is on its way.',
  })
  assert.ok(E.isRight(told))
  await shop.ramal.settled()
  return `out-${shop.sent[0]!.message}`
}

const echo = (shop: Shop, providerId: string): ChannelEvent => ({
  kind: 'echo',
  dedupeKey: providerId,
  at: shop.clock.now(),
  endpoint: 'shop',
  peer: [ana],
  providerId,
  content: { kind: 'text', text: 'Your parcel is on its way.' },
  by: { kind: 'external' },
})

test('an echo that names one of our messages only by the id at the provider is that message', async () => {
  const shop = await openShop()
  const providerId = await sendOne(shop)
  const [ingested] = await shop.ramal.ingest('whatsapp', [echo(shop, providerId)])
  assert.is(ingested!.message, shop.sent[0]!.message)
  assert.is(of(await shop.log(), 'MessageEchoed').length, 0)
  await shop.close()
})

test('an echo of another tool is its message, once', async () => {
  const shop = await openShop()
  await sendOne(shop)
  const results = []
  for (let i = 0; i < 3; i++)
    results.push(...(await shop.ramal.ingest('whatsapp', [echo(shop, 'elsewhere')])))
  assert.equal(
    results.map(({ duplicate }) => duplicate),
    [false, true, true],
  )
  assert.is(of(await shop.log(), 'MessageEchoed').length, 1)
  await shop.close()
})

test.run()
