import { type Recorded, START, type SubscribeOptions } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { drivers, event, freshFile, gather, write } from '../test/support.js'
import { sqliteStore } from './index.js'

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

test.run()
