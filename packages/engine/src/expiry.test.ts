import type { SendFault } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { ana, NOON, of, openShop, person, type Shop } from '../test/shop.js'
import { launch, progress } from '../test/spring.js'
import type { Notification } from './index.js'

const test = suite('messages that are of use for some time')
const HOUR = 3_600_000
const DAY = 24 * HOUR

const parcel = (more: Partial<Notification> = {}): Notification => ({
  id: 'parcel',
  to: { identifier: ana },
  channel: 'whatsapp',
  endpoint: 'shop',
  purpose: 'order',
  content: 'Your parcel comes between 13:00 and 15:00.',
  ...more,
})

/** Quiet from 11:00 to 09:00 of the next day in São Paulo, where it is noon. */
const quietHours = { zone: 'America/Sao_Paulo', periods: [{ from: '11:00', to: '09:00' }] }

const tell = async ({ ramal }: Shop, more: Partial<Notification> = {}) => {
  const told = await ramal.notify(parcel(more))
  await ramal.settled()
  if (E.isLeft(told)) throw new Error(JSON.stringify(told.left))
  return told.right
}

const refusals = async (shop: Shop) =>
  of(await shop.log(), 'SendRefused').map(({ data, meta }) => [
    (data as { rule: string }).rule,
    meta.at - NOON,
  ])

test('what cannot go in its time is refused when that is over, and explained by what held it', async () => {
  const shop = await openShop({ sending: { quietHours } })
  const { conversation, message } = await tell(shop, { expiresAt: NOON + 3 * HOUR })
  assert.is(of(await shop.log(), 'SendDeferred').length, 1)
  await shop.advance(3 * HOUR - 1)
  assert.equal(await refusals(shop), [])
  await shop.advance(1)
  assert.equal(await refusals(shop), [['expired', 3 * HOUR]])
  const why = await shop.ramal.explainSend(conversation, message)
  assert.ok(isSome(why) && why.value.judgement.verdict === 'refused')
  assert.is(why.value.judgement.rule, 'expired')
  assert.match(
    why.value.judgement.reason,
    /of use until 2026-03-02 18:00:00 .* quietHours held it: .* a quiet hour/,
  )
  await shop.advance(2 * DAY)
  assert.is(shop.sent.length, 0)
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('what can go in its time goes, and its channel is told how much of it is left', async () => {
  const shop = await openShop({ sending: { quietHours } })
  await tell(shop, { validFor: DAY })
  await shop.advance(DAY)
  assert.equal(
    shop.sent.map(({ validFor }) => validFor),
    [3 * HOUR],
  )
  await shop.close()
})

test('what says nothing of it is of use for as long as the rules say of its purpose', async () => {
  const purposes = { order: { validFor: HOUR }, delivery: { quietHours: true } }
  const shop = await openShop({ sending: { quietHours, purposes } })
  await tell(shop)
  await tell(shop, { id: 'other', to: { identifier: person(1) }, purpose: 'delivery' })
  await shop.advance(2 * DAY)
  assert.equal(await refusals(shop), [['expired', HOUR]])
  assert.equal(
    shop.sent.map(({ validFor }) => validFor),
    [3 * HOUR],
    'a day, of which 21 hours were quiet',
  )
  await shop.close()
})

test('a provider that asks to wait for longer than a message is of use is not asked again', async () => {
  const busy: SendFault = { class: 'retry', reason: 'too many', retryAfter: 2 * HOUR }
  const caps = [{ most: 1, per: DAY, purposes: ['order'], action: 'defer' }]
  const fake = fakeChannel({ answer: () => E.left(busy) })
  const shop = await openShop({ fake, sending: { caps } })
  const { conversation, message } = await tell(shop, { validFor: HOUR })
  assert.is(shop.sent.length, 1)
  await shop.advance(HOUR)
  assert.equal(await refusals(shop), [['expired', HOUR]])
  const why = await shop.ramal.explainSend(conversation, message)
  assert.ok(isSome(why) && why.value.judgement.verdict === 'refused')
  assert.match(why.value.judgement.reason, /Until then provider held it: too many/)
  // It never went, so it takes nobody's place under a cap.
  assert.is(of(await shop.log(), 'ReachTakenBack').length, 1)
  await tell(shop, { id: 'next' })
  assert.is(shop.sent.length, 2)
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('an engine that was down says of what is over since that it is', async () => {
  const folder = await openShop({ sending: { quietHours } })
  await tell(folder, { validFor: HOUR })
  await folder.ramal.stop()
  const later = await openShop({
    store: folder.store,
    from: NOON + 2 * DAY,
    name: 'later',
    sending: { quietHours },
  })
  await later.ramal.settled()
  assert.equal(await refusals(later), [['expired', 2 * DAY]])
  assert.is(later.sent.length, 0)
  await later.close()
  await folder.close()
})

test('an agent’s answer may have a time of its own', async () => {
  const shop = await openShop({ sending: { quietHours, purposes: { service: { quietHours: true } } } })
  const { conversation } = await shop.says('Are you open?')
  const [offer] = await firstValueFrom(shop.ramal.offers('bia'))
  await shop.ramal.accept(conversation!, offer!.offer, 'bia')
  await shop.ramal.reply({ conversation: conversation!, agent: 'bia', content: 'Until six.', validFor: HOUR })
  await shop.advance(2 * HOUR)
  assert.equal(await refusals(shop), [['expired', HOUR]])
  await shop.close()
})

test('a campaign that is over tells nobody more, and counts who was not told', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'spring', 40, { expiresAt: NOON + 2500 })
  await shop.advance(2499)
  assert.is(shop.sent.length, 15)
  await shop.advance(1)
  assert.is(shop.sent.length, 15)
  const { status, requested, sent, skipped } = await progress(shop)
  assert.equal([status, requested, sent, skipped], ['completed', 15, 15, { expired: 25 }])
  await shop.close()
})

test('messages of a campaign are of use for as long as it says', async () => {
  const caps = [{ most: 1, per: DAY, purposes: ['order'], action: 'defer' }]
  const shop = await openShop({ sending: { caps } })
  await launch(shop.ramal, 'first', 4)
  await shop.advance(1000)
  await launch(shop.ramal, 'spring', 5, { validFor: HOUR })
  const before = await progress(shop)
  assert.equal([before.deferred, before.sent], [4, 1])
  await shop.advance(HOUR)
  const after = await progress(shop)
  assert.equal([after.status, after.deferred, after.sent, after.refused], ['completed', 0, 1, { expired: 4 }])
  assert.is((await shop.log()).filter(({ type }) => type === 'SendRequested').length, 9)
  await shop.close()
})

test('a time that is none is told by the name that it was given under, and nothing is requested', async () => {
  const shop = await openShop()
  for (const validFor of [Number.NaN, -1, 1.5, '10' as never])
    for (const ask of [
      () => shop.ramal.notify(parcel({ validFor })),
      () => shop.ramal.reply({ conversation: 'c', agent: 'bia', content: 'x', validFor }),
    ])
      await ask().then(
        () => assert.unreachable(`${validFor}`),
        (error: Error) =>
          assert.match(error.message, /^A message: validFor: expected an integer from 0, found /),
      )
  assert.equal(of(await shop.log(), 'SendRequested'), [])
  await shop.close()
})

test.run()
