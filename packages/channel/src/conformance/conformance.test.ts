import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { pigeon, subjectOf } from '../../test/pigeon.js'
import type { ChannelAdapter } from '../adapter.js'
import { MAX_BODY_BYTES } from '../request.js'
import { runConformance } from './run.js'

const test = suite('the contract of adapters')

const failuresOf = async (change: (right: ChannelAdapter) => Partial<ChannelAdapter>) => {
  const subject = subjectOf((origin, timeout) => {
    const right = pigeon(origin, timeout)
    return { ...right, ...change(right) }
  })
  const { failed } = await runConformance(subject, { seed: 1, rounds: 60 })
  return failed.map(({ name }) => name)
}

test('an adapter that is right keeps it', async () => {
  const report = await runConformance(subjectOf(pigeon), { rounds: 100 })
  assert.equal([...report.failed], [])
  assert.equal([...report.skipped], [])
})

const faults: readonly (readonly [string, string, (right: ChannelAdapter) => Partial<ChannelAdapter>])[] = [
  [
    'lets everybody in',
    'a body that is not the one signed is refused',
    () => ({ verify: () => E.right(undefined) }),
  ],
  [
    'does not look at the size',
    'a body that is too large is refused',
    ({ verify }) => ({
      verify: (r, now) => (r.body.length > MAX_BODY_BYTES ? E.right(undefined) : verify(r, now)),
    }),
  ],
  [
    'throws at what it does not know',
    'any bytes are decoded',
    ({ decode }) => ({
      decode: (r, at) => {
        JSON.parse(new TextDecoder().decode(r.body))
        return decode(r, at)
      },
    }),
  ],
  [
    'makes keys of the time',
    'the same request gives the same facts, whenever it comes',
    ({ decode }) => ({
      decode: (r, at) => decode(r, at).map((e) => ({ ...e, dedupeKey: `${e.dedupeKey}${at}` })),
    }),
  ],
  [
    'has one key for all',
    'two facts have two dedupe keys',
    ({ decode }) => ({ decode: (r, at) => decode(r, at).map((e) => ({ ...e, dedupeKey: 'same' })) }),
  ],
  [
    'reports what JSON does not carry',
    'every request reports something valid',
    ({ decode }) => ({ decode: (r, at) => decode(r, at).map((e) => ({ ...e, raw: undefined })) }),
  ],
  [
    'reports a fraction of a millisecond',
    'every request reports something valid',
    ({ decode }) => ({ decode: (r, at) => decode(r, at + 0.5) }),
  ],
  ['swallows what it does not know', 'every request reports something valid', () => ({ decode: () => [] })],
  [
    'sends again when there is no answer',
    'a send cut off is uncertain',
    ({ send }) => ({
      send: (m) => async () => {
        await send(m)()
        return send(m)()
      },
    }),
  ],
  [
    'takes every failure for one to repeat',
    'a send without an answer is uncertain',
    ({ send }) => ({
      send: (m) => async () => {
        const sent = await send(m)()
        return E.isLeft(sent) ? E.left({ ...sent.left, class: 'retry' as const }) : sent
      },
    }),
  ],
  [
    'rejects',
    'a send to nobody is retry',
    ({ send }) => ({
      send: (m) => async () => {
        const sent = await send(m)()
        if (E.isLeft(sent)) throw new Error(sent.left.reason)
        return sent
      },
    }),
  ],
  [
    'tells its token',
    'a send answered with what we sent along is retry or content or channel or uncertain or recipient',
    ({ send }) => ({
      send: (m) => async () => {
        const sent = await send(m)()
        return E.isLeft(sent) ? E.left({ ...sent.left, reason: 'refused for seed-of-the-pigeon' }) : sent
      },
    }),
  ],
]

for (const [what, promise, change] of faults)
  test(`one that ${what} is found out`, async () => {
    const failures = await failuresOf(change)
    assert.ok(failures.includes(promise), `${promise} is not among ${failures.join('; ') || 'none'}`)
  })

test.run()
