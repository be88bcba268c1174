import { START } from '@kurrent/kurrentdb-client'
import * as assert from 'uvu/assert'
import { event, events, fresh, gather, numbers, type Promised, refusal, typeOf } from './promise.js'

/** What appends do, and what they refuse. */
export const writePromises: readonly Promised[] = [
  {
    name: 'an event comes back as it was written, from both protocols',
    async run(client) {
      const [one, two] = [fresh(), fresh()]
      const [first, second] = [event(1), event(2)]
      const { position } = await client.appendToStream(one, first, { streamState: 'no_stream' })
      await client.multiStreamAppend([{ streamName: two, expectedState: 'no_stream', events: [second] }])
      for (const [stream, written] of [
        [one, first],
        [two, second],
      ] as const) {
        const [found] = await gather(client.readStream(stream))
        assert.is(found?.id, written.id)
        assert.is(found?.type, 'Noted')
        assert.equal(found?.data, written.data)
        assert.equal(found?.metadata, { who: 'me' })
      }
      const [logged] = await gather(client.readAll({ fromPosition: position ?? START, maxCount: 1 }))
      assert.is(logged?.id, first.id, 'a read of the log forwards begins with the event at its position')
    },
  },
  {
    name: 'a version ahead of the stream is refused',
    broken: 'accepts-versions-ahead',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(2))
      assert.is(
        await refusal(client.appendToStream(stream, event(), { streamState: 7n })),
        'wrong-expected-version',
      )
      assert.equal(await numbers(client, stream), [0, 1])
    },
  },
  {
    name: 'a conflict names the actual revision',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(3))
      try {
        await client.appendToStream(stream, event(), { streamState: 'no_stream' })
        assert.unreachable()
      } catch (error) {
        assert.is(typeOf(error), 'wrong-expected-version')
        assert.is((error as { actualState?: unknown }).actualState, 2n)
      }
    },
  },
  {
    name: 'the answer to an append names the revision of its last event',
    broken: 'answers-wrong-revision',
    async run(client) {
      const stream = fresh()
      assert.is((await client.appendToStream(stream, events(3))).nextExpectedRevision, 2n)
      assert.is((await client.appendToStream(stream, event())).nextExpectedRevision, 3n)
    },
  },
  {
    name: 'a retry with the same ids writes nothing, also where any version is expected',
    broken: 'writes-retries-twice',
    async run(client) {
      for (const streamState of ['any', 'no_stream'] as const) {
        const stream = fresh()
        const batch = events(2)
        const first = await client.appendToStream(stream, batch, { streamState })
        const again = await client.appendToStream(stream, batch, { streamState })
        assert.is(again.nextExpectedRevision, first.nextExpectedRevision)
        assert.equal(await numbers(client, stream), [0, 1])
      }
    },
  },
  {
    name: 'an append over many streams is all or nothing',
    broken: 'tears-multi-stream-appends',
    async run(client) {
      const [one, two] = [fresh(), fresh()]
      await client.appendToStream(two, event())
      const refused = client.multiStreamAppend([
        { streamName: one, expectedState: 'no_stream', events: events(2) },
        { streamName: two, expectedState: 'no_stream', events: events(2) },
      ])
      assert.is(await refusal(refused), 'wrong-expected-version')
      assert.is(await numbers(client, one), 'stream-not-found')
      const { responses, position } = await client.multiStreamAppend([
        { streamName: one, expectedState: 'no_stream', events: events(2) },
        { streamName: two, expectedState: 0n, events: events(2) },
      ])
      assert.equal(
        responses.map((r) => r.revision),
        [1n, 2n],
      )
      const last = (await gather(client.readStream(two))).at(-1)
      assert.is(last?.position?.commit, position)
    },
  },
  {
    name: 'checks on other streams hold an append of records back',
    broken: 'ignores-checks',
    async run(client) {
      const [written, guarded] = [fresh(), fresh()]
      await client.appendToStream(guarded, events(2))
      const append = (expectedState: 'no_stream' | bigint) =>
        client.appendRecords(
          [{ streamName: written, record: event() }],
          [{ type: 'stream_state', streamName: guarded, expectedState }],
        )
      assert.is(await refusal(append('no_stream')), 'append-consistency-violation')
      assert.is(await refusal(append(5n)), 'append-consistency-violation')
      assert.is(await numbers(client, written), 'stream-not-found')
      await append(1n)
      assert.equal(await numbers(client, written), [0])
    },
  },
]
