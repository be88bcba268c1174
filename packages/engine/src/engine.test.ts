import { whatsapp } from '@ramal/channel-whatsapp'
import { memoryStore } from '@ramal/core'
import { faultyStore, suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, openDesk, request, SECRET, sign, status, T0, text, webhook } from '../test/desk.js'
import { OptionsError, startRamal } from './index.js'

const test = suite('engine')
const ana = { contacts: [{ wa_id: '15550111', profile: { name: 'Ana' } }] }
const from = (id: string, body: string, at?: number) => ({
  ...ana,
  messages: [text('15550111', id, body, at)],
})

test('a message comes in, is routed, answered, delivered, resolved and counted', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  await ramal.signIn('bia', BIA)
  assert.is((await desk.post(from('m1', 'hello'))).status, 200)
  const [offer] = await firstValueFrom(ramal.offers('bia'))
  assert.ok(offer)
  assert.ok(isRight(await ramal.accept(offer.conversation, offer.offer, 'bia')))
  assert.ok(isRight(await ramal.reply({ conversation: offer.conversation, agent: 'bia', content: 'hi Ana' })))
  await ramal.settled()
  assert.is(desk.calls.length, 1)
  assert.is(desk.calls[0]!.to, '15550111')
  await desk.post({ statuses: [status('wamid.OUT1', 'delivered', desk.calls[0]!.biz_opaque_callback_data)] })
  const { tickets } = await firstValueFrom(ramal.inbox('bia'))
  assert.is(tickets[0]?.lastMessage, 'hi Ana')
  assert.ok(isRight(await ramal.resolve(offer.conversation, 'bia', 'solved')))
  await desk.advance(9 * 86_400_000)
  const types = (await desk.log()).map(({ type }) => type)
  for (const type of ['MessageSent', 'DeliveryAdvanced', 'WrapUpFinished', 'ConversationClosed'])
    assert.is(types.filter((t) => t === type).length, 1, type)
  const report = await ramal.fcrReport({ by: ['channel'] })
  assert.equal([report.total.closedCohort.rate, report.total.closedCohort.of], [1, 1])
  assert.is((await firstValueFrom(ramal.fcr())).byChannel[0]?.channel, 'whatsapp')
  const { total, byQueue } = await firstValueFrom(ramal.service())
  assert.is(total.totals.answered, 1)
  assert.equal(
    byQueue.map(({ values }) => values),
    [['care']],
  )
  assert.is((await firstValueFrom(ramal.wallboard())).agents[0]?.agent, 'bia')
  const customer = (await desk.log()).find(({ type }) => type === 'CustomerIdentified')!.stream.slice(9)
  const said = (await ramal.timeline(customer)).flatMap((e) => (e.kind === 'message' ? [e.direction] : []))
  assert.equal(said, ['in', 'out'])
  assert.equal((await ramal.verify()).differences, [])
  assert.equal(desk.trouble, [])
  await ramal.stop()
})

test('a forged or unsigned webhook leaves nothing but a counted refusal', async () => {
  const desk = await openDesk()
  const before = await desk.store.head()
  const body = webhook(from('m1', 'hello'))
  assert.is((await desk.ramal.handle(request(body, sign(`${body} `)))).status, 403)
  const unsigned = new Request('http://localhost/webhooks/whatsapp', { method: 'POST', body })
  assert.is((await desk.ramal.handle(unsigned)).status, 401)
  assert.is(await desk.store.head(), before)
  assert.is(
    [...desk.ramal.refusals.values()].reduce((a, b) => a + b),
    2,
  )
  await desk.ramal.stop()
})

test('a malformed body gets 400, an oversized one 413, an unknown address 404', async () => {
  const desk = await openDesk()
  assert.is((await desk.ramal.handle(request('{"object": "whats'))).status, 400)
  assert.is((await desk.ramal.handle(request('x'.repeat(4 * 1024 * 1024)))).status, 413)
  assert.is((await desk.ramal.handle(new Request('http://localhost/webhooks/nobody'))).status, 404)
  assert.is((await desk.ramal.handle(new Request('http://localhost/'))).status, 404)
  await desk.ramal.stop()
})

test('an oversized body without a length is cut off while it comes', async () => {
  const desk = await openDesk()
  let pulled = 0
  const body = new ReadableStream({
    pull(controller) {
      pulled++
      controller.enqueue(new Uint8Array(1024 * 1024))
      if (pulled > 100) controller.close()
    },
  })
  const endless = new Request('http://localhost/webhooks/whatsapp', {
    method: 'POST',
    body,
    duplex: 'half',
  } as never)
  assert.is((await desk.ramal.handle(endless)).status, 413)
  assert.ok(pulled < 10, `${pulled} MiB were read`)
  await desk.ramal.stop()
})

test('the provider’s check of the address is answered', async () => {
  const desk = await openDesk()
  const ask = (token: string) => {
    const query = `hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=123`
    return desk.ramal.handle(new Request(`http://localhost/webhooks/whatsapp?${query}`))
  }
  assert.is(await (await ask('check')).text(), '123')
  assert.is((await ask('wrong')).status, 403)
  await desk.ramal.stop()
})

test('an unknown kind of message is kept as unrecognised, and routed', async () => {
  const desk = await openDesk()
  const message = {
    from: '15550111',
    id: 'm1',
    timestamp: '1772442000',
    type: 'hologram',
    hologram: { x: 1 },
  }
  assert.is((await desk.post({ ...ana, messages: [message] })).status, 200)
  const received = (await desk.log()).find(({ type }) => type === 'MessageReceived')
  const data = received?.data as { content: { kind: string }; raw: { hologram: { x: number } } }
  assert.is(data.content.kind, 'unrecognised')
  assert.is(data.raw.hologram.x, 1)
  await desk.ramal.stop()
})

test('a policy with mistakes is refused at start, with the paths and the reasons', async () => {
  const policy = {
    name: 'bad',
    chanels: {},
    classification: [{ queue: 'nowhere', priority: 1.5 }, { queue: 'care' }],
    queues: { care: { offerExpiresAfter: '20s' } },
  }
  try {
    await startRamal({ store: memoryStore(), policy })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, OptionsError)
    const { message } = error as OptionsError
    assert.match(message, /chanels: there is no such field; there are calendars, channels, /)
    assert.match(message, /classification\[0\]\.priority: expected an integer/)
    assert.match(message, /queues\.care\.offerExpiresAfter: expected an integer from 1 to \d+, found "20s"/)
  }
  try {
    await startRamal({
      store: memoryStore(),
      policy: { name: 'bad', queues: { care: {} }, classification: [{ queue: 'nowhere' }] },
    })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /classification\[0\]\.queue: there is no queue "nowhere"/)
  }
})

test('two channels of one id are refused at start', async () => {
  const channels = ['1', '2'].map((id) =>
    whatsapp({ appSecret: SECRET, verifyToken: 'v', accessToken: 'a', numbers: [{ id }] }),
  )
  try {
    await openDesk({ channels })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, OptionsError)
    assert.match((error as OptionsError).message, /Two channels have the id "whatsapp"/)
  }
})

test('an edit that is delivered twice is written once', async () => {
  const desk = await openDesk()
  await desk.post(from('m1', 'hello'))
  const edit = { original_message_id: 'm1', message: { type: 'text', text: { body: 'hello!' } } }
  for (let i = 0; i < 2; i++)
    await desk.post({ ...ana, messages: [{ ...text('15550111', 'm2', ''), type: 'edit', edit }] })
  assert.is((await desk.log()).filter(({ type }) => type === 'MessageEdited').length, 1)
  await desk.ramal.stop()
})

test('the same batch three times, shuffled and at the same time, gives each fact once', async () => {
  const desk = await openDesk()
  const messages = Array.from({ length: 12 }, (_, i) => text(`1555011${i % 3}`, `m${i}`, `message ${i}`))
  const orders = [messages, [...messages].reverse(), [...messages.slice(6), ...messages.slice(0, 6)]]
  const responses = await Promise.all(
    orders.flatMap((order) => [
      desk.ramal.handle(request(webhook({ messages: order }))),
      ...order.map((message) => desk.ramal.handle(request(webhook({ messages: [message] })))),
    ]),
  )
  assert.ok(responses.every((r) => r.status === 200))
  await desk.ramal.settled()
  const log = await desk.log()
  const ids = log
    .filter(({ type }) => type === 'MessageReceived')
    .map(({ data }) => (data as { providerId: string }).providerId)
  assert.equal(ids.sort(), messages.map(({ id }) => id).sort())
  assert.is(log.filter(({ type }) => type === 'ConversationOpened').length, 3)
  assert.is(log.filter(({ type }) => type === 'CustomerIdentified').length, 3)
  await desk.ramal.stop()
})

test('two engines on one log open one conversation, and both know it', async () => {
  const store = memoryStore()
  const one = await openDesk({ store, name: 'one' })
  const two = await openDesk({ store, name: 'two' })
  await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      (i % 2 ? one : two).ramal.handle(request(webhook(from(`m${i}`, `message ${i}`)))),
    ),
  )
  const log = await one.log()
  assert.is(log.filter(({ type }) => type === 'ConversationOpened').length, 1)
  assert.is(log.filter(({ type }) => type === 'MessageReceived').length, 8)
  await one.ramal.stop()
  await two.ramal.stop()
})

test('a customer is one, by number, by its other form, and by user id alone', async () => {
  const desk = await openDesk()
  const bsuid = 'BR.1A2b3C4d5E6f'
  const say = (id: string, who: object) => ({ ...text('x', id, 'hello'), from: undefined, ...who })
  await desk.post({ messages: [say('m1', { from: '5511987654321' })] })
  await desk.post({ messages: [say('m2', { from: '551187654321', from_user_id: bsuid })] })
  await desk.post({ messages: [say('m3', { from_user_id: bsuid })] })
  const log = await desk.log()
  assert.is(log.filter(({ type }) => type === 'MessageReceived').length, 3)
  assert.is(log.filter(({ type }) => type === 'CustomerIdentified').length, 1)
  assert.is(log.filter(({ type }) => type === 'ConversationOpened').length, 1)
  await desk.ramal.stop()
})

test('nothing is acknowledged that is not stored', async () => {
  let broken = false
  const store = faultyStore(memoryStore(), ({ method }) =>
    broken && method === 'append' ? { fault: 'lost-ack' } : undefined,
  )
  const desk = await openDesk({ store })
  broken = true
  const body = webhook(from('m1', 'hello'))
  assert.is((await desk.ramal.handle(request(body))).status, 503)
  broken = false
  assert.is((await desk.ramal.handle(request(body))).status, 200)
  await desk.ramal.settled()
  assert.is((await desk.log()).filter(({ type }) => type === 'MessageReceived').length, 1)
  assert.ok(desk.trouble.length > 0)
  await desk.ramal.stop()
})

test('a message within the reopening time reopens, one after it opens anew', async () => {
  const desk = await openDesk()
  await desk.ramal.signIn('bia', BIA)
  await desk.post(from('m1', 'hello'))
  const { conversation, offer } = desk.offer('bia')
  await desk.ramal.accept(conversation, offer, 'bia')
  await desk.ramal.resolve(conversation, 'bia', 'solved')
  await desk.ramal.settled()
  await desk.post(from('m2', 'one more thing', T0 + 1000))
  const again = desk.offer('bia')
  assert.is(again.conversation, conversation)
  await desk.ramal.accept(conversation, again.offer, 'bia')
  await desk.ramal.resolve(conversation, 'bia', 'solved')
  await desk.advance(25 * 3_600_000)
  await desk.post(from('m3', 'a new matter', desk.clock.now()))
  assert.is.not(desk.offer('bia').conversation, conversation)
  // Delivered again after all that, the first message is still known.
  await desk.post(from('m1', 'hello'))
  assert.is((await desk.log()).filter(({ type }) => type === 'MessageReceived').length, 3)
  await desk.ramal.stop()
})

test.run()
