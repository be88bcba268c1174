import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type CounterCommand, contextOf, counter } from '../test/counter.js'
import type { Clock } from './clock.js'
import { StoreError } from './errors.js'
import { load } from './load.js'
import { memoryStore } from './memory-store.js'
import { random } from './random.js'
import type { EventStore } from './store.js'
import { expectedAt, stamp, type TransactDeps, transact } from './transact.js'

const test = suite('transact')

const stream = 'counter-1'

const pausing = (pauses: number[] = []): Clock => ({
  now: () => 0,
  sleep: async (ms) => {
    pauses.push(ms)
  },
})

const depsOf = (store: EventStore, rest: Partial<TransactDeps> = {}): TransactDeps => ({
  store,
  clock: pausing(),
  random: random('transact'),
  ...rest,
})

const raise = (by: number): CounterCommand => ({ type: 'raise', by })

/** A store where someone else writes before each of the first `times` appends of ours. */
const contended = (times: number) => {
  const inner = memoryStore()
  const reads: number[] = []
  let rivals = 0
  const store: EventStore = {
    ...inner,
    read: (name, options = {}) => {
      reads.push(options.from ?? 0)
      return inner.read(name, options)
    },
    append: async (writes, guards) => {
      if (rivals < times) {
        const context = contextOf(`rival-${rivals++}`)
        const events = stamp(counter.events, stream, [{ type: 'Raised', data: { by: 100 } }], context)
        await inner.append([{ stream, expected: 'any', events }])
      }
      return inner.append(writes, guards)
    },
  }
  return { store, inner, reads }
}

test('loads, decides, appends, and says what came of it', async () => {
  const store = memoryStore()
  const run = transact(depsOf(store))
  await run(counter, stream, raise(3), contextOf('one'))
  const result = await run(counter, stream, raise(4), {
    ...contextOf('two'),
    actor: 'agent-1',
    traceparent: '00',
  })
  assert.ok(E.isRight(result))
  const { state, version, events, repeated, position } = result.right
  assert.equal([state.total, version, repeated], [7, 1, false])
  assert.is(position, await store.head())
  assert.equal(
    events.map((e) => [e.type, e.version, e.meta.causationId, e.meta.correlationId, e.meta.actor]),
    [['Raised', 1, 'two', 'two', 'agent-1']],
  )
  assert.equal(await load(store, counter, stream), { state, version })
})

test('a refusal and a command that is already so write nothing', async () => {
  const store = memoryStore()
  const run = transact(depsOf(store))
  assert.equal(await run(counter, stream, raise(2_000_000), contextOf('a')), E.left('too much'))
  const nothing = await run(counter, stream, { type: 'clear' }, contextOf('b'))
  assert.ok(E.isRight(nothing))
  assert.equal([nothing.right.events, nothing.right.position, nothing.right.version], [[], undefined, -1])
  assert.is(await store.head(), '')
})

test('after a conflict it reads only what is new and decides again', async () => {
  const { store, inner, reads } = contended(2)
  const result = await transact(depsOf(store))(counter, stream, raise(1), contextOf('ours'))
  assert.ok(E.isRight(result))
  assert.equal([result.right.state.total, result.right.version], [201, 2])
  assert.equal(reads, [0, 0, 1], 'each read begins after what was read before')
  assert.equal((await load(inner, counter, stream)).state, result.right.state)
})

test('after a conflict the decision may be another', async () => {
  const { store } = contended(1)
  const run = transact(depsOf(store))
  assert.equal(await run(counter, stream, raise(999_950), contextOf('ours')), E.left('too much'))
})

test('it gives up after a bounded number of attempts, with pauses that grow and differ', async () => {
  const pauses: number[] = []
  const { store, inner } = contended(Number.POSITIVE_INFINITY)
  const deps = depsOf(store, { clock: pausing(pauses), attempts: 6, backoff: 8 })
  const result = await transact(deps)(counter, stream, raise(1), contextOf('ours'))
  assert.equal(result, E.left({ _tag: 'Exhausted', stream, attempts: 6 }))
  assert.is(pauses.length, 5, 'no pause after the last attempt')
  for (const [i, ms] of pauses.entries()) assert.ok(ms >= 1 && ms <= 8 * 2 ** i, `pause ${i} is ${ms}`)
  assert.ok(new Set(pauses).size > 1)
  assert.ok(Math.max(...pauses) > 8, `${pauses} do not grow`)
  assert.is((await load(inner, counter, stream)).state.total, 600, 'nothing of it was written')
})

test('the pauses follow from the seed', async () => {
  const pausesOf = async (seed: string) => {
    const pauses: number[] = []
    const { store } = contended(Number.POSITIVE_INFINITY)
    const deps = depsOf(store, { clock: pausing(pauses), random: random(seed), backoff: 1_000 })
    await transact(deps)(counter, stream, raise(1), contextOf('ours'))
    return pauses
  }
  assert.equal(await pausesOf('a'), await pausesOf('a'))
  assert.not.equal(await pausesOf('a'), await pausesOf('b'))
})

test('a command given again does nothing twice and answers as before', async () => {
  const store = memoryStore()
  const run = transact(depsOf(store))
  const first = await run(counter, stream, raise(5), contextOf('one'))
  await run(counter, stream, raise(6), contextOf('two'))
  const head = await store.head()
  const again = await run(counter, stream, raise(5), contextOf('one'))
  assert.ok(E.isRight(first) && E.isRight(again))
  assert.equal([again.right.repeated, again.right.version, again.right.state.total], [true, 1, 11])
  assert.equal(
    again.right.events.map((e) => e.meta.id),
    first.right.events.map((e) => e.meta.id),
  )
  assert.is(await store.head(), head)
})

test('a command whose acknowledgement was lost is found in the next attempt', async () => {
  const inner = memoryStore()
  let lost = false
  const store: EventStore = {
    ...inner,
    append: async (writes, guards) => {
      const result = await inner.append(writes, guards)
      if (lost) return result
      lost = true
      return E.left({ _tag: 'WrongVersion', stream, expected: 'empty', actual: 0 })
    },
  }
  const result = await transact(depsOf(store))(counter, stream, raise(5), contextOf('one'))
  assert.ok(E.isRight(result))
  assert.equal([result.right.repeated, result.right.state.total], [true, 5])
})

test('many at once: each command is carried out once, and the state is that of the log', async () => {
  const command = fc.record({ id: fc.nat(5), by: fc.integer({ min: 1, max: 9 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(command, { minLength: 2, maxLength: 8 }),
      async (s, commands) => {
        const inner = memoryStore()
        const store: EventStore = {
          ...inner,
          append: async (writes, guards) => {
            await s.schedule(Promise.resolve(), 'append')
            return inner.append(writes, guards)
          },
        }
        const run = transact(depsOf(store, { attempts: 20 }))
        const giving = commands.map(({ id, by }) =>
          run(counter, stream, raise(by), contextOf(`command-${id}`)),
        )
        const results = await s.waitFor(Promise.all(giving))
        assert.ok(results.every(E.isRight))
        const { state, version } = await load(inner, counter, stream)
        assert.is(version + 1, new Set(commands.map((c) => c.id)).size)
        assert.is(state.raised.length, version + 1)
      },
    ),
    { numRuns: 60 },
  )
})

test('of all commands with one key from outside, in whatever stream, one is carried out', async () => {
  const store = memoryStore()
  const pauses: number[] = []
  const run = transact(depsOf(store, { clock: pausing(pauses) }))
  const claim = (commandId: string) => ({ ...contextOf(commandId), once: 'whatsapp/wamid.1' })
  const first = await run(counter, stream, raise(5), claim('one'))
  const again = await run(counter, stream, raise(5), claim('one'))
  assert.ok(E.isRight(first) && E.isRight(again))
  assert.equal([first.right.repeated, again.right.repeated], [false, true])
  assert.equal(
    again.right.events.map((e) => e.meta.id),
    first.right.events.map((e) => e.meta.id),
  )
  for (const name of ['counter-1', 'counter-2'] as const) {
    const other = await run(counter, name, raise(6), claim(`two-${name}`))
    assert.ok(E.isRight(other))
    assert.equal([other.right.repeated, other.right.events, other.right.position], [true, [], undefined])
  }
  assert.equal(pauses, [], 'nobody waits for what cannot change')
  assert.is((await load(store, counter, stream)).state.total, 5)
  assert.is((await load(store, counter, 'counter-2')).version, -1)
})

test('a command that claims a key, given twice at once, answers twice with its events', async () => {
  const inner = memoryStore()
  const [mine, theirs] = [transact(depsOf(inner)), contextOf('rival')]
  let first = true
  const store: EventStore = {
    ...inner,
    // Before our append arrives, the other copy of the command is carried out, at another version.
    append: async (writes, guards) => {
      if (first) {
        first = false
        await mine(counter, stream, raise(1), theirs)
        await mine(counter, stream, raise(5), { ...contextOf('one'), once: 'key' })
      }
      const blind = writes.map((w) => ({ ...w, expected: 'any' as const }))
      return inner.append(blind, guards)
    },
  }
  const result = await transact(depsOf(store))(counter, stream, raise(5), {
    ...contextOf('one'),
    once: 'key',
  })
  assert.ok(E.isRight(result))
  assert.equal([result.right.repeated, result.right.state.total, result.right.version], [true, 6, 1])
  assert.equal(
    result.right.events.map((e) => e.meta.causationId),
    ['one'],
  )
})

test('an event that its own codec refuses is a fault in the code, told as such', async () => {
  const run = transact(depsOf(memoryStore()))
  await run(counter, stream, raise(0.5), contextOf('x')).then(
    () => assert.unreachable(),
    (error) => {
      assert.instance(error, StoreError)
      assert.is(error.code, 'invalid')
      assert.match(
        error.message,
        'Event Raised for counter-1 does not fit its codec: by: expected an integer from 1',
      )
    },
  )
})

test('expectations follow from versions', () => {
  assert.equal([expectedAt(-1), expectedAt(0), expectedAt(7)], ['empty', { at: 0 }, { at: 7 }])
})

test.run()
