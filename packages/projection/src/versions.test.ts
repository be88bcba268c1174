import type { Recorded } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { memoryProjectionStorage } from './memory-storage.js'
import { tally, world } from './scenario.js'
import { runVersions } from './versions.js'

const test = suite('versions')

test('effects: none for what was there before, each once afterwards, also over a restart', async () => {
  const { ring, run } = world()
  const storage = memoryProjectionStorage()
  const done: string[] = []
  const effects = ({ meta }: Recorded) => void done.push(meta.id)
  await ring(2)
  const first = run(tally(), { storage, effects })
  await first.running.caughtUp()
  await ring(2)
  await first.running.caughtUp()
  await first.end()
  await ring(1)
  const second = run(tally(), { storage, effects })
  await second.running.caughtUp()
  assert.equal(done, ['e3', 'e4', 'e5'])
  await second.end()
})

test('a new version catches up beside the old one, which answers and acts meanwhile, then takes over', async () => {
  const { ring, run, store } = world()
  const storage = memoryProjectionStorage()
  const done: string[] = []
  const effects =
    (by: string) =>
    ({ meta }: Recorded) =>
      void done.push(`${meta.id} by ${by}`)
  await ring(2)
  const old = run(tally(1), { storage, effects: effects('old'), saveEvery: 1 })
  await old.running.caughtUp()

  // The new one comes slowly: it reads only when the gate opens.
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const subscribe = store.subscribe.bind(store)
  store.subscribe = async function* (options, signal) {
    await gate
    yield* subscribe(options, signal)
  }
  const next = run(tally(2), { storage, effects: effects('new') })
  await ring(1)
  await old.running.caughtUp()
  assert.is(await storage.serving('tally'), 1)
  assert.equal(done, ['e3 by old'])

  open()
  await next.running.caughtUp()
  assert.ok(next.running.progress.serving)
  assert.is(await storage.serving('tally'), 2)
  assert.equal(next.running.state.seen, { e1: 2, e2: 2, e3: 2 })
  await ring(1)
  assert.equal(await old.running.outcome, { _tag: 'Superseded', by: 2 })
  await next.running.caughtUp()
  assert.equal(done, ['e3 by old', 'e4 by new'])
  await next.end()
})

test('two versions in one process: what answers changes hands once', async () => {
  const { ring, store, clock } = world()
  await ring(5)
  const stop = new AbortController()
  const versions = runVersions({ store, clock, signal: stop.signal }, tally(1), tally(2))
  await versions.current.caughtUp()
  await versions.takenOver
  assert.is(versions.current.version, 2)
  assert.equal(versions.current.state.seen, { e1: 2, e2: 2, e3: 2, e4: 2, e5: 2 })
  stop.abort()
  assert.is((await versions.next.outcome)._tag, 'Ended')
  assert.throws(
    () => runVersions({ store, clock, signal: stop.signal }, tally(2), tally(2)),
    /higher version/,
  )
})

test('changes are told once for a page, and a slow reader gets the newest', async () => {
  const { ring, run } = world()
  const { running, end } = run(tally())
  await running.caughtUp()
  let told = 0
  const stop = running.onChange(() => told++)
  await ring(10)
  await running.caughtUp()
  assert.is(told, 1)
  stop()
  const iterator = running.changes()[Symbol.asyncIterator]()
  const first = iterator.next()
  await ring(1)
  await running.caughtUp()
  await first
  await ring(1)
  await running.caughtUp()
  await ring(1)
  await running.caughtUp()
  await iterator.next()
  assert.is(Object.keys(running.state.seen).length, 13)
  const ended = iterator.next()
  await end()
  // The end is a change too: what waits for it sees that nothing more will come.
  assert.not((await ended).done)
  assert.ok((await iterator.next()).done)
})

test.run()
