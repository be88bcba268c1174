import { suite } from '@ramal/testing'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { of, openShop, person } from '../test/shop.js'
import { launch, people, progress, SPRING, told } from '../test/spring.js'

const test = suite('campaigns')
const HOUR = 3_600_000

test('a campaign keeps its pace, tells each once, and is then completed', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'spring', 12)
  await shop.ramal.addRecipients('spring', people(12))
  await shop.ramal.settled()
  assert.is(shop.sent.length, 5)
  await shop.advance(999)
  assert.is(shop.sent.length, 5)
  await shop.advance(1)
  assert.is(shop.sent.length, 10)
  await shop.advance(HOUR)
  assert.is(new Set(told(shop)).size, 12)
  assert.is(shop.sent.length, 12)
  const first = shop.sent[0]!.content
  assert.is(first.kind === 'text' && first.text, 'Hello number 0, the spring catalogue is here.')
  const { status, recipients, requested, sent } = await progress(shop)
  assert.equal([status, recipients, requested, sent], ['completed', 12, 12, 12])
  assert.is(of(await shop.log(), 'TicketClassified').length, 0)
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('progress says what became of each: refused by which rule, read, answered, opted out', async () => {
  const shop = await openShop()
  for (let n = 0; n < 6; n++)
    await shop.ramal.customer(`c${n}`, { type: 'identify', identifiers: [person(n)] })
  const consent = { channel: 'whatsapp', purpose: 'marketing', source: 'signup' } as const
  for (let n = 0; n < 4; n++) await shop.ramal.customer(`c${n}`, { type: 'grantConsent', ...consent })
  await shop.ramal.customer('c4', { type: 'withdrawConsent', ...consent, source: 'customer' })
  const { ramal } = shop
  await ramal.campaign('spring', { type: 'draft', definition: { ...SPRING, purpose: 'marketing' } })
  const recipients = [...Array.from({ length: 6 }, (_, n) => ({ customer: `c${n}` })), { customer: 'ghost' }]
  await ramal.addRecipients('spring', recipients)
  await ramal.campaign('spring', { type: 'start' })
  await ramal.settled()
  await shop.advance(10_000)
  const messageTo = (n: number) => shop.sent.find(({ to }) => to.value === person(n).value)!.message
  const status = (n: number, to: 'delivered' | 'read') => ({
    kind: 'status' as const,
    dedupeKey: `${n} ${to}`,
    at: shop.clock.now(),
    endpoint: 'shop',
    peer: [person(n)],
    providerId: `out-${messageTo(n)}`,
    correlation: messageTo(n),
    to,
  })
  await ramal.ingest('whatsapp', [status(0, 'delivered'), status(1, 'read'), status(1, 'delivered')])
  await shop.says('I want it', { peer: [person(1)] })
  await shop.says('and quickly', { peer: [person(1)] })
  await shop.says('STOP', { peer: [person(2)] })
  assert.equal(await progress(shop), {
    status: 'completed',
    recipients: 7,
    requested: 6,
    deferred: 0,
    sent: 4,
    failed: 0,
    uncertain: 0,
    refused: { 'consent.missing': 1, 'consent.withdrawn': 1 },
    skipped: { unknownCustomer: 1 },
    delivered: 2,
    read: 1,
    replied: 1,
    optedOut: 1,
  })
  await shop.close()
})

test('a paused campaign tells nobody; resumed it goes on; cancelled it is over', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'spring', 30)
  await shop.advance(1000)
  await shop.ramal.campaign('spring', { type: 'pause', reason: 'a wrong price' })
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 10)
  await shop.ramal.campaign('spring', { type: 'resume' })
  await shop.ramal.settled()
  await shop.advance(1000)
  assert.is(shop.sent.length, 20)
  await shop.ramal.campaign('spring', { type: 'cancel' })
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 20)
  const again = await shop.ramal.campaign('spring', { type: 'resume' })
  assert.ok(isLeft(again) && again.left._tag === 'CampaignRefusal' && again.left.reason === 'over')
  assert.is((await progress(shop)).status, 'cancelled')
  await shop.close()
})

test('in quiet hours a campaign waits, by each recipient’s clock, and keeps its pace after them', async () => {
  const quietHours = { zone: 'America/Sao_Paulo', periods: [{ from: '13:00', to: '09:00' }] }
  const shop = await openShop({ sending: { quietHours } })
  await shop.ramal.customer('east', { type: 'identify', identifiers: [person(0)] })
  await shop.ramal.customer('east', { type: 'learnTimeZone', zone: 'Europe/Lisbon' })
  await launch(shop.ramal, 'spring', 12)
  await shop.ramal.settled()
  // Noon in São Paulo is 15:00 in Lisbon, a quiet hour there.
  assert.is(shop.sent.length, 5)
  assert.not.ok(told(shop).includes(person(0).value))
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 11)
  await shop.advance(18 * HOUR - 1)
  assert.equal(told(shop).slice(11), [person(0).value], 'in their own morning')
  assert.is(of(await shop.log(), 'SendDeferred').length, 0)
  await shop.close()
})

test('campaigns of one endpoint go one after the other', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'first', 8)
  await shop.advance(1)
  await launch(shop.ramal, 'second', 3)
  await shop.advance(998)
  assert.is(shop.sent.length, 5)
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 11)
  assert.is((await progress(shop, 'second')).status, 'completed')
  await shop.close()
})

test.run()
