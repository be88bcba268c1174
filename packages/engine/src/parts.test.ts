import type { ChannelAdapter, ChannelEvent } from '@ramal/channel'
import { memoryStore, virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { POLICY, readLog, T0 } from '../test/desk.js'
import { startRamal } from './index.js'

const test = suite('texts that come in parts')

const sms: ChannelAdapter = {
  channel: 'sms',
  id: 'sms',
  endpoints: [{ id: '2020', capabilities: { maxText: 1600 } }],
  verify: () => E.right(undefined),
  decode: () => [],
  send: ({ message }) => TE.right({ providerId: message }),
}

const TEXTS = ['first, ', 'second, ', 'third']
const partOf = (part: number, whole = 'ref-7'): ChannelEvent => ({
  kind: 'messagePart',
  dedupeKey: `${whole}:${part}`,
  at: T0 + part,
  endpoint: '2020',
  peer: [{ kind: 'e164', value: '+5511987654321' }],
  whole,
  part,
  total: TEXTS.length,
  text: TEXTS[part - 1]!,
})

const start = async () => {
  const clock = virtualClock(T0)
  const store = memoryStore({ clock })
  const options = { store, clock, policy: POLICY, channels: [sms], name: 'node' }
  const nodes = [await startRamal(options)]
  const said = async () =>
    (await readLog(store)).flatMap(({ type, data }) =>
      type === 'MessageReceived' || type === 'MessageEdited'
        ? [`${type}: ${(data as { content: { text: string } }).content.text}`]
        : [],
    )
  return {
    nodes,
    said,
    clock,
    another: async () => nodes.push(await startRamal({ ...options, name: 'other' })),
    stop: () => Promise.all(nodes.map((node) => node.stop())),
  }
}

test('in whatever order and however often they come, they are one message', async () => {
  const deliveries = fc
    .shuffledSubarray([1, 2, 3, 1, 2, 3], { minLength: 3 })
    .filter((d) => new Set(d).size === 3)
  await fc.assert(
    fc.asyncProperty(deliveries, async (order) => {
      const engine = await start()
      for (const part of order) await engine.nodes[0]!.ingest('sms', [partOf(part)])
      assert.equal(await engine.said(), ['MessageReceived: first, second, third'])
      await engine.stop()
    }),
    { numRuns: 30 },
  )
})

test('they join when all come at once, to two processes', async () => {
  const engine = await start()
  await engine.another()
  const [one, two] = engine.nodes
  await Promise.all([
    one!.ingest('sms', [partOf(1), partOf(2)]),
    two!.ingest('sms', [partOf(3), partOf(1)]),
    one!.ingest('sms', [partOf(3)]),
  ])
  assert.equal(await engine.said(), ['MessageReceived: first, second, third'])
  await engine.stop()
})

test('what waits too long is shown with gaps, also after a restart, and completed by what comes late', async () => {
  const engine = await start()
  await engine.nodes[0]!.ingest('sms', [partOf(1)])
  await engine.nodes[0]!.stop()
  assert.equal(await engine.said(), [])
  await engine.another()
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 20))
  await engine.clock.advanceTo(T0 + 60_000, settle)
  assert.equal(await engine.said(), [])
  await engine.clock.advanceTo(T0 + 181_000, settle)
  assert.equal(await engine.said(), ['MessageReceived: first,  […]  […] '])
  for (const part of [3, 2]) await engine.nodes[1]!.ingest('sms', [partOf(part)])
  assert.equal(await engine.said(), [
    'MessageReceived: first,  […]  […] ',
    'MessageEdited: first,  […] third',
    'MessageEdited: first, second, third',
  ])
  await engine.nodes[1]!.stop()
})

test.run()
