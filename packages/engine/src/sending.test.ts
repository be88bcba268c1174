import { memoryStore, START } from '@ramal/core'
import { suite } from '@ramal/testing'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { BIA, type Desk, openDesk, readLog, request, status, text, webhook } from '../test/desk.js'

const test = suite('sending')

const assigned = async (
  options: Parameters<typeof openDesk>[0] = {},
): Promise<Desk & { conversation: string }> => {
  const desk = await openDesk(options)
  await desk.ramal.signIn('bia', BIA)
  await desk.post({ messages: [text('15550111', 'm1', 'hello')] })
  const { conversation, offer } = desk.offer('bia')
  await desk.ramal.accept(conversation, offer, 'bia')
  await desk.ramal.settled()
  return Object.assign(desk, { conversation })
}

const types = async (desk: Desk) => (await desk.log()).map(({ type }) => type)

test('a reply sent twice by its author is sent once', async () => {
  const desk = await assigned()
  const { conversation } = desk
  for (let i = 0; i < 2; i++)
    await desk.ramal.reply({ conversation, agent: 'bia', content: 'hi', id: 'same' })
  await desk.ramal.settled()
  assert.is(desk.calls.length, 1)
  await desk.ramal.stop()
})

test('only the assignee answers', async () => {
  const desk = await assigned()
  const result = await desk.ramal.reply({ conversation: desk.conversation, agent: 'caio', content: 'hi' })
  assert.ok(
    isLeft(result) && result.left._tag === 'ConversationRefusal' && result.left.reason === 'notAssigned',
  )
  await desk.ramal.settled()
  assert.is(desk.calls.length, 0)
  await desk.ramal.stop()
})

test('a send whose answer is lost is uncertain, never repeated, and settled by a report', async () => {
  const desk = await assigned({ answer: () => Promise.reject(new TypeError('socket hang up')) })
  await desk.ramal.reply({ conversation: desk.conversation, agent: 'bia', content: 'hi' })
  await desk.ramal.settled()
  await desk.advance(3_600_000)
  assert.is(desk.calls.length, 1)
  assert.ok((await types(desk)).includes('SendUncertain'))
  const correlation = desk.calls[0]!.biz_opaque_callback_data
  await desk.post({ statuses: [status('wamid.OUT1', 'read', correlation)] })
  const found = await desk.ramal.find(desk.conversation)
  assert.ok(found._tag === 'Some')
  assert.is(found.value.outbound[correlation]?.state, 'sent')
  assert.is(found.value.outbound[correlation]?.delivery, 'read')
  await desk.ramal.stop()
})

test('a send that was certainly refused for now is tried again, a bounded number of times', async () => {
  const limit = () => Response.json({ error: { code: 130429, message: 'rate limit' } }, { status: 429 })
  const desk = await assigned({ answer: limit, outbox: { attempts: 3 } })
  await desk.ramal.reply({ conversation: desk.conversation, agent: 'bia', content: 'hi' })
  await desk.ramal.settled()
  assert.is(desk.calls.length, 1)
  await desk.advance(3_600_000)
  assert.is(desk.calls.length, 3)
  assert.is((await types(desk)).filter((type) => type === 'SendFailed').length, 3)
  await desk.ramal.stop()
})

test('a report that comes before the answer of the send waits for it', async () => {
  let early: Promise<Response> | undefined
  const desk: Desk & { conversation: string } = await assigned({
    answer: async () => {
      early = desk.ramal.handle(request(webhook({ statuses: [status('wamid.OUT1', 'delivered')] })))
      await early
      return Response.json({ messages: [{ id: 'wamid.OUT1' }] })
    },
  })
  await desk.ramal.reply({ conversation: desk.conversation, agent: 'bia', content: 'hi' })
  await desk.ramal.settled()
  assert.is((await early!).status, 200)
  const found = await desk.ramal.find(desk.conversation)
  assert.ok(found._tag === 'Some')
  assert.is(Object.values(found.value.outbound)[0]?.delivery, 'delivered')
  assert.ok((await types(desk)).includes('ReportKept'))
  await desk.ramal.stop()
})

test('after a crash an attempt without an outcome is uncertain, and what was not attempted is sent', async () => {
  const desk = await assigned()
  await desk.ramal.stop()
  const { conversation } = desk
  // What a crash leaves: one message attempted, one only requested.
  const crashed = memoryStore({ clock: desk.clock })
  for (const event of await readLog(desk.store))
    await crashed.append([{ stream: event.stream, expected: 'any', events: [event] }])
  const down = await openDesk({ store: crashed, name: 'down', channels: [] })
  const by = { kind: 'human', id: 'bia' } as const
  const content = { kind: 'text', text: 'hi' } as const
  await down.ramal.conversation(conversation, { type: 'send', message: `${conversation}.one`, content, by })
  await down.ramal.conversation(conversation, { type: 'attemptSend', message: `${conversation}.one` })
  await down.ramal.stop()
  const up = await openDesk({ store: crashed, name: 'up' })
  await up.ramal.conversation(conversation, { type: 'send', message: `${conversation}.two`, content, by })
  await up.ramal.settled()
  await up.advance(120_000)
  assert.equal(
    up.calls.map((call) => call.biz_opaque_callback_data),
    [`${conversation}.two`],
  )
  const outcomes = (await up.log()).filter(
    ({ data }) => (data as { message?: string }).message === `${conversation}.one`,
  )
  assert.ok(
    ['SendUncertain', 'SendFailed'].includes(outcomes.at(-1)!.type),
    outcomes.map((e) => e.type).join(),
  )
  await up.ramal.stop()
})

test('the same script gives the same log, byte for byte', async () => {
  const play = async () => {
    const desk = await assigned()
    await desk.ramal.reply({ conversation: desk.conversation, agent: 'bia', content: 'hi' })
    await desk.ramal.settled()
    await desk.post({ messages: [text('15550112', 'm2', 'me too'), text('15550113', 'm3', 'and me')] })
    await desk.advance(60_000)
    await desk.ramal.resolve(desk.conversation, 'bia', 'solved')
    await desk.advance(2 * 86_400_000)
    await desk.ramal.stop()
    const pages: string[] = []
    for await (const page of desk.store.readAll({ after: START })) pages.push(JSON.stringify(page.events))
    return pages.join()
  }
  const first = await play()
  assert.ok(first.length > 5000)
  assert.is(await play(), first)
})

test('stopping leaves nothing behind', async () => {
  const before = process.getActiveResourcesInfo().length
  const desk = await assigned()
  await desk.ramal.reply({ conversation: desk.conversation, agent: 'bia', content: 'hi' })
  await desk.ramal.stop()
  await desk.ramal.stop()
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(process.getActiveResourcesInfo().length <= before + 1)
})

test.run()
