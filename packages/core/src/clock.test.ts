import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { systemClock, virtualClock } from './clock.js'

const test = suite('clock')

test('a virtual clock moves only when it is told to', async () => {
  const clock = virtualClock(1_000)
  let woken = false
  void clock.sleep(10).then(() => {
    woken = true
  })
  await clock.advanceTo(1_009)
  assert.equal([clock.now(), woken, clock.nextWake()], [1_009, false, 1_010])
  await clock.advanceTo(1_010)
  assert.equal([clock.now(), woken, clock.nextWake()], [1_010, true, undefined])
  await clock.advanceTo(5)
  assert.is(clock.now(), 1_010, 'time does not go back')
})

test('sleepers wake at their own time, in order of time and then of falling asleep', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 30 }), async (pauses) => {
      const clock = virtualClock(7)
      const woken: [due: number, order: number][] = []
      for (const [order, ms] of pauses.entries())
        void clock.sleep(ms).then(() => {
          assert.is(clock.now(), 7 + ms)
          woken.push([ms, order])
        })
      await clock.advanceTo(57)
      const expected = pauses.map((ms, order) => [ms, order]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!)
      assert.equal(woken, expected)
    }),
  )
})

test('who sleeps again while time moves on wakes in the same advance', async () => {
  const clock = virtualClock()
  const times: number[] = []
  const ticking = (async () => {
    for (let i = 0; i < 5; i++) {
      await clock.sleep(10)
      times.push(clock.now())
    }
  })()
  await clock.advanceTo(100)
  await ticking
  assert.equal(times, [10, 20, 30, 40, 50])
})

test('who is at work when time is to move on falls asleep before it does', async () => {
  const clock = virtualClock()
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const times: number[] = []
  const working = (async () => {
    await turn()
    await clock.sleep(10)
    times.push(clock.now())
  })()
  await clock.advanceTo(100, async () => {
    for (let i = 0; i < 3; i++) await turn()
  })
  await working
  assert.equal(times, [10])
})

for (const [name, clock] of [
  ['virtual', virtualClock()],
  ['system', systemClock],
] as const)
  test(`an abort wakes a sleeper of the ${name} clock at once, before and while it sleeps`, async () => {
    const stopping = new AbortController()
    const sleeping = clock.sleep(60_000, stopping.signal)
    stopping.abort()
    await sleeping
    await clock.sleep(60_000, stopping.signal)
  })

test('an aborted sleeper is gone', async () => {
  const clock = virtualClock()
  const stopping = new AbortController()
  const sleeping = clock.sleep(10, stopping.signal)
  stopping.abort()
  await sleeping
  assert.is(clock.nextWake(), undefined)
})

test('the system clock sleeps as long as it is told, and takes any length', async () => {
  const start = systemClock.now()
  await systemClock.sleep(20)
  // Timers of the platform may fire up to a millisecond early.
  assert.ok(systemClock.now() - start >= 19)
  await systemClock.sleep(-5)
  // A timer of more than 2^31 ms would fire at once: the sleeper must still be asleep after the others.
  const stopping = new AbortController()
  let woken = false
  const long = systemClock.sleep(2 ** 40, stopping.signal).then(() => {
    woken = true
  })
  await systemClock.sleep(10)
  assert.is(woken, false)
  stopping.abort()
  await long
})

test.run()
