import { whatsapp } from '@ramal/channel-whatsapp'
import { memoryStore } from '@ramal/core'
import { suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { BIA, NUMBER, openDesk, readLog, request, SECRET, sign, status, text, webhook } from '../test/desk.js'
import { memoryMediaStore, OptionsError, startIngest, startRamal } from './index.js'

const test = suite('an engine that takes in and does nothing else')

const channels = () => [
  whatsapp({ appSecret: SECRET, verifyToken: 'check', accessToken: 'token', numbers: [{ id: NUMBER }] }),
]

const ana = (id: string) =>
  webhook({ contacts: [{ wa_id: '15550111' }], messages: [text('15550111', id, `words of ${id}`)] })

test('what it takes is routed and answered by a whole engine on the same log; reports come back through it', async () => {
  const store = memoryStore()
  const desk = await openDesk({ store })
  const door = await startIngest({ store, clock: desk.clock, channels: channels() })
  await desk.ramal.signIn('bia', BIA)
  const post = async (body: string): Promise<void> =>
    assert.is((await door.handle(request(body))).status, 200)
  await post(ana('m1'))
  await desk.ramal.settled()
  const { conversation, offer } = desk.offer('bia')
  assert.ok(isRight(await desk.ramal.accept(conversation, offer, 'bia')))
  assert.ok(isRight(await desk.ramal.reply({ conversation, agent: 'bia', content: 'hello Ana' })))
  await desk.ramal.settled()
  const correlation = desk.calls[0]!.biz_opaque_callback_data
  // Both doors at once, and everything twice.
  const report = webhook({ statuses: [status('wamid.OUT1', 'delivered', correlation)] })
  await Promise.all([
    ...[ana('m2'), ana('m2'), report, report].map(post),
    ...[ana('m2'), report].map(async (body) => desk.ramal.handle(request(body))),
  ])
  await door.settled()
  await desk.ramal.settled()
  const types = (await readLog(store)).map(({ type }) => type)
  assert.is(types.filter((type) => type === 'MessageReceived').length, 2)
  assert.is(types.filter((type) => type === 'DeliveryAdvanced').length, 1)
  assert.equal(desk.trouble, [])
  await door.stop()
  await desk.ramal.stop()
  await store.close()
})

test('alone it stores and decides nothing; a report that is early waits for its message', async () => {
  const store = memoryStore()
  const door = await startIngest({ store, channels: channels() })
  assert.is((await door.handle(request(ana('m1'), sign('forged')))).status, 403)
  assert.is(door.refusals.size, 1)
  const reaction = { message_id: 'm1', emoji: '👍' }
  const early = { ...text('15550111', 'r1', ''), type: 'reaction', reaction }
  assert.is((await door.handle(request(webhook({ messages: [early] })))).status, 200)
  assert.is((await door.handle(request(ana('m1')))).status, 200)
  await door.settled()
  const types = (await readLog(store)).map(({ type }) => type)
  assert.equal(types, [
    'ReportKept',
    'CustomerIdentified',
    'ConversationOpened',
    'MessageReceived',
    'ReactionChanged',
  ])
  await door.stop()
  await door.ended
  await store.close()
})

test('rules that cannot work are refused before anything is started', async () => {
  const store = memoryStore()
  try {
    await startIngest({ store, channels: channels(), sending: { windows: 'none' } })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, OptionsError)
  }
  assert.equal(await readLog(store), [])
})

test('without a store, or with channels that are none, it says what to give', async () => {
  const refusal = (options: object) =>
    startIngest(options as Parameters<typeof startIngest>[0]).then(
      () => 'started',
      (error) => (error instanceof OptionsError ? error.message : 'another error'),
    )
  assert.match(await refusal({}), /no event store: give one as "store"/)
  assert.match(await refusal({ store: memoryStore(), channels: 'sms' }), /"channels" is no list/)
  assert.match(await refusal({ store: memoryStore(), channels: [{}] }), /"channels" is no list/)
  const { delete: _, ...old } = memoryMediaStore()
  assert.match(
    await refusal({ store: memoryStore(), media: { store: old } }),
    /"media.store" has no delete: files are put, got and deleted/,
  )
})

test('numbers by which nothing would go on are refused by name, by both engines, and nothing is written', async () => {
  const store = memoryStore()
  const policy = { name: 'p', classification: [{ queue: 'care' }], queues: { care: {} } }
  for (const start of [startIngest, startRamal] as readonly ((options: never) => Promise<unknown>)[])
    for (const [options, fault] of [
      [{ patience: Number.NaN }, 'patience: expected an integer from 0, found NaN'],
      [{ patience: -1 }, 'patience: expected an integer from 0, found -1'],
      [{ outbox: { concurrency: 0 } }, 'outbox.concurrency: expected an integer from 1, found 0'],
      [{ outbox: { attempts: 1.5 } }, 'outbox.attempts: expected an integer from 1, found 1.5'],
      [{ outbox: { doubtAfter: 0 } }, 'outbox.doubtAfter: expected an integer from 1, found 0'],
      [{ media: { concurrency: '4' } }, 'media.concurrency: expected an integer from 1, found "4"'],
      [{ calls: { customerRingFor: -1 } }, 'calls.customerRingFor: expected an integer from 1, found -1'],
      [{ calls: { ringFor: 0 } }, 'calls.ringFor: expected an integer from 1, found 0'],
      [{ calls: { ring: 'later' } }, 'calls.ring: expected "offered" | "accepted", found "later"'],
      [{ name: '' }, 'name: expected a text that is not empty, found ""'],
    ] as const)
      try {
        await start({ store, policy, ...options } as never)
        assert.unreachable(fault)
      } catch (error) {
        assert.instance(error, OptionsError)
        assert.is((error as Error).message, `The options are refused:\n  ${fault}`)
      }
  assert.equal(await readLog(store), [])
})

test.run()
