import { ordinalOf, positionOf, type Recorded, START, type SubscribeOptions } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { drivers, event, freshFile, gather, write } from '../test/support.js'
import { sqliteStore } from './index.js'
import type { Kinds } from './kinds.js'
import { type Follower, openTail } from './tail.js'

const test = suite('following an sqlite log')

/** Data that JSON changes on its way: what is read is what the file holds, wherever it is read from. */
const odd = (i: number): unknown => {
  const shapes = [
    { i, absent: undefined, nothing: null, list: [undefined, 1] },
    { i, at: new Date(i), zero: -0, endless: Number.POSITIVE_INFINITY },
    { i, text: '\ud800 "quoted" \u2028 é 👋', deep: { a: { b: [{ c: i }] } } },
    { i, toJSON: () => ({ other: i }) },
  ]
  return shapes[i % shapes.length]
}

for (const driver of drivers)
  test(
    `${driver}: who is close and who is far behind get the same events as the file holds`,
    async () => {
      const file = freshFile()
      const store = await sqliteStore(file, { driver })
      const stop = new AbortController()
      const follow = async (options: Omit<SubscribeOptions, 'after'>, until: number, pause: number) => {
        const found: Recorded[] = []
        for await (const { events } of store.subscribe({ after: START, ...options }, stop.signal)) {
          found.push(...events)
          if (found.length >= until) break
          for (let turn = 0; turn < pause; turn++) await new Promise((resolve) => setImmediate(resolve))
        }
        return found
      }
      const count = 9_000
      const followers = [
        follow({}, count, 0),
        follow({ categories: ['a'] }, count / 2, 0),
        // So slow that the memory has moved on, and then faster than what is written.
        follow({}, count, 40),
      ]
      let refused = 0
      for (let i = 0; i < count; i += 500) {
        const batch = Array.from({ length: 500 }, (_, n) => {
          const stream = `${n % 2 === 0 ? 'a' : 'b'}-${(i + n) % 40}` as const
          return store.append(write(stream, 'any', { ...event({}), data: odd(i + n) }))
        })
        // One that is refused among them leaves no trace in what followers see.
        batch.push(store.append(write('a-0', 'empty', event({ refused: true }))))
        for (const result of await Promise.all(batch)) if (E.isLeft(result)) refused++
      }
      assert.is(refused, count / 500)
      const seen = await Promise.all(followers)
      stop.abort()
      await store.close()
      const again = await sqliteStore(file, { driver })
      const all = await gather(again.readAll({ after: START }))
      assert.is(all.length, count)
      assert.equal(seen[0], all)
      assert.equal(
        seen[1],
        all.filter(({ stream }) => stream.startsWith('a-')),
      )
      assert.equal(seen[2], all)
      await again.close()
    },
    { timeout: 60_000 },
  )

test('an event that several follow cannot be changed by one of them', async () => {
  const store = await sqliteStore(freshFile())
  const first = store.subscribe({ after: START }, new AbortController().signal)[Symbol.asyncIterator]()
  await first.next()
  await store.append(write('a-1', 'empty', event({ deep: { text: 'as it was' } })))
  const page = await first.next()
  const data = page.value?.events[0]?.data as { deep: { text: string } }
  assert.throws(() => {
    data.deep.text = 'another'
  }, /read only/)
  await first.return?.()
  await store.close()
})

/** Commits of so many events each, of one kind, into a tail. */
const tailOf = () => {
  const kinds: Kinds = { numberOf: () => 1, wanted: () => undefined, reload: () => {} }
  const tail = openTail(kinds)
  let head = 0
  return {
    tail,
    commit(count: number, size = 100) {
      const events = Array.from({ length: count }, () => {
        const version = head
        const position = positionOf(++head)
        const meta = {
          id: position,
          at: 1,
          tenant: 't',
          correlationId: 'c',
          causationId: 'c',
          schemaVersion: 1,
        }
        const event: Recorded = { type: 'A', data: {}, meta, stream: 'a-1', version, position, recordedAt: 1 }
        return { event, kind: 1, size }
      })
      if (tail.begun) tail.add(events, head)
    },
    read(follower: Follower, start: number, limit = 200) {
      const page = follower.after(start, head, {}, limit)
      if (page) follower.has(ordinalOf(page.position))
      return page?.events.map(({ position }) => ordinalOf(position))
    },
  }
}

test('a commit is kept until all who follow closely have it', () => {
  const t = tailOf()
  assert.is(t.tail.begun, false)
  const a = t.tail.follow()
  const b = t.tail.follow()
  a.has(0)
  b.has(0)
  t.commit(3)
  assert.equal(t.read(a, 0, 2), [1, 2])
  assert.equal(t.read(a, 2), [3])
  assert.equal(t.read(a, 3), [])
  // The other one has not got it yet; and it may be asked for again until then.
  assert.equal(t.read(a, 0), [1, 2, 3])
  t.commit(1)
  assert.equal(t.read(b, 0), [1, 2, 3, 4])
  assert.equal(t.read(a, 3), [4])
  assert.is(t.read(a, 0), undefined)
  assert.is(t.read(b, 3), undefined)
  assert.equal(t.read(b, 4), [])
  t.commit(2)
  a.end()
  assert.equal(t.read(b, 4), [5, 6])
  b.end()
  assert.is(t.tail.begun, false)
})

test('who is far behind holds nothing up, and is close again once there', () => {
  const t = tailOf()
  const far = t.tail.follow()
  far.has(0)
  t.commit(10)
  far.has(5)
  const close = t.tail.follow()
  close.has(10)
  assert.equal(t.read(far, 5), [6, 7, 8, 9, 10])
  t.commit(1)
  far.has(3)
  assert.equal(t.read(close, 10), [11])
  assert.is(t.read(far, 3), undefined)
  // As the file gives it.
  far.has(11)
  t.commit(1)
  assert.equal(t.read(far, 11), [12])
})

test('a burst is handed over whole, and too much is not kept', () => {
  const t = tailOf()
  const follower = t.tail.follow()
  follower.has(0)
  t.commit(8_000, 400)
  assert.is(t.read(follower, 0, 8_000)?.length, 8_000)
  for (let i = 0; i < 5; i++) t.commit(1, 1_000_000)
  assert.is(t.read(follower, 8_000), undefined)
  assert.equal(t.read(follower, 8_001), [8_002, 8_003, 8_004, 8_005])
  t.commit(1, 5_000_000)
  assert.is(t.read(follower, 8_005), undefined)
})

test.run()
