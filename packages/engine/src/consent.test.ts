import type { SendFault } from '@ramal/channel'
import { explainSendInWords } from '@ramal/outreach'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { isRight } from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { fakeChannel, HUMAN_WINDOW, WINDOW } from '../test/fake-channel.js'
import { ana, of, openShop, type Shop } from '../test/shop.js'

const test = suite('consent, before every send')
const HOUR = 3_600_000

const tell = async (shop: Shop, id: string, more: object = {}) => {
  const told = await shop.ramal.notify({
    id,
    to: { identifier: ana },
    channel: 'whatsapp',
    endpoint: 'shop',
    purpose: 'delivery',
    content: 'Your parcel is on its way.',
    ...more,
  })
  await shop.ramal.settled()
  if (E.isLeft(told)) throw new Error(JSON.stringify(told.left))
  return told.right
}

const refusals = async (shop: Shop) =>
  of(await shop.log(), 'SendRefused').map(({ data }) => (data as { rule?: string }).rule)

const customerOf = async (shop: Shop): Promise<string> =>
  of(await shop.log(), 'CustomerIdentified')[0]!.stream.slice('customer-'.length)

test('after STOP nothing is sent but an answer to what is asked later, and the STOP is nobody’s ticket', async () => {
  const shop = await openShop()
  await tell(shop, 'before')
  assert.is(shop.sent.length, 1)
  const stop = await shop.says(' Pare! ')
  assert.is(stop.duplicate, false)
  const log = await shop.log()
  const [withdrawn] = of(log, 'ConsentWithdrawn')
  assert.equal(withdrawn!.data, {
    channel: 'whatsapp',
    purpose: 'all',
    source: 'customer',
    words: ' Pare! ',
    endpoint: 'shop',
  })
  assert.ok(withdrawn!.position < of(log, 'MessageReceived')[0]!.position, 'consent first, then the message')
  assert.equal(
    ['TicketClassified', 'OfferIssued'].filter((type) => log.some((event) => event.type === type)),
    [],
  )
  await tell(shop, 'after')
  assert.is(shop.sent.length, 1)
  assert.equal(await refusals(shop), ['consent.withdrawn'])
  // They ask something: that is a ticket, and whoever has it may answer. Notifications still may not.
  await shop.advance(60_000)
  const asked = await shop.says('Where is my parcel?')
  const [offer] = of(await shop.log(), 'OfferIssued')
  assert.ok(offer, 'what is asked after it is routed')
  await shop.ramal.accept(asked.conversation!, (offer.data as { offer: string }).offer, 'bia')
  await shop.ramal.reply({ conversation: asked.conversation!, agent: 'bia', content: 'Tomorrow.' })
  await tell(shop, 'later')
  assert.is(shop.sent.length, 2)
  assert.equal(await refusals(shop), ['consent.withdrawn', 'consent.withdrawn'])
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('a button that says STOP is a STOP; one that may answer a question is not', async () => {
  const shop = await openShop()
  const press = (title: string) => shop.says('', { content: { kind: 'choice', id: 'b1', title } })
  await press('Cancelar')
  assert.is(of(await shop.log(), 'ConsentWithdrawn').length, 0, 'it may be the appointment')
  await press('Parar')
  assert.equal(
    of(await shop.log(), 'ConsentWithdrawn').map(({ data }) => (data as { words?: string }).words),
    ['Parar'],
  )
  await tell(shop, 'after')
  assert.equal([shop.sent.length, await refusals(shop)], [0, ['consent.withdrawn']])
  await shop.close()
})

test('a STOP that comes while a message waits is seen before it goes', async () => {
  const quietHours = { zone: 'America/Sao_Paulo', periods: [{ from: '11:00', to: '14:00' }] }
  const purposes = { delivery: { quietHours: true } }
  const shop = await openShop({ sending: { quietHours, purposes } })
  await tell(shop, 'waits')
  assert.is(shop.sent.length, 0)
  await shop.says('SAIR')
  await shop.advance(3 * HOUR)
  assert.is(shop.sent.length, 0)
  assert.equal(await refusals(shop), ['consent.withdrawn'])
  await shop.close()
})

test('a STOP delivered three times is one withdrawal; START lifts it; without a STOP before it is a question', async () => {
  const shop = await openShop()
  const started = await shop.says('Voltar')
  assert.is(of(await shop.log(), 'ConsentGranted').length, 0)
  assert.ok(of(await shop.log(), 'OfferIssued').length > 0, 'nobody had stopped anything')
  await shop.ramal.conversation(started.conversation!, { type: 'close', reason: 'test' })
  const again = { dedupeKey: 'stop', providerId: 'stop', at: shop.clock.now() }
  for (let i = 0; i < 3; i++) await shop.says('STOP', again)
  assert.is(of(await shop.log(), 'ConsentWithdrawn').length, 1)
  await shop.advance(1000)
  await shop.says('VOLTAR')
  assert.is(of(await shop.log(), 'ConsentGranted').length, 1)
  for (let i = 0; i < 2; i++) await shop.says('STOP', again)
  await tell(shop, 'now')
  assert.is(shop.sent.length, 1)
  await shop.close()
})

test('a word that answers an agent’s question is no STOP; to nobody it is one', async () => {
  const shop = await openShop()
  const { conversation } = await shop.says('My appointment?')
  const [offer] = of(await shop.log(), 'OfferIssued')
  await shop.ramal.accept(conversation!, (offer!.data as { offer: string }).offer, 'bia')
  await shop.says('cancelar')
  assert.is(of(await shop.log(), 'ConsentWithdrawn').length, 0)
  await shop.says('parar')
  assert.is(of(await shop.log(), 'ConsentWithdrawn').length, 1, 'this one means one thing only')
  await shop.ramal.resolve(conversation!, 'bia', 'solved')
  await shop.advance(1000)
  await shop.says('start')
  await shop.says('cancelar')
  assert.is(of(await shop.log(), 'ConsentWithdrawn').length, 2)
  await shop.close()
})

test('a STOP is confirmed once, where the rules say so, and nothing else goes', async () => {
  const shop = await openShop({ sending: { keywords: { confirmStop: 'You will hear nothing more.' } } })
  const again = { dedupeKey: 'stop', providerId: 'stop' }
  for (let i = 0; i < 2; i++) await shop.says('STOP', again)
  assert.equal(
    shop.sent.map(({ content }) => (content.kind === 'text' ? content.text : '')),
    ['You will hear nothing more.'],
  )
  await tell(shop, 'after')
  assert.is(shop.sent.length, 1)
  await shop.close()
})

test('what the provider says is stopped is not tried again, whatever a form on a site says', async () => {
  const fault: SendFault = { class: 'consent', reason: 'unsubscribed', code: '21610' }
  const shop = await openShop({ fake: fakeChannel({ answer: () => E.left(fault) }) })
  await tell(shop, 'first')
  const customer = await customerOf(shop)
  const [withdrawn] = of(await shop.log(), 'ConsentWithdrawn')
  assert.equal(
    [(withdrawn!.data as { source: string }).source, (withdrawn!.data as { purpose: string }).purpose],
    ['provider', 'all'],
  )
  await shop.ramal.customer(customer, {
    type: 'grantConsent',
    channel: 'whatsapp',
    purpose: 'delivery',
    source: 'signup',
  })
  await tell(shop, 'second')
  assert.is(shop.sent.length, 1)
  assert.equal(await refusals(shop), ['provider.stopped'])
  await shop.close()
})

test('marketing needs an opt-in; a status that says stopped takes it back', async () => {
  const shop = await openShop()
  const first = await tell(shop, 'a', { purpose: 'marketing' })
  assert.equal(await refusals(shop), ['consent.missing'])
  const customer = await customerOf(shop)
  const consent = { channel: 'whatsapp', purpose: 'marketing', source: 'signup' } as const
  await shop.ramal.customer(customer, { type: 'grantConsent', ...consent })
  const second = await tell(shop, 'b', { purpose: 'marketing' })
  assert.is(shop.sent.length, 1)
  assert.is.not(first.message, second.message)
  await shop.ramal.ingest('whatsapp', [
    {
      kind: 'status',
      dedupeKey: 's1',
      at: shop.clock.now(),
      endpoint: 'shop',
      peer: [ana],
      providerId: `out-${second.message}`,
      correlation: second.message,
      to: 'failed',
      class: 'consent',
      purpose: 'marketing',
    },
  ])
  await shop.ramal.settled()
  await tell(shop, 'c', { purpose: 'marketing' })
  await tell(shop, 'd')
  assert.equal(await refusals(shop), ['consent.missing', 'provider.stopped'])
  assert.is(shop.sent.length, 2, 'what they have ordered they are still told')
  await shop.close()
})

test('outside the window a template goes and free text does not; people have longer, by their tag', async () => {
  const shop = await openShop({ fake: fakeChannel({ window: WINDOW }) })
  await shop.says('hello')
  await shop.advance(23 * HOUR)
  await tell(shop, 'inside')
  await shop.advance(2 * HOUR)
  await tell(shop, 'outside')
  const content = { kind: 'template', name: 'parcel', language: 'pt_BR', parameters: [] } as const
  await tell(shop, 'template', { content })
  assert.equal(await refusals(shop), ['window.closed'])
  assert.is(shop.sent.length, 2)
  await shop.close()

  const page = await openShop({ fake: fakeChannel({ window: HUMAN_WINDOW }) })
  const { conversation } = await page.says('hello')
  const [offer] = of(await page.log(), 'OfferIssued')
  await page.ramal.accept(conversation!, (offer!.data as { offer: string }).offer, 'bia')
  await page.advance(48 * HOUR)
  assert.ok(isRight(await page.ramal.reply({ conversation: conversation!, agent: 'bia', content: 'hi' })))
  await tell(page, 'by the system')
  assert.equal(
    page.sent.map(({ sender, tag }) => [sender, tag]),
    [['human', 'HUMAN_AGENT']],
  )
  assert.equal(await refusals(page), ['window.closed'])
  await page.close()
})

test('what comes in quiet hours waits for their end, by the customer’s clock', async () => {
  const quietHours = { zone: 'America/Sao_Paulo', periods: [{ from: '21:00', to: '08:00' }] }
  const shop = await openShop({ sending: { quietHours } })
  await shop.advance(11 * HOUR)
  const told = await tell(shop, 'late', { purpose: 'order' })
  assert.is(shop.sent.length, 0)
  const [deferred] = of(await shop.log(), 'SendDeferred')
  assert.equal((deferred!.data as { until: number }).until, Date.UTC(2026, 2, 3, 11))
  await shop.advance(9 * HOUR - 1)
  assert.is(shop.sent.length, 0)
  await shop.advance(1)
  assert.is(shop.sent.length, 1)
  const found = await shop.ramal.find(told.conversation)
  assert.ok(isSome(found))
  assert.is(found.value.outbound[told.message]?.state, 'sent')
  // The same hour is none for somebody who lives elsewhere.
  await shop.ramal.customer(await customerOf(shop), { type: 'learnTimeZone', zone: 'Asia/Tokyo' })
  await shop.advance(14 * HOUR)
  await tell(shop, 'tokyo', { purpose: 'order' })
  assert.is(shop.sent.length, 2)
  await shop.close()
})

test('a cap holds across conversations, and what certainly never went counts for nothing', async () => {
  const caps = [{ most: 2, per: 24 * HOUR, name: 'two a day' }]
  let fault: SendFault | undefined = { class: 'channel', reason: 'no credit' }
  const answer = () => (fault ? E.left(fault) : E.right({ providerId: 'x' }))
  const shop = await openShop({ fake: fakeChannel({ answer }), sending: { caps } })
  for (const id of ['a', 'b', 'c']) await tell(shop, id)
  assert.is(shop.sent.length, 3)
  fault = undefined
  for (const id of ['d', 'e', 'f', 'g']) await tell(shop, id)
  assert.is(shop.sent.length, 5)
  assert.equal(await refusals(shop), ['frequencyCap', 'frequencyCap'])
  const [refused] = of(await shop.log(), 'SendRefused')
  assert.is((refused!.data as { retryAt: number }).retryAt, shop.clock.now() + 24 * HOUR)
  await shop.advance(24 * HOUR)
  await tell(shop, 'h')
  assert.is(shop.sent.length, 6)
  await shop.close()
})

test('why a message was refused is asked of the log as it was then', async () => {
  const shop = await openShop({ fake: fakeChannel({ window: WINDOW }) })
  const sent = await tell(shop, 'a', {
    content: { kind: 'template', name: 'parcel', language: 'pt', parameters: [] },
  })
  await shop.advance(1000)
  await shop.says('STOP')
  const refused = await tell(shop, 'b')
  await shop.advance(1000)
  await shop.says('START')
  const why = await shop.ramal.explainSend(refused.conversation, refused.message)
  assert.ok(isSome(why))
  assert.equal([why.value.recorded, why.value.judgement.verdict], ['refused', 'refused'])
  assert.is(why.value.judgement.verdict === 'refused' && why.value.judgement.rule, 'consent.withdrawn')
  const words = explainSendInWords(why.value)
  assert.match(words[0]!, /was refused: rule consent\.withdrawn\./)
  assert.match(words.join('\n'), /consent\.withdrawn refuses: Consent to delivery on whatsapp was withdrawn/)
  const before = await shop.ramal.explainSend(sent.conversation, sent.message)
  assert.ok(isSome(before) && before.value.judgement.verdict === 'allowed')
  assert.ok(before.value.checks.every(({ verdict }) => verdict === 'passes' || verdict === 'notAsked'))
  assert.is((await shop.ramal.explainSend(sent.conversation, 'unknown'))._tag, 'None')
  await shop.close()
})

test.run()
