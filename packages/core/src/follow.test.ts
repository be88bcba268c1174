import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { bell, follow } from './follow.js'
import { type Position, positionOf, START } from './position.js'
import type { Page } from './store.js'

const test = suite('follow')

const never = new AbortController().signal

const page = (ordinal: number, caughtUp: boolean): Page => ({
  events: [],
  position: positionOf(ordinal),
  caughtUp,
})

test('a bell wakes who waits, and who waits for what is there already', async () => {
  const rings = bell(positionOf(3))
  await rings.wait(positionOf(2), never)
  let woken = 0
  const waiting = [positionOf(3), positionOf(3)].map((p) => rings.wait(p, never).then(() => woken++))
  await Promise.resolve()
  assert.is(woken, 0)
  rings.ring(positionOf(4))
  await Promise.all(waiting)
  assert.is(woken, 2)
  rings.ring(positionOf(1))
  await rings.wait(positionOf(3), never)
})

test('an abort ends waiting', async () => {
  const rings = bell(START)
  const stopping = new AbortController()
  const waiting = rings.wait(START, stopping.signal)
  stopping.abort()
  await waiting
  await rings.wait(START, stopping.signal)
})

test('reads on where the last page ended, and waits only when it is caught up', async () => {
  const pages = [
    page(2, false),
    { ...page(2, false), events: [] },
    page(4, true),
    page(4, true),
    page(7, true),
  ]
  const asked: Position[] = []
  const waited: Position[] = []
  const stopping = new AbortController()
  const seen: Page[] = []
  for await (const p of follow(
    (after) => {
      asked.push(after)
      return pages.shift()!
    },
    async (after) => {
      waited.push(after)
      if (pages.length === 0) stopping.abort()
    },
    START,
    stopping.signal,
  ))
    seen.push(p)
  assert.equal(asked, [START, positionOf(2), positionOf(2), positionOf(4), positionOf(4)])
  assert.equal(waited, [positionOf(4), positionOf(4), positionOf(7)])
  // A page without events is told once for each place, and only at the end of the log.
  assert.equal(seen, [page(4, true), page(7, true)])
})

test('what is read after an abort is not given', async () => {
  const stopping = new AbortController()
  const read = () => {
    stopping.abort()
    return page(1, true)
  }
  for await (const _ of follow(read, () => Promise.resolve(), START, stopping.signal)) assert.unreachable()
})

test('a failing read ends it with that error', async () => {
  const read = () => Promise.reject(new Error('the disk is gone'))
  const reading = async () => {
    for await (const _ of follow(read, () => Promise.resolve(), START, never)) assert.unreachable()
  }
  await reading().then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, 'the disk is gone'),
  )
})

test('whatever the pages and however often it is woken, the events come once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      async (s, growths, size) => {
        let length = 0
        const total = growths.reduce((a, b) => a + b, 0)
        const rings = bell(START)
        const stopping = new AbortController()
        const grow = async () => {
          for (const n of growths) {
            await s.schedule(Promise.resolve(), 'grow')
            length += n
            rings.ring(positionOf(length))
          }
        }
        const seen: number[] = []
        const read = async (after: Position): Promise<Page> => {
          await s.schedule(Promise.resolve(), 'read')
          const from = after === START ? 0 : Number(after)
          const to = Math.min(from + size, length)
          seen.push(...Array.from({ length: to - from }, (_, i) => from + i))
          if (to === total) stopping.abort()
          return page(to, to === length)
        }
        const reading = (async () => {
          for await (const p of follow(read, rings.wait, START, stopping.signal))
            assert.ok(p.caughtUp || p.events.length > 0)
        })()
        await s.waitFor(Promise.all([grow(), reading]))
        assert.equal(
          seen,
          Array.from({ length: total }, (_, i) => i),
        )
      },
    ),
  )
})

test.run()
