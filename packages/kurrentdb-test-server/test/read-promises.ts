import { randomUUID } from 'node:crypto'
import {
  BACKWARDS,
  END,
  eventTypeFilter,
  type Filter,
  jsonEvent,
  START,
  streamNameFilter,
} from '@kurrent/kurrentdb-client'
import * as assert from 'uvu/assert'
import {
  event,
  events,
  fresh,
  gather,
  type Heard,
  listen,
  numbers,
  type Promised,
  refusal,
} from './promise.js'

/** What reads and subscriptions bring, and what they leave out. */
export const readPromises: readonly Promised[] = [
  {
    name: '$maxCount bounds what can be read',
    broken: 'ignores-max-count',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(5))
      await client.setStreamMetadata(stream, { maxCount: 2 })
      assert.equal(await numbers(client, stream), [3, 4])
    },
  },
  {
    name: '$tb hides what is before it',
    broken: 'ignores-truncate-before',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(5))
      await client.setStreamMetadata(stream, { truncateBefore: 3 })
      assert.equal(await numbers(client, stream), [3, 4])
    },
  },
  {
    name: 'a stream that was deleted cannot be read',
    broken: 'reads-deleted-streams',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(2))
      await client.deleteStream(stream)
      assert.is(await numbers(client, stream), 'stream-not-found')
    },
  },
  {
    name: 'an append brings a deleted stream back, after what was deleted',
    broken: 'does-not-revive-deleted-streams',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(2))
      await client.deleteStream(stream)
      await client.appendToStream(stream, events(2), { streamState: 'no_stream' })
      assert.equal(await numbers(client, stream), [2, 3])
    },
  },
  {
    name: 'a tombstoned stream can never be written again',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, event())
      await client.tombstoneStream(stream)
      assert.is(await refusal(client.appendToStream(stream, event())), 'stream-deleted')
      assert.is(await numbers(client, stream), 'stream-deleted')
    },
  },
  {
    name: 'a read of the log backwards leaves out the event at its position',
    broken: 'reads-backwards-inclusively',
    async run(client) {
      const stream = fresh()
      const { position } = await client.appendToStream(stream, events(2))
      const before = await gather(
        client.readAll({ direction: BACKWARDS, fromPosition: position ?? END, maxCount: 1 }),
      )
      assert.is(Number(before[0]?.revision), 0)
    },
  },
  {
    name: 'a stream is read backwards from its end',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(3))
      const found = await gather(client.readStream(stream, { direction: BACKWARDS, fromRevision: END }))
      assert.equal(
        found.map((e) => Number(e.revision)),
        [2, 1, 0],
      )
    },
  },
  {
    name: 'a subscription begins after its revision',
    broken: 'subscribes-inclusively',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(4))
      const subscription = client.subscribeToStream(stream, { fromRevision: 1n })
      const heard = await listen(subscription, (h) => h.revisions.length >= 2 && h.notes.includes('caughtUp'))
      assert.equal(heard.revisions, [2, 3])
    },
  },
  {
    name: 'a subscription says when it has caught up, and goes on with what comes',
    broken: 'sends-no-caught-up',
    async run(client) {
      const stream = fresh()
      await client.appendToStream(stream, events(2))
      const heard: Heard = { revisions: [], notes: [] }
      const listening = listen(client.subscribeToStream(stream), (h) => h.revisions.length >= 3, heard)
      while (!heard.notes.includes('caughtUp') && heard.revisions.length < 3) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        if (heard.revisions.length === 2) break
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
      await client.appendToStream(stream, event())
      await listening
      assert.equal(heard.revisions, [0, 1, 2])
      assert.equal(heard.notes, ['confirmation', 'caughtUp'])
    },
  },
  {
    name: 'a filtered subscription reports how far it has come through what it does not want',
    broken: 'sends-no-checkpoints',
    async run(client) {
      const { position: start } = await client.appendToStream(fresh(), event())
      await client.appendToStream(fresh(), events(50))
      const checkpoints: bigint[] = []
      const filter = streamNameFilter({
        prefixes: ['nobody-'],
        checkpointReached: (_, position) => {
          checkpoints.push(position.commit)
        },
      })
      const subscription = client.subscribeToAll({ fromPosition: start ?? START, filter })
      const heard = await listen(subscription, () => checkpoints.length >= 2)
      assert.equal(heard.revisions, [])
      assert.ok(checkpoints.length > 0 && checkpoints.at(-1)! > start!.commit)
    },
  },
  {
    name: 'filters by type and by stream, with prefixes and with patterns',
    async run(client) {
      const [one, two] = [fresh(), `other-${randomUUID()}`]
      await client.appendToStream(one, jsonEvent({ type: 'A', data: {} }))
      await client.appendToStream(two, [
        jsonEvent({ type: 'AB', data: {} }),
        jsonEvent({ type: 'B', data: {} }),
      ])
      const typesOf = async (filter: Filter) => (await gather(client.readAll({ filter }))).map((e) => e.type)
      assert.equal(await typesOf(streamNameFilter({ prefixes: ['other-'] })), ['AB', 'B'])
      assert.equal(await typesOf(streamNameFilter({ regex: '^promise-' })), ['A'])
      assert.equal(await typesOf(eventTypeFilter({ prefixes: ['A'] })), ['A', 'AB'])
      assert.equal(await typesOf(eventTypeFilter({ regex: '^A$' })), ['A'])
    },
  },
]
