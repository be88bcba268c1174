import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { enableMapSet } from 'immer'
import * as assert from 'uvu/assert'
import { type CounterEvent, type CounterState, contextOf, counter } from '../test/counter.js'
import { evolve, type Reducer } from './decider.js'
import type { Fact } from './event.js'
import { frozen } from './frozen.js'
import { load } from './load.js'
import { memoryStore } from './memory-store.js'
import { random } from './random.js'
import type { EventStore } from './store.js'
import { stamp, transact } from './transact.js'

const test = suite('load')

const stream = 'counter-1'

const filled = async (count: number) => {
  const store = memoryStore()
  const events = Array.from(
    { length: count },
    (_, i): CounterEvent => ({ type: 'Raised', data: { by: i + 1, tags: [`t${i % 3}`] } }),
  )
  const stamped = stamp(counter.events, stream, events, contextOf('c'))
  assert.ok(E.isRight(await store.append([{ stream, expected: 'empty', events: stamped }])))
  return store
}

const recordedIn = async (store: EventStore) => {
  for await (const { events } of store.read(stream)) return events
  return []
}

/** The same events in pages of two, of which the last says so. */
const inPages = (store: EventStore): EventStore => ({
  ...store,
  async *read(name, { from = 0 } = {}) {
    for (let next = from; ; next += 2)
      for await (const page of store.read(name, { from: next, limit: 2 })) {
        yield page
        if (page.caughtUp) return
      }
  },
})

test('gives the state that each event in turn leads to, frozen to any depth, however many pages it reads', async () => {
  for (const count of [0, 1, 2, 7]) {
    const store = await filled(count)
    let state = counter.initial()
    for (const event of await recordedIn(store))
      state = evolve(counter.apply, state, event as Fact<CounterEvent>)
    for (const each of [store, inPages(store)]) {
      const loaded = await load(each, counter, stream)
      assert.equal(loaded, { state, version: count - 1 })
      for (const part of [loaded.state, loaded.state.raised, loaded.state.byTag])
        assert.ok(Object.isFrozen(part))
    }
  }
})

test('a decider cannot change the state that it decides on, also without events', async () => {
  for (const count of [0, 2]) {
    const run = transact({
      store: await filled(count),
      clock: { now: () => 0, sleep: async () => {} },
      random: random('l'),
    })
    const changing: typeof counter = {
      ...counter,
      decide: (_, state) => {
        ;(state as { total: number }).total = 99
        return E.right([])
      },
    }
    const error = await run(changing, stream, { type: 'raise', by: 1 }, contextOf('d')).catch(
      (e: unknown) => e,
    )
    assert.instance(error, TypeError)
  }
})

test('an `initial` that gives the same state again is refused, and does not add up', async () => {
  const store = await filled(2)
  const shared = counter.initial()
  const reducer: Reducer<CounterEvent, CounterState> = { ...counter, initial: () => shared }
  const expected = await load(store, counter, stream)
  assert.equal(await load(store, reducer, stream), expected)
  const error = await load(store, reducer, stream).catch((e: unknown) => e)
  assert.match(String(error), /"counter" gives a state that is in use: make a new one/)
})

test('freezes maps and sets as immer does, and leaves what is no data', () => {
  enableMapSet()
  class Clock {
    ticks = 0
  }
  const value = frozen({ map: new Map([['a', { n: 1 }]]), set: new Set([1]), clock: new Clock(), none: null })
  assert.throws(() => value.map.set('b', { n: 2 }))
  assert.throws(() => value.set.add(2))
  assert.ok(Object.isFrozen(value.map.get('a')))
  value.clock.ticks++
  assert.is(value.clock.ticks, 1)
})

test.run()
