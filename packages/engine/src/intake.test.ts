import type { ChannelEvent } from '@ramal/channel'
import { memoryStore, StoreError, virtualClock } from '@ramal/core'
import { faultyStore, suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { NUMBER, openDesk, POLICY, readLog, T0 } from '../test/desk.js'
import { fakeChannel } from '../test/fake-channel.js'
import { count, report } from '../test/report.js'
import { startIngest, startRamal } from './index.js'

const test = suite('what doors took, read by engines')

test('what cannot be taken in is kept and blocks nothing; a store that breaks meanwhile makes nothing lost', async () => {
  const inner = memoryStore()
  const door = await startIngest({ store: inner })
  // As from another version of an adapter: it says nothing of who wrote.
  const odd = JSON.parse(
    JSON.stringify({ kind: 'message', dedupeKey: 'odd', at: T0, endpoint: NUMBER }),
  ) as ChannelEvent
  await door.ingest('whatsapp', [report('m1'), odd, report('m2')])
  let broken = 0
  const store = faultyStore(inner, ({ method, writes }) =>
    method === 'append' && writes.some(({ stream }) => stream.startsWith('conversation-')) && broken++ < 2
      ? { fault: 'lost-ack' }
      : undefined,
  )
  const trouble: unknown[] = []
  const desk = await openDesk({ store, onTrouble: (error) => trouble.push(error) })
  await desk.ramal.settled()
  const log = await readLog(inner)
  assert.equal(
    log
      .filter(({ type }) => type === 'MessageReceived')
      .map(({ data }) => (data as { providerId: string }).providerId),
    ['m1', 'm2'],
  )
  const kept = log.filter(({ type }) => type === 'ReportKept')
  assert.is(kept.length, 1)
  assert.equal((kept[0]!.data as { report: unknown }).report, odd)
  assert.ok(trouble.some((error) => error instanceof TypeError))
  assert.ok(trouble.some((error) => error instanceof StoreError))
  await desk.ramal.stop()
})

test('a STOP that a door has heard holds for what is sent after it, also before anybody has taken it in', async () => {
  const store = memoryStore()
  const clock = virtualClock(T0)
  const options = { store, clock, policy: POLICY, patience: 0, name: 'one' }
  // It knows the channel by nothing, so that what it is asked to send waits for another.
  const first = await startRamal(options)
  await first.ingest('whatsapp', [report('m1')])
  await first.settled()
  const [opened] = (await readLog(store)).filter(({ type }) => type === 'ConversationOpened')
  const conversation = opened!.stream.slice('conversation-'.length)
  const told = await first.conversation(conversation, {
    type: 'send',
    message: `${conversation}.promo`,
    content: { kind: 'text', text: 'Everything must go!' },
    by: { kind: 'bot', id: 'shop' },
    purpose: 'marketing',
  })
  assert.ok(isRight(told))
  await first.settled()
  await first.stop()
  const door = await startIngest({ store, clock })
  await door.ingest('whatsapp', [report('m2', { content: { kind: 'text', text: 'STOP' } })])
  await door.stop()
  const { adapter, sent } = fakeChannel({ endpoint: NUMBER })
  const second = await startRamal({ ...options, channels: [adapter] })
  await second.settled()
  assert.equal(sent, [])
  const log = await readLog(store)
  const [withdrawn] = log.filter(({ type }) => type === 'ConsentWithdrawn')
  const [refused] = log.filter(({ type }) => type === 'SendRefused')
  assert.ok(withdrawn!.position < refused!.position)
  assert.is((refused!.data as { rule: string }).rule, 'consent.withdrawn')
  await second.stop()
})

test('of two engines one reads the inboxes; when it is gone the other goes on, after its patience', async () => {
  const store = memoryStore()
  const clock = virtualClock(T0)
  const options = { store, clock, policy: POLICY, patience: 2_000 }
  const start = (name: string) => startRamal({ ...options, name })
  const [one, two] = [await start('one'), await start('two')]
  const door = await startIngest({ store, clock })
  const readers = async () =>
    (await readLog(store))
      .filter(({ type }) => type === 'InboxRead')
      .map(({ data }) => (data as { by: string }).by)
  const received = async () => count(await readLog(store), 'MessageReceived')
  const until = async (holds: () => Promise<boolean>) => {
    for (let i = 0; !(await holds()); i++) {
      assert.ok(i < 500, 'it comes')
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  for (let i = 0; i < 5; i++) {
    await door.ingest('whatsapp', [report(`a${i}`)])
    await until(async () => (await received()) === i + 1)
    await until(async () => (await readers()).length === i + 1)
  }
  const [reader] = await readers()
  assert.equal(
    await readers(),
    Array.from({ length: 5 }, () => reader),
  )
  const [gone, left] = reader === 'one' ? [one, two] : [two, one]
  await gone.stop()
  await door.ingest('whatsapp', [report('b1')])
  const moment = () => new Promise<void>((resolve) => setTimeout(resolve, 3))
  await clock.advanceTo(clock.now() + 1_500, moment)
  assert.is(await received(), 5, 'it may only be slow')
  await clock.advanceTo(clock.now() + 3_000, moment)
  await until(async () => (await received()) === 6)
  await left.settled()
  assert.equal((await readers()).slice(5), [reader === 'one' ? 'two' : 'one'])
  // From now on it reads at once.
  await door.ingest('whatsapp', [report('b2')])
  await left.settled()
  assert.is(await received(), 7)
  await left.stop()
  await door.stop()
})

test('an engine that starts again finds where it was, after however many pages', async () => {
  const store = memoryStore()
  const door = await startIngest({ store })
  const marks = async () => count(await readLog(store), 'InboxRead')
  let written = 0
  for (const pages of [1, 1, 1, 2, 3, 5, 12]) {
    const desk = await openDesk({ store, name: `desk${pages}` })
    await desk.ramal.settled()
    assert.is(await marks(), written, 'nothing was left')
    for (let i = 0; i < pages; i++) {
      await door.ingest('whatsapp', [report(`m${written}`), report(`n${written}`)])
      await desk.ramal.settled()
      written++
    }
    assert.equal(desk.trouble, [])
    await desk.ramal.stop()
  }
  const log = await readLog(store)
  assert.is(await marks(), written)
  assert.is(count(log, 'MessageReceived'), 2 * written)
})

test('a backlog of many pages is taken in by and by, what each customer wrote in its order', async () => {
  const store = memoryStore()
  const door = await startIngest({ store })
  const of = (n: number) =>
    report(`m${n}`, { peer: [{ kind: 'wa_id', value: `1555${n % 30}`, verified: true }] })
  for (let n = 0; n < 1_500; n += 150)
    await door.ingest(
      'whatsapp',
      Array.from({ length: 150 }, (_, i) => of(n + i)),
    )
  const desk = await openDesk({ store })
  await desk.ramal.settled()
  const log = await readLog(store)
  const said = new Map<string, number[]>()
  for (const { stream, type, data } of log)
    if (type === 'MessageReceived')
      said.set(stream, [
        ...(said.get(stream) ?? []),
        Number((data as { providerId: string }).providerId.slice(1)),
      ])
  assert.is(said.size, 30)
  for (const numbers of said.values())
    assert.equal(
      numbers,
      Array.from({ length: 50 }, (_, i) => numbers[0]! + 30 * i),
    )
  assert.is(count(log, 'InboxRead'), 3)
  assert.equal(desk.trouble, [])
  await desk.ramal.stop()
})

test.run()
