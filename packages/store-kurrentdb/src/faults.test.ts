import type { Page, Position } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { eventOf, eventsOf, gather, readAllOf, withStore } from '../test/support.js'

const test = suite('faults of the server')

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits for a condition, and fails when it does not come true in time. */
const until = async (condition: () => boolean, what: string): Promise<void> => {
  for (const deadline = Date.now() + 6_000; !condition(); await soon(5))
    if (Date.now() > deadline) throw new Error(`It did not come to this in time: ${what}.`)
}

interface Follower {
  readonly versions: number[]
  readonly pages: Page[]
  readonly stop: () => Promise<void>
}

const follow = (subscribe: (signal: AbortSignal) => AsyncIterable<Page>, pause = 0): Follower => {
  const stopping = new AbortController()
  const [versions, pages]: [number[], Page[]] = [[], []]
  const running = (async () => {
    for await (const page of subscribe(stopping.signal)) {
      pages.push(page)
      versions.push(...page.events.map((e) => e.version))
      if (pause > 0) await soon(pause)
    }
  })()
  return {
    versions,
    pages,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

test('an answer that is lost after the commit: the retry says repeated, under each expectation', () =>
  withStore({}, async (store, { faults }) => {
    for (const [i, expected] of (['empty', 'any', { at: 0 }, 'exists'] as const).entries()) {
      const stream = `lost-${i}` as const
      if (typeof expected === 'object' || expected === 'exists')
        await store.append([{ stream, expected: 'empty', events: [eventOf()] }])
      const present = (await readAllOf(store, stream)).length
      const write = [{ stream, expected, events: eventsOf(3) }]
      faults.loseAck()
      await assertRejects(store.append(write), 'unavailable')
      const again = await store.append(write)
      assert.ok(again._tag === 'Right' && again.right.repeated)
      assert.is((await readAllOf(store, stream)).length, present + 3)
    }
  }))

test('an answer that is lost after a commit to many streams, with a guard and an id that may be only once', () =>
  withStore({}, async (store, { faults }) => {
    const writes = [
      { stream: 'a-1', expected: 'empty', events: [eventOf({}, { once: true })] },
      { stream: 'b-1', expected: 'any', events: eventsOf(2) },
    ] as const
    const guards = [{ stream: 'c-1', expected: 'empty' }] as const
    faults.loseAck()
    await assertRejects(store.append(writes, guards), 'unavailable')
    const again = await store.append(writes, guards)
    assert.ok(again._tag === 'Right' && again.right.repeated)
    assert.is((await gather(store.readAll({ after: '' as Position }))).length, 3)
  }))

test('a server that forgets the ids it saw changes nothing: retries are told from the log', () =>
  withStore({ remembered: 0 }, async (store) => {
    const write = [{ stream: 'a-1', expected: 'any', events: eventsOf(2) }] as const
    await store.append(write)
    const again = await store.append(write)
    assert.ok(again._tag === 'Right' && again.right.repeated)
    assert.is((await readAllOf(store, 'a-1')).length, 2)
  }))

test('a node that is not the leader: the append goes to the one that is', () =>
  withStore({}, async (store, { faults, port }) => {
    for (const writes of [
      [{ stream: 'a-1', expected: 'empty', events: [eventOf()] }],
      [
        { stream: 'b-1', expected: 'empty', events: [eventOf()] },
        { stream: 'c-1', expected: 'empty', events: [eventOf()] },
      ],
    ] as const) {
      faults.notLeader({ host: '127.0.0.1', port })
      const appended = await store.append(writes)
      assert.ok(appended._tag === 'Right' && !appended.right.repeated)
    }
  }))

test('a node that is not the leader any more, or a connection that broke: the read is done again', () =>
  withStore({}, async (store, { faults, port }) => {
    await store.append([{ stream: 'a-1', expected: 'empty', events: [eventOf()] }])
    faults.notLeader({ host: '127.0.0.1', port }, 1, 'read')
    assert.is((await readAllOf(store, 'a-1')).length, 1)
    faults.unavailable(1, 'read')
    assert.is((await readAllOf(store, 'a-1')).length, 1)
  }))

test('a server that is unavailable for a moment: the call says so, and the next one works', () =>
  withStore({}, async (store, { faults }) => {
    faults.unavailable()
    await assertRejects(
      store.append([{ stream: 'a-1', expected: 'empty', events: [eventOf()] }]),
      'unavailable',
    )
    assert.is((await readAllOf(store, 'a-1')).length, 0)
    await store.append([{ stream: 'a-1', expected: 'empty', events: [eventOf()] }])
    faults.unavailable(2, 'read')
    await assertRejects(readAllOf(store, 'a-1'), 'unavailable')
    assert.is((await readAllOf(store, 'a-1')).length, 1)
  }))

test('a server that never answers: every call ends at its deadline', () =>
  withStore({ deadline: 1_000 }, async (store, { faults }) => {
    faults.stall()
    await assertRejects(
      store.append([{ stream: 'a-1', expected: 'empty', events: [eventOf()] }]),
      'unavailable',
    )
    faults.stall(1, 'read')
    await assertRejects(store.head(), 'unavailable')
    faults.stall(1, 'append')
    const many = ['a-2', 'b-2'] as const
    await assertRejects(
      store.append(many.map((stream) => ({ stream, expected: 'empty', events: [eventOf()] }))),
      'unavailable',
    )
    await store.append([{ stream: 'a-3', expected: 'empty', events: [eventOf()] }])
  }))

test('a subscription that breaks again and again skips nothing and repeats nothing', () =>
  withStore({}, async (store, { faults }) => {
    faults.dropAfter(7)
    const follower = follow((signal) => store.subscribe({ after: '' as Position }, signal))
    for (let i = 0; i < 60; i++)
      await store.append([
        { stream: 'a-1', expected: i === 0 ? 'empty' : { at: i - 1 }, events: [eventOf()] },
      ])
    await until(() => follower.versions.length >= 60, 'sixty events')
    await follower.stop()
    assert.equal(follower.versions, upTo(60))
  }))

test('a subscription that is dropped while it waits heals', () =>
  withStore({}, async (store, { faults }) => {
    const follower = follow((signal) => store.subscribe({ after: '' as Position, types: ['Noted'] }, signal))
    await until(() => follower.pages.some((page) => page.caughtUp), 'caught up')
    for (let round = 0; round < 3; round++) {
      faults.dropSubscriptions()
      await store.append([{ stream: 'a-1', expected: 'any', events: eventsOf(2) }])
      await until(() => follower.versions.length === 2 * (round + 1), `the events of round ${round}`)
    }
    await follower.stop()
    assert.equal(follower.versions, upTo(6))
  }))

test('a subscription that falls silent without a word is noticed and replaced', () =>
  withStore({ silence: 200 }, async (store, { faults }) => {
    const follower = follow((signal) => store.subscribe({ after: '' as Position }, signal))
    await until(() => follower.pages.some((page) => page.caughtUp), 'caught up')
    faults.mute()
    await store.append([{ stream: 'a-1', expected: 'empty', events: eventsOf(5) }])
    await until(() => follower.versions.length === 5, 'five events, though the subscription is silent')
    await follower.stop()
    assert.equal(follower.versions, upTo(5))
  }))

test('a slow reader gets everything, in small pages', () =>
  withStore({}, async (store) => {
    const text = 'x'.repeat(1_000)
    const follower = follow((signal) => store.subscribe({ after: '' as Position }, signal), 25)
    await until(() => follower.pages.length > 0, 'the first page')
    for (let i = 0; i < 40; i++)
      await store.append([
        {
          stream: 'a-1',
          expected: 'any',
          events: Array.from({ length: 25 }, (_, n) => eventOf({ n, text })),
        },
      ])
    await until(() => follower.versions.length === 1_000, 'a thousand events')
    await follower.stop()
    assert.equal(follower.versions, upTo(1_000))
    const largest = Math.max(...follower.pages.map((page) => page.events.length))
    assert.ok(largest <= 128, `A page held ${largest} events.`)
  }))

test('a reader that stands still is not sent more than its buffer', () =>
  withStore({}, async (store, server) => {
    const text = 'x'.repeat(8_000)
    const iterator = store
      .subscribe({ after: '' as Position }, new AbortController().signal)
      [Symbol.asyncIterator]()
    await iterator.next()
    const pending = iterator.next()
    for (let i = 0; i < 60; i++)
      await store.append([
        { stream: 'a-1', expected: 'any', events: Array.from({ length: 15 }, () => eventOf({ text })) },
      ])
    await pending
    await soon(300)
    const sent = server.sentEvents()
    assert.ok(sent < 900, `${sent} of 900 events were sent to a reader that took one page.`)
    await iterator.return?.()
  }))

const assertRejects = async (work: Promise<unknown>, code: string): Promise<void> => {
  let found: unknown
  await work.catch((error: unknown) => {
    found = error
  })
  assert.ok(found instanceof Error && 'code' in found, 'It was expected to reject with a StoreError.')
  assert.is(found.code, code)
}

test.run()
