import { virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { OutboundMessage, SendFault } from './outbound.js'
import { paced, pacer } from './pace.js'

/** Lets what was woken run to its next sleep. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

const to = (value: string): OutboundMessage => ({
  message: value,
  endpoint: 'n',
  to: { kind: 'wa_id', value },
  content: { kind: 'text', text: value },
  sender: 'human',
})

const test = suite('messages leave no faster than allowed')

test('a burst at once, then one at a time, in the order of asking', async () => {
  const clock = virtualClock(1_000)
  const { turn } = pacer({ burst: 3, every: 100 }, clock)
  const turns: [number, number][] = []
  for (let i = 0; i < 6; i++) void turn('n').then(() => turns.push([i, clock.now()]))
  await settle()
  await clock.advanceTo(2_000, settle)
  assert.equal(turns, [
    [0, 1_000],
    [1, 1_000],
    [2, 1_000],
    [3, 1_100],
    [4, 1_200],
    [5, 1_300],
  ])
})

test('in no stretch of time are there more than the rate allows', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 100 }),
      async (gaps, burst, every) => {
        const clock = virtualClock(0)
        const { turn } = pacer({ burst, every }, clock)
        const turns: number[] = []
        for (const gap of gaps) {
          await clock.advanceTo(clock.now() + gap, settle)
          void turn('n').then(() => turns.push(clock.now()))
          await settle()
        }
        await clock.advanceTo(clock.now() + 10_000, settle)
        assert.is(turns.length, gaps.length)
        for (const [i, at] of turns.entries())
          for (let j = i; j < turns.length; j++)
            assert.ok(j - i + 1 <= burst + Math.floor((turns[j]! - at) / every))
      },
    ),
    { numRuns: 40 },
  ))

test('somebody who is written to a lot does not slow the others down', async () => {
  const clock = virtualClock(0)
  const sent: [string, number][] = []
  const send = paced(
    (message) => async () => {
      sent.push([message.message, clock.now()])
      return E.right({ providerId: message.message })
    },
    { pair: { burst: 1, every: 6_000 }, endpoint: { burst: 10, every: 10 }, maxWait: 60_000, clock },
  )
  for (const name of ['a', 'a', 'a', 'b', 'c']) void send(to(name))()
  await settle()
  await clock.advanceTo(20_000, settle)
  assert.equal(sent, [
    ['a', 0],
    ['b', 0],
    ['c', 0],
    ['a', 6_000],
    ['a', 12_000],
  ])
})

test('when the provider says that it is too much, what follows waits', async () => {
  const clock = virtualClock(0)
  const times: number[] = []
  const fault: SendFault = { class: 'retry', reason: 'too much', retryAfter: 5_000 }
  const send = paced(
    () => async () => {
      times.push(clock.now())
      return E.left(fault)
    },
    {
      endpoint: { burst: 5, every: 1 },
      holds: ({ retryAfter = 0 }) => ({ what: 'endpoint', ms: retryAfter }),
      clock,
    },
  )
  await send(to('a'))()
  void send(to('b'))()
  await settle()
  await clock.advanceTo(4_999, settle)
  assert.equal(times, [0])
  await clock.advanceTo(5_010, settle)
  assert.is(times.length, 2)
})

test('a wait that is too long is no wait: the message is to be tried again then', async () => {
  const clock = virtualClock(0)
  let sent = 0
  const send = paced(
    () => async () => {
      sent++
      return E.right({ providerId: String(sent) })
    },
    { pair: { burst: 2, every: 6_000 }, maxWait: 5_000, clock },
  )
  for (let i = 0; i < 2; i++) assert.ok(E.isRight(await send(to('a'))()))
  const refused = await send(to('a'))()
  assert.equal(E.isLeft(refused) && [refused.left.class, refused.left.retryAfter], ['retry', 6_000])
  await clock.advanceTo(6_000)
  assert.ok(E.isRight(await send(to('a'))()), 'the refused one has taken no turn')
  assert.is(sent, 3)
})

test('people who have been quiet are forgotten', async () => {
  const clock = virtualClock(0)
  const { turn, size } = pacer({ burst: 1, every: 10 }, clock)
  for (let i = 0; i < 5_000; i++) {
    await clock.advanceTo(i)
    await turn(`person ${i}`)
  }
  assert.ok(size() < 1_100, `${size()} are remembered`)
})

test.run()
