import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { ana, of, openShop, POLICY, person, type Shop } from '../test/shop.js'
import { type Notification, startRamal } from './index.js'

const test = suite('notifications')
const HOUR = 3_600_000

const parcel = (id: string, more: Partial<Notification> = {}): Notification => ({
  id,
  to: { identifier: ana },
  channel: 'whatsapp',
  endpoint: 'shop',
  purpose: 'delivery',
  content: 'Your parcel is on its way.',
  intent: 'order',
  labels: ['parcel 7'],
  ...more,
})

const tell = async (shop: Shop, notification: Notification) => {
  const told = await shop.ramal.notify(notification)
  await shop.ramal.settled()
  if (E.isLeft(told)) throw new Error(JSON.stringify(told.left))
  return told.right
}

test('a notification is nobody’s work; an answer to it is routed by what it was about', async () => {
  const shop = await openShop()
  const told = await tell(shop, parcel('7', { correlation: 'order-7' }))
  assert.is(shop.sent.length, 1)
  const log = await shop.log()
  const [opened] = of(log, 'ConversationOpened')
  assert.is((opened!.data as { direction: string }).direction, 'outbound')
  assert.is(of(log, 'SendRequested')[0]!.meta.correlationId, 'order-7')
  assert.is(of(log, 'TicketClassified').length, 0)
  assert.is(shop.ramal.router.state.tickets.get(told.conversation)?.place, 'idle')
  await shop.advance(2 * HOUR)
  const answer = await shop.says('Can it come on Friday?')
  assert.is.not(answer.conversation, told.conversation)
  const reply = of(await shop.log(), 'ConversationOpened')[1]!.data as Record<string, unknown>
  assert.equal(
    [reply.direction, reply.notification, reply.intent, reply.labels],
    ['inbound', told.conversation, 'order', ['parcel 7']],
  )
  const ticket = shop.ramal.router.state.tickets.get(answer.conversation!)
  assert.equal([ticket?.queue, ticket?.place], ['orders', 'offered'])
  // Further words belong to the ticket, not to the notification.
  assert.is((await shop.says('Or on Saturday.')).conversation, answer.conversation)
  await shop.advance(24 * HOUR)
  const closed = of(await shop.log(), 'ConversationClosed')
  assert.equal(
    closed.map(({ stream, data }) => [stream, (data as { reason: string }).reason]),
    [[`conversation-${told.conversation}`, 'noReply']],
  )
  assert.equal((await shop.ramal.verify()).differences, [])
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('the same id is the same notification, also from two engines at once', async () => {
  const shop = await openShop()
  const second = fakeChannel()
  const other = await startRamal({
    store: shop.store,
    clock: shop.clock,
    policy: POLICY,
    name: 'other',
    channels: [second.adapter],
    onTrouble: (error) => shop.trouble.push(error),
  })
  const results = await Promise.all(
    [shop.ramal, other, shop.ramal, other].map((ramal) => ramal.notify(parcel('7'))),
  )
  await shop.ramal.settled()
  await other.settled()
  const again = await tell(shop, parcel('7', { content: 'Something else.' }))
  assert.is(shop.sent.length + second.sent.length, 1)
  assert.ok(again.repeated)
  for (const result of results)
    assert.ok(E.isRight(result) && result.right.message === again.message, 'all are told the same message')
  assert.is(of(await shop.log(), 'ConversationOpened').length, 1)
  await other.stop()
  await shop.close()
})

test('what is going on is gone on with; each notification else is a conversation of its own', async () => {
  const shop = await openShop()
  const { conversation } = await shop.says('hello')
  const inside = await tell(shop, parcel('1'))
  assert.is(inside.conversation, conversation)
  const [offer] = of(await shop.log(), 'OfferIssued')
  await shop.ramal.accept(conversation!, (offer!.data as { offer: string }).offer, 'bia')
  await shop.ramal.resolve(conversation!, 'bia', 'solved')
  const second = await tell(shop, parcel('2'))
  const third = await tell(shop, parcel('3', { intent: 'invoice' }))
  assert.is(new Set([conversation, second.conversation, third.conversation]).size, 3)
  // The one that is quoted is the one that is meant.
  const answer = await shop.says('This one is broken', { replyTo: `out-${second.message}` })
  const found = await shop.ramal.find(answer.conversation!)
  assert.ok(isSome(found))
  assert.is(found.value.intent, 'order')
  const opened = of(await shop.log(), 'ConversationOpened').at(-1)!
  assert.is((opened.data as { notification?: string }).notification, second.conversation)
  await shop.close()
})

test('what is said long after is no answer', async () => {
  const shop = await openShop({ sending: { repliesWithin: 48 * HOUR } })
  await tell(shop, parcel('1'))
  await shop.advance(49 * HOUR)
  await shop.says('hello')
  const opened = of(await shop.log(), 'ConversationOpened').at(-1)!.data as Record<string, unknown>
  assert.equal([opened.direction, opened.notification, opened.intent], ['inbound', undefined, undefined])
  await shop.close()
})

test('a customer is reached where they were met; who cannot be reached is said at once', async () => {
  const shop = await openShop()
  await shop.says('hello')
  const customer = of(await shop.log(), 'CustomerIdentified')[0]!.stream.slice('customer-'.length)
  const told = await tell(shop, parcel('1', { to: { customer } }))
  assert.equal(shop.sent.at(-1)?.to, ana)
  assert.ok(told.conversation)
  const refused = async (more: Partial<Notification>) => {
    const result = await shop.ramal.notify(parcel('x', more))
    return E.isLeft(result) && result.left._tag === 'NotifyRefusal' ? result.left.reason : 'none'
  }
  assert.is(await refused({ to: { customer: 'nobody' } }), 'unknownCustomer')
  assert.is(await refused({ endpoint: 'elsewhere' }), 'unknownEndpoint')
  const page = await openShop({ fake: fakeChannel({ channel: 'messenger' }) })
  await page.ramal.customer('zoe', { type: 'identify', identifiers: [person(1)] })
  await page.ramal.settled()
  const result = await page.ramal.notify(parcel('x', { channel: 'messenger', to: { customer: 'zoe' } }))
  assert.ok(E.isLeft(result) && result.left._tag === 'NotifyRefusal' && result.left.reason === 'noAddress')
  await page.close()
  await shop.close()
})

test('what a program without types leaves out or gets wrong is named, and nothing is written', async () => {
  const shop = await openShop()
  const before = (await shop.log()).length
  const fault = (more: object) =>
    shop.ramal.notify(parcel('1', more)).then(
      () => 'taken',
      (error: Error) => error.message,
    )
  assert.match(
    await fault({ purpose: 'all' }),
    /^A notification: purpose: expected .*"marketing".*, found "all"/,
  )
  assert.match(await fault({ purpose: undefined }), /^A notification: purpose: /)
  assert.match(await fault({ id: '' }), /^A notification: id: expected a text that is not empty, found ""/)
  assert.is((await shop.log()).length, before)
  await shop.close()
})

test('a STOP in answer to a notification counts as no contact', async () => {
  const shop = await openShop()
  await tell(shop, parcel('1'))
  await shop.says('STOP')
  await shop.advance(30 * 24 * HOUR)
  const { total } = await shop.ramal.fcrReport({})
  assert.is(total.closedCohort.of, 0)
  await shop.says('STOP', { peer: [person(5)], dedupeKey: 'first word', providerId: 'first word' })
  const [opened] = of(await shop.log(), 'ConversationOpened').slice(-1)
  assert.is((opened!.data as { keyword?: string }).keyword, 'stop')
  await shop.advance(30 * 24 * HOUR)
  const later = await shop.ramal.fcrReport({})
  assert.is(later.total.closedCohort.of, 0, 'also where it is all they ever said')
  assert.is(of(await shop.log(), 'TicketClassified').length, 0)
  await shop.close()
})

test.run()
