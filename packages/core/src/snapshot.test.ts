import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { type CounterCommand, type CounterState, contextOf, counter } from '../test/counter.js'
import { virtualClock } from './clock.js'
import { type EventOf, eventFamily, eventType } from './codec.js'
import type { Reducer } from './decider.js'
import { load } from './load.js'
import { memoryStore } from './memory-store.js'
import { random } from './random.js'
import { foldHashOf, memorySnapshots, SNAPSHOT_COMMANDS, type Snapshot, type Snapshots } from './snapshot.js'
import type { EventStore } from './store.js'
import { transact } from './transact.js'

const test = suite('snapshot')

const stream = 'counter-1'
const kept = { ...counter, snapshot: { version: 1 } }

const runOn = (store: EventStore, snapshots?: Snapshots, snapshotEvery = 5) =>
  transact({
    store,
    clock: virtualClock(),
    random: random('s'),
    snapshotEvery,
    ...(snapshots ? { snapshots } : {}),
  })

const raise = (by: number): CounterCommand => ({ type: 'raise', by })

const filled = async (count: number, snapshots?: Snapshots) => {
  const store = memoryStore({ clock: virtualClock() })
  const run = runOn(store, snapshots)
  for (let i = 0; i < count; i++) await run(kept, stream, raise(i + 1), contextOf(`command-${i}`))
  return store
}

/** The store, and the first version that each read asked for. */
const watched = (inner: EventStore) => {
  const reads: number[] = []
  const store: EventStore = {
    ...inner,
    read: (name, options = {}) => {
      reads.push(options.from ?? 0)
      return inner.read(name, options)
    },
  }
  return { store, reads }
}

/** Snapshots that hold one thing, whatever is asked for. */
const holding = (snapshot: unknown): Snapshots => ({ get: async () => snapshot, put: async () => undefined })

const snapshotOf = async (store: EventStore): Promise<Snapshot> => {
  const { state, version } = await load(store, counter, stream)
  for await (const { events } of store.read(stream, { from: version }))
    return { version, eventId: events[0]!.meta.id, commands: [], state }
  throw new Error('There is no event.')
}

test('the same answers and the same states, with and without', async () => {
  const command = fc.record({
    id: fc.nat(12),
    command: fc.oneof(
      fc.integer({ min: 1, max: 9 }).map(raise),
      fc.constant<CounterCommand>({ type: 'clear' }),
    ),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { maxLength: 30, size: 'max' }),
      fc.integer({ min: 1, max: 6 }),
      async (all, every) => {
        const [plain, cached] = [
          memoryStore({ clock: virtualClock() }),
          memoryStore({ clock: virtualClock() }),
        ]
        const snapshots = memorySnapshots()
        for (const { id, command } of all) {
          const without = await runOn(plain)(kept, stream, command, contextOf(`${id}`))
          const withThem = await runOn(cached, snapshots, every)(kept, stream, command, contextOf(`${id}`))
          assert.equal(withThem, without)
          const use = { snapshots, snapshotEvery: every }
          assert.equal(await load(cached, kept, stream, use), await load(plain, counter, stream))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('reads on from the snapshot instead of from the start', async () => {
  const snapshots = memorySnapshots()
  const { store, reads } = watched(await filled(12, snapshots))
  const loaded = await load(store, kept, stream, { snapshots })
  assert.equal(loaded, await load(store, counter, stream))
  // A snapshot is put when five events came since the last: at versions 4 and 9.
  assert.equal(reads, [9, 10, 0], 'first whether the snapshot stands, then what is new; then all of it')
})

test('a load keeps a snapshot too', async () => {
  const snapshots = memorySnapshots()
  const { store, reads } = watched(await filled(7))
  await load(store, kept, stream, { snapshots, snapshotEvery: 7 })
  await load(store, kept, stream, { snapshots, snapshotEvery: 7 })
  assert.equal(reads, [0, 6, 7])
})

test('a reducer without a snapshot format does not use them', async () => {
  const { store, reads } = watched(await filled(8))
  let asked = 0
  const ask = async () => {
    asked += 1
  }
  const unused: Snapshots = { get: ask, put: ask }
  await load(store, counter, stream, { snapshots: unused, snapshotEvery: 1 })
  assert.equal([reads, asked], [[0], 0])
})

test('another version of the fold, or of an event type, is another hash', () => {
  const hash = foldHashOf(kept)
  assert.is(foldHashOf({ ...kept }), hash)
  assert.is(foldHashOf(counter), undefined)
  assert.is.not(foldHashOf({ ...kept, snapshot: { version: 2 } }), hash)
  const family = (upcasters: number, ...more: string[]) => {
    const lifts = Array.from({ length: upcasters }, () => (data: unknown) => data)
    const events = eventFamily(
      'x',
      eventType('A', t.unknown, lifts),
      ...more.map((m) => eventType(m, t.unknown)),
    )
    const reducer: Reducer<EventOf<typeof events>, null> = {
      events,
      initial: () => null,
      apply: () => undefined,
      snapshot: { version: 1 },
    }
    return foldHashOf(reducer)
  }
  assert.is(new Set([family(0), family(1), family(0, 'B'), family(0, 'C')]).size, 4)
  assert.is(family(0, 'B', 'C'), family(0, 'C', 'B'))
})

test('a snapshot of another fold is ignored', async () => {
  const snapshots = memorySnapshots()
  const store = await filled(12, snapshots)
  const newer: Reducer<EventOf<typeof counter.events>, CounterState> = {
    ...kept,
    snapshot: { version: 2 },
    apply: (draft) => {
      draft.total += 1_000
    },
  }
  assert.is((await load(store, newer, stream, { snapshots })).state.total, 12_000)
})

test('a snapshot that does not decode is ignored', async () => {
  const store = await filled(3)
  const right = await snapshotOf(store)
  const expected = await load(store, counter, stream)
  const codec = t.type({
    total: t.number,
    raised: t.array(t.type({ by: t.number, tags: t.array(t.string) })),
    byTag: t.record(t.string, t.number),
  })
  const strict = { ...kept, snapshot: { version: 1, codec } }
  for (const wrong of [null, 5, 'x', {}, { ...right, version: '2' }, { ...right, commands: null }])
    assert.equal(await load(store, kept, stream, { snapshots: holding(wrong) }), expected)
  for (const state of [undefined, null, { total: 'many' }])
    assert.equal(await load(store, strict, stream, { snapshots: holding({ ...right, state }) }), expected)
  // The same way of asking does use one that is right.
  const marked = { ...right, state: { ...expected.state, total: -1 } }
  assert.is((await load(store, strict, stream, { snapshots: holding(marked) })).state.total, -1)
})

test('a snapshot of another log, or from its future, is ignored', async () => {
  const store = await filled(3)
  const right = await snapshotOf(store)
  const future = await snapshotOf(await filled(6))
  for (const wrong of [{ ...right, eventId: 'another' }, future]) {
    const expected = await load(store, counter, stream)
    const snapshots = holding({ ...wrong, state: { ...expected.state, total: -1 } })
    assert.equal(await load(store, kept, stream, { snapshots }), expected)
    const result = await runOn(store, snapshots)(kept, stream, raise(1), contextOf(wrong.eventId))
    assert.ok(E.isRight(result), 'the command goes on')
  }
})

test('a cache that fails changes nothing', async () => {
  const failing: Snapshots = {
    get: () => Promise.reject(new Error('down')),
    put: () => Promise.reject(new Error('down')),
  }
  const store = await filled(12, failing)
  assert.is((await load(store, kept, stream, { snapshots: failing })).version, 11)
})

test('a command from before the snapshot is known as repeated, and answered as without one', async () => {
  const snapshots = memorySnapshots()
  const store = await filled(12, snapshots)
  const plain = await filled(12)
  const again = await runOn(store, snapshots)(kept, stream, raise(3), contextOf('command-2'))
  assert.ok(E.isRight(again))
  assert.equal([again.right.repeated, again.right.version], [true, 11])
  assert.equal(again, await runOn(plain)(kept, stream, raise(3), contextOf('command-2')))
})

test('so many commands before the snapshot are known, and no more', async () => {
  const snapshots = memorySnapshots()
  const store = await filled(SNAPSHOT_COMMANDS + 10, snapshots)
  const run = runOn(store, snapshots, 1_000)
  const version = (await load(store, counter, stream)).version
  const known = await run(kept, stream, raise(1), contextOf(`command-${version - SNAPSHOT_COMMANDS + 5}`))
  assert.ok(E.isRight(known))
  assert.is(known.right.repeated, true)
  // Older than that only the decider stands in the way; this one knows no command as done.
  const forgotten = await run(kept, stream, raise(1), contextOf('command-0'))
  assert.ok(E.isRight(forgotten))
  assert.is(forgotten.right.repeated, false)
})

test('a state that JSON does not carry goes through its codec', async () => {
  const events = eventFamily('counter', eventType('Raised', t.type({ by: t.number })))
  interface State {
    least: number
    never: number
  }
  const encode = (n: number) => (Number.isFinite(n) ? n : 'none')
  const decode = (u: unknown) => (typeof u === 'number' ? u : Number.POSITIVE_INFINITY)
  const codec = new t.Type<State, unknown, unknown>(
    'State',
    (u): u is State => typeof u === 'object',
    (u) => t.success({ least: decode((u as State).least), never: decode((u as State).never) }),
    ({ least, never }) => ({ least: encode(least), never: encode(never) }),
  )
  const reducer: Reducer<EventOf<typeof events>, State> = {
    events,
    initial: () => ({ least: Number.POSITIVE_INFINITY, never: Number.POSITIVE_INFINITY }),
    apply: (draft, { data }) => {
      draft.least = Math.min(draft.least, data.by)
    },
    snapshot: { version: 1, codec },
  }
  const store = await filled(6)
  const snapshots = memorySnapshots()
  const expected = await load(store, reducer, stream)
  for (let i = 0; i < 2; i++)
    assert.equal(await load(store, reducer, stream, { snapshots, snapshotEvery: 1 }), expected)
  assert.equal(expected.state, { least: 1, never: Number.POSITIVE_INFINITY })
})

test('snapshots in memory are bounded and shared with nobody', async () => {
  const snapshots = memorySnapshots({ most: 2 })
  const snapshot: Snapshot = { version: 0, eventId: 'e', commands: [], state: { list: [1] } }
  await snapshots.put('a-1', 'h', snapshot)
  await snapshots.put('b-1', 'h', snapshot)
  await snapshots.get('a-1', 'h')
  await snapshots.put('c-1', 'h', snapshot)
  assert.is(await snapshots.get('b-1', 'h'), undefined, 'the one longest not asked for went')
  assert.is(await snapshots.get('a-1', 'other'), undefined)
  const found = await snapshots.get('a-1', 'h')
  assert.equal(found, snapshot)
  assert.is.not(found, await snapshots.get('a-1', 'h'))
})

test.run()
