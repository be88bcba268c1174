import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { memoryProjectionStorage } from './memory-storage.js'
import { tally, world } from './scenario.js'
import type { ProjectionStorage } from './storage.js'

const test = suite('run')

test('it folds what it wants, once, and is past what it does not want', async () => {
  const { ring, run, store } = world()
  await ring(3)
  await ring(1, 'Other')
  const { running, end } = run(tally())
  await running.caughtUp()
  assert.equal(running.state.seen, { e1: 1, e2: 1, e3: 1 })
  assert.is(running.progress.position, await store.head())
  await ring(1)
  await running.reached(await store.head())
  assert.is(running.state.seen.e5, 1)
  assert.equal(await end(), { _tag: 'Ended' })
})

test('state and checkpoint are saved together: a restart goes on where the last one ended', async () => {
  const { ring, run } = world()
  const storage = memoryProjectionStorage()
  await ring(3)
  const first = run(tally(), { storage })
  await first.running.caughtUp()
  await first.end()
  await ring(2)
  const second = run(tally(), { storage })
  await second.running.caughtUp()
  assert.equal(second.running.state.seen, { e1: 1, e2: 1, e3: 1, e4: 1, e5: 1 })
  assert.is(second.running.progress.applied, 2)
  await second.end()
})

test('a crash at any save loses nothing and counts nothing twice', async () => {
  for (let crashAt = 1; crashAt <= 4; crashAt++) {
    const { ring, run } = world()
    const inner = memoryProjectionStorage()
    let saves = 0
    const storage: ProjectionStorage = {
      ...inner,
      save: (...args) => (++saves === crashAt ? Promise.reject(new Error('disk full')) : inner.save(...args)),
    }
    await ring(2)
    const first = run(tally(), { storage, saveEvery: 1 })
    for (let i = 0; i < 3; i++) {
      await first.running.caughtUp().catch(() => undefined)
      await ring(1)
    }
    const outcome = await first.end()
    assert.is(outcome._tag === 'Failed' && (outcome.error as Error).message, 'disk full')
    const second = run(tally(), { storage: inner })
    await second.running.caughtUp()
    assert.equal(second.running.state.seen, { e1: 1, e2: 1, e3: 1, e4: 1, e5: 1 })
    await second.end()
  }
})

test('a snapshot that this code cannot read is built anew', async () => {
  const { ring, run } = world()
  const storage = memoryProjectionStorage()
  await ring(3)
  const first = run(tally(), { storage })
  await first.running.caughtUp()
  await first.end()
  const second = run({ ...tally(), snapshot: { encode: () => ({}), decode: () => undefined } }, { storage })
  await second.running.caughtUp()
  assert.is(second.running.progress.applied, 3)
  assert.equal(second.running.state.seen, { e1: 1, e2: 1, e3: 1 })
  await second.end()
})

test('of two runners of one version the later has it, and the earlier can save no more', async () => {
  const { ring, run } = world()
  const storage = memoryProjectionStorage()
  await ring(1)
  const first = run(tally(), { storage, saveEvery: 1 })
  await first.running.caughtUp()
  const second = run(tally(), { storage, saveEvery: 1 })
  await second.running.caughtUp()
  await ring(1)
  assert.is((await first.running.outcome)._tag, 'Fenced')
  await second.running.caughtUp()
  assert.equal(second.running.state.seen, { e1: 1, e2: 1 })
  let told: unknown
  await first.running.caughtUp().catch((error: Error) => {
    told = error.message
  })
  assert.match(String(told), /tally@1 has stopped \(Fenced\)/)
  await second.end()
})

test('rebuild folds everything again', async () => {
  const { ring, run } = world()
  await ring(3)
  let factor = 1
  const effects: string[] = []
  const { running, end } = run(
    tally(1, (state, { meta }) => {
      state.seen[meta.id] = factor
    }),
    { effects: ({ meta }) => void effects.push(meta.id) },
  )
  await running.caughtUp()
  await ring(1)
  await running.caughtUp()
  factor = 2
  await running.rebuild()
  assert.equal(running.state.seen, { e1: 2, e2: 2, e3: 2, e4: 2 })
  assert.equal(effects, ['e4'])
  await end()
})

const failing = (id: string, times: number) => {
  let left = times
  return tally(1, (state, { meta }) => {
    // Half of the work is done before it fails: it must not remain.
    state.seen[meta.id] = (state.seen[meta.id] ?? 0) + 1
    if (meta.id === id && left-- > 0) throw new Error('cannot')
  })
}

test('by default a failure stops it, and says at which event', async () => {
  const { ring, run } = world()
  await ring(3)
  const { running } = run(failing('e2', 1))
  const outcome = await running.outcome
  assert.ok(outcome._tag === 'Failed' && outcome.error instanceof Error)
  assert.match(
    outcome.error.message,
    /tally@1 could not apply Rang \(bell-1 version 1, position \d+\): cannot/,
  )
})

test('retry begins at the last saved state, after a pause that doubles', async () => {
  const { ring, run, clock } = world()
  await ring(3)
  const { running, end } = run(failing('e2', 2), { onFailure: { retry: { attempts: 2, pause: 100 } } })
  for (let i = 0; i < 20 && clock.nextWake() === undefined; i++) await new Promise((r) => setImmediate(r))
  await clock.advanceTo(1000 + 100 + 200, async () => {
    for (let i = 0; i < 20; i++) await new Promise((r) => setImmediate(r))
  })
  await running.caughtUp()
  assert.equal(running.state.seen, { e1: 1, e2: 1, e3: 1 })
  await end()
})

test('park: the state is the fold without the event, also after a restart, until it is taken back', async () => {
  const { ring, run } = world()
  const storage = memoryProjectionStorage()
  await ring(3)
  const first = run(failing('e2', 99), { storage, onFailure: { otherwise: 'park' } })
  await first.running.caughtUp()
  assert.equal(first.running.state.seen, { e1: 1, e3: 1 })
  const [parked] = first.running.progress.parked
  assert.equal([parked?.id, parked?.type, parked?.attempts], ['e2', 'Rang', 1])
  await first.end()
  const second = run(tally(), { storage })
  await second.running.caughtUp()
  assert.equal(second.running.state.seen, { e1: 1, e3: 1 })
  await second.running.rebuild({ unpark: true })
  assert.equal(second.running.state.seen, { e1: 1, e2: 1, e3: 1 })
  assert.equal(second.running.progress.parked, [])
  await second.end()
})

test.run()
