import type { ChannelAdapter } from '@ramal/channel'
import { whatsapp } from '@ramal/channel-whatsapp'
import { type EventStore, memoryStore, random, StoreError, type Write } from '@ramal/core'
import { faultyStore, suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import {
  BIA,
  NUMBER,
  openDesk,
  readLog,
  request,
  SECRET,
  sign,
  status,
  T0,
  text,
  webhook,
} from '../test/desk.js'
import { fakeChannel } from '../test/fake-channel.js'
import { count, report, reportsIn } from '../test/report.js'
import { memoryMediaStore, OptionsError, startIngest } from './index.js'

const test = suite('a door, which takes in and does nothing else')

const channels = () => [
  whatsapp({ appSecret: SECRET, verifyToken: 'check', accessToken: 'token', numbers: [{ id: NUMBER }] }),
]

const ana = (id: string, words = `words of ${id}`) =>
  webhook({ contacts: [{ wa_id: '15550111' }], messages: [text('15550111', id, words)] })

const post = async (door: { handle(request: Request): Promise<Response> }, body: string): Promise<void> =>
  assert.is((await door.handle(request(body))).status, 200)

/** A store that refuses what `isRefused` says, as one whose appends have a limit, or whose disk is full. */
const refusing = (
  store: EventStore,
  refusal: (writes: readonly Write[]) => StoreError | undefined,
): EventStore => ({
  ...store,
  append: async (writes, guards) => {
    const error = refusal(writes)
    if (error) throw error
    return store.append(writes, guards)
  },
})

test('what it takes is routed and answered by a whole engine on the same log; reports come back through it', async () => {
  const store = memoryStore()
  const desk = await openDesk({ store })
  const door = await startIngest({ store, clock: desk.clock, channels: channels() })
  await desk.ramal.signIn('bia', BIA)
  await post(door, ana('m1'))
  await desk.ramal.settled()
  const { conversation, offer } = desk.offer('bia')
  assert.ok(isRight(await desk.ramal.accept(conversation, offer, 'bia')))
  assert.ok(isRight(await desk.ramal.reply({ conversation, agent: 'bia', content: 'hello Ana' })))
  await desk.ramal.settled()
  const correlation = desk.calls[0]!.biz_opaque_callback_data
  // Through the door and the engine at once, and everything twice.
  const report = webhook({ statuses: [status('wamid.OUT1', 'delivered', correlation)] })
  await Promise.all([
    ...[ana('m2'), ana('m2'), report, report].map((body) => post(door, body)),
    ...[ana('m2'), report].map((body) => post(desk.ramal, body)),
  ])
  await desk.ramal.settled()
  const log = await readLog(store)
  assert.is(count(log, 'MessageReceived'), 2)
  assert.is(count(log, 'DeliveryAdvanced'), 1)
  assert.is(reportsIn(log).length, 3)
  assert.equal(desk.trouble, [])
  await door.stop()
  await desk.ramal.stop()
  await store.close()
})

test('alone it stores and decides nothing; an engine that starts later takes all of it in, in its order', async () => {
  const store = memoryStore()
  const door = await startIngest({ store, channels: channels() })
  assert.is((await door.handle(request(ana('m1'), sign('forged')))).status, 403)
  assert.is(door.refusals.size, 1)
  const reaction = { message_id: 'm1', emoji: '👍' }
  const early = { ...text('15550111', 'r1', ''), type: 'reaction', reaction }
  await post(door, webhook({ messages: [early] }))
  for (const id of ['m1', 'm2', 'm3']) await post(door, ana(id))
  await post(door, '{"object":"whatsapp_business_account","entry":[]}')
  assert.is((await door.handle(request('no json'))).status, 400)
  await door.settled()
  assert.equal([...new Set((await readLog(store)).map(({ type }) => type))], ['ReportsTaken'])
  await door.stop()

  const desk = await openDesk({ store })
  await desk.ramal.settled()
  const log = await readLog(store)
  const said = log.filter(({ type }) => type === 'MessageReceived')
  assert.equal(
    said.map(({ data }) => (data as { providerId: string }).providerId),
    ['m1', 'm2', 'm3'],
  )
  assert.is(count(log, 'ReactionChanged'), 1)
  assert.is(reportsIn(log).length, 6)
  // That of the reaction, before its message came, and the two that say nothing that is known.
  assert.is(count(log, 'ReportKept'), 3)
  assert.equal(desk.trouble, [])
  await desk.ramal.stop()

  // What was taken in is not taken in again, by whoever comes next.
  const next = await openDesk({ store, name: 'next' })
  await post(next.ramal, ana('m3'))
  await next.ramal.settled()
  assert.is(count(await readLog(store), 'MessageReceived'), 3)
  await next.ramal.stop()
  await store.close()
})

test('the same webhook again is not written again; at another door or after a restart it is, and is taken in once', async () => {
  const store = memoryStore()
  const bodies = Array.from({ length: 40 }, (_, i) => ana(`m${i}`))
  const open = () => startIngest({ store, channels: channels() })
  const [one, two] = [await open(), await open()]
  const written = async () => reportsIn(await readLog(store)).length
  await Promise.all(bodies.slice(0, 30).flatMap((body) => [post(one, body), post(one, body)]))
  await Promise.all(bodies.slice(0, 35).map((body) => post(one, body)))
  assert.is(await written(), 35)
  const [first, second] = await Promise.all([
    one.ingest('whatsapp', [report('m1')]),
    one.ingest('whatsapp', [report('new'), report('m2'), report('new')]),
  ])
  assert.equal(
    [...first!, ...second!].map(({ duplicate }) => duplicate),
    [true, false, true, true],
  )
  assert.is(await written(), 36)
  await Promise.all(bodies.map((body) => post(two, body)))
  assert.is(await written(), 76)
  await Promise.all([one.stop(), two.stop()])
  const again = await open()
  await Promise.all(bodies.slice(20).map((body) => post(again, body)))
  await again.stop()
  const desk = await openDesk({ store })
  await desk.ramal.settled()
  const log = await readLog(store)
  assert.is(reportsIn(log).length, 96)
  assert.is(count(log, 'MessageReceived'), 41)
  assert.equal(desk.trouble, [])
  await desk.ramal.stop()
  await store.close()
})

test('what is too much for the store at once is stored in parts, and what is too much by itself is told apart', async () => {
  const store = memoryStore()
  const invalid = new StoreError('invalid', 'The append is larger than this server takes.')
  const door = await startIngest({
    store: refusing(store, (writes) => (JSON.stringify(writes).length > 2_000 ? invalid : undefined)),
  })
  const reports = Array.from({ length: 150 }, (_, i) => report(`m${i}`))
  const taken = await door.ingest('whatsapp', reports)
  assert.is(taken.filter(({ duplicate }) => !duplicate).length, 150)
  assert.equal(reportsIn(await readLog(store)), reports)
  const large = report('large', { content: { kind: 'text', text: 'x'.repeat(3_000) } })
  const [failed, well] = await Promise.allSettled([
    door.ingest('whatsapp', [report('m150'), large]),
    door.ingest('whatsapp', [report('m151'), report('m3')]),
  ])
  assert.is(failed.status, 'rejected')
  assert.equal(well.status === 'fulfilled' && well.value.map(({ duplicate }) => duplicate), [false, true])
  assert.is(reportsIn(await readLog(store)).length, 152, 'what came with it is stored')
  await door.stop()
})

test('a store that breaks, before or after it has written, gives 503; delivered again all is there once', async () => {
  const store = memoryStore()
  const dice = random('faults')
  const faulty = faultyStore(store, ({ method }) =>
    method !== 'append' || dice.below(3) > 0
      ? undefined
      : { fault: dice.below(2) === 0 ? 'unavailable' : 'lost-ack' },
  )
  const trouble: unknown[] = []
  const door = await startIngest({
    store: faulty,
    channels: channels(),
    onTrouble: (error) => trouble.push(error),
  })
  const bodies = Array.from({ length: 60 }, (_, i) => ana(`m${i}`))
  let left = bodies
  for (let round = 0; left.length > 0; round++) {
    assert.ok(round < 50, 'it ends')
    const some = left.slice(0, 5)
    const answers = await Promise.all(some.map(async (body) => (await door.handle(request(body))).status))
    for (const answer of answers) assert.ok(answer === 200 || answer === 503, `${answer}`)
    left = left.filter((_, i) => i >= some.length || answers[i] === 503)
  }
  assert.ok(trouble.length > 0)
  const ids = reportsIn(await readLog(store)).map(({ dedupeKey }) => dedupeKey)
  assert.ok(ids.length > 60, 'what was written, and not acknowledged, is written again')
  assert.is(new Set(ids).size, 60)
  const desk = await openDesk({ store })
  await desk.ramal.settled()
  assert.is(count(await readLog(store), 'MessageReceived'), 60)
  await desk.ramal.stop()
  await door.stop()
})

test('an adapter that breaks after all is stored gives 503, and what it was sent again is there once', async () => {
  const store = memoryStore()
  const trouble: unknown[] = []
  const [channel] = channels()
  const broken: ChannelAdapter = {
    ...channel!,
    instruct() {
      throw new Error('no instructions')
    },
  }
  const door = await startIngest({ store, channels: [broken], onTrouble: (error) => trouble.push(error) })
  for (let i = 0; i < 2; i++) assert.is((await door.handle(request(ana('m1')))).status, 503)
  assert.is(trouble.length, 2)
  assert.is(reportsIn(await readLog(store)).length, 1)
  await door.stop()
})

test('who types is told nobody by a door, and is not in the log', async () => {
  const store = memoryStore()
  const door = await startIngest({ store })
  const types = { kind: 'typing', dedupeKey: 't1', at: T0, endpoint: NUMBER, peer: [], on: true } as const
  const said = report('m1')
  assert.equal(await door.ingest('whatsapp', [types, said]), [
    { event: types, duplicate: false },
    { event: said, duplicate: false },
  ])
  assert.equal(await door.ingest('whatsapp', [types]), [{ event: types, duplicate: false }])
  assert.equal(reportsIn(await readLog(store)), [said])
  await door.stop()
})

test('what is for engines, and channels that are more than webhooks, are refused by name', async () => {
  const store = memoryStore()
  const refusal = (options: object) =>
    startIngest({ store, ...options } as Parameters<typeof startIngest>[0]).then(
      () => 'started',
      (error) => (error instanceof OptionsError ? error.message : 'another error'),
    )
  assert.is(
    await refusal({ sending: {}, media: { store: memoryMediaStore() } }),
    'A door takes no "sending", "media": it decides nothing; give that to startRamal.',
  )
  const { adapter } = fakeChannel()
  const chat: ChannelAdapter = { ...adapter, handle: async () => undefined }
  const line: ChannelAdapter = { ...adapter, start: async () => {} }
  for (const one of [chat, line])
    assert.match(await refusal({ channels: [one] }), /^Channel "whatsapp" is more than/)
  assert.match(await refusal({ channels: [adapter, adapter] }), /^Two channels have the id "whatsapp"/)
  assert.match(await refusal({ tenant: '' }), /tenant: expected a text that is not empty, found ""/)
  assert.equal(await readLog(store), [])
})

test.run()
