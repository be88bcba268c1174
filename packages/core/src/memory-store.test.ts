import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { contextOf, counter } from '../test/counter.js'
import { virtualClock } from './clock.js'
import { memoryStore } from './memory-store.js'
import { START } from './position.js'
import type { EventStore } from './store.js'
import { stamp } from './transact.js'

const test = suite('memory store')

const add = (store: EventStore, id: string) =>
  store.append([
    {
      stream: 'counter-1',
      expected: 'any',
      events: stamp(
        counter.events,
        'counter-1',
        [{ type: 'Raised', data: { by: 1, tags: ['a'] } }],
        contextOf(id),
      ),
    },
  ])

const first = async (store: EventStore) => {
  for await (const { events } of store.readAll({ after: START })) return events[0]!
  throw new Error('There is no event.')
}

test('writes the time of its clock', async () => {
  const clock = virtualClock(5_000)
  const store = memoryStore({ clock })
  await add(store, 'a')
  assert.is((await first(store)).recordedAt, 5_000)
})

test('nobody can change the log through what he wrote or read', async () => {
  const store = memoryStore()
  const data = { by: 1, tags: ['a'] }
  const events = stamp(counter.events, 'counter-1', [{ type: 'Raised', data }], contextOf('a'))
  await store.append([{ stream: 'counter-1', expected: 'any', events }])
  data.tags.push('b')
  const read = await first(store)
  assert.equal(read.data, { by: 1, tags: ['a'] })
  assert.throws(() => (read.data as typeof data).tags.push('c'), TypeError)
  assert.equal((await first(store)).data, { by: 1, tags: ['a'] })
})

test('is empty in the beginning, and each is a log of its own', async () => {
  const [one, other] = [memoryStore(), memoryStore()]
  assert.is(await one.head(), START)
  assert.ok(E.isRight(await add(one, 'a')))
  assert.is(await other.head(), START)
})

test.run()
