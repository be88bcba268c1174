import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { event, events, fresh, gather, numbers, refusal } from '../test/promise.js'
import { makeCertificate } from './certificate.js'
import { startTestServer, type TestServer, type TestServerOptions } from './server.js'
import { spawnTestServer } from './spawn.js'

const test = suite('the test server')

const folder = mkdtempSync(join(tmpdir(), 'kurrentdb-test-server-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const withClientAt = async (url: string, body: (client: KurrentDBClient) => Promise<void>): Promise<void> => {
  const client = KurrentDBClient.connectionString(url)
  try {
    await body(client)
  } finally {
    await client.dispose()
  }
}

const withServer = async (
  options: TestServerOptions,
  body: (client: KurrentDBClient, server: TestServer) => Promise<void>,
): Promise<void> => {
  const server = await startTestServer(options)
  try {
    await withClientAt(server.connectionString(), (client) => body(client, server))
  } finally {
    await server.stop()
  }
}

test('a log on disk is there again, and a torn end is cut off', async () => {
  const file = join(folder, 'torn')
  const stream = fresh()
  await withServer({ file }, async (client) => {
    await client.appendToStream(stream, events(3))
    await client.setStreamMetadata(stream, { truncateBefore: 1 })
  })
  const whole = statSync(file).size
  await withServer({ file }, async (client) => {
    assert.equal(await numbers(client, stream), [1, 2])
    await client.appendToStream(stream, event())
  })
  truncateSync(file, statSync(file).size - 3)
  await withServer({ file }, async (client) => {
    assert.equal(await numbers(client, stream), [1, 2], 'the torn commit is gone, those before it are there')
    assert.is(statSync(file).size, whole)
    await client.appendToStream(stream, event(), { streamState: 2n })
  })
  appendFileSync(file, Buffer.from([9, 0, 0, 0, 1, 2, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1]))
  await withServer({ file }, async (client) => {
    assert.equal(await numbers(client, stream), [1, 2, 3], 'a frame with a wrong checksum is cut off')
  })
})

test('a tombstone is kept on disk', async () => {
  const file = join(folder, 'tombstone')
  const stream = fresh()
  await withServer({ file }, async (client) => {
    await client.appendToStream(stream, event())
    await client.tombstoneStream(stream)
  })
  await withServer({ file }, async (client) => {
    assert.is(await refusal(client.appendToStream(stream, event())), 'stream-deleted')
  })
})

test('a server in a process of its own is there, and gone when it is killed', async () => {
  const server = await spawnTestServer(join(folder, 'spawned'))
  await withClientAt(server.connectionString, async (client) => {
    await client.appendToStream(fresh(), event())
    await server.kill()
    assert.is.not(await refusal(client.appendToStream(fresh(), event())), 'accepted')
  })
})

test('gossip: the client finds the leader of the cluster of one', () =>
  withServer({}, async (_, { port }) => {
    const stream = fresh()
    await withClientAt(`kurrentdb+discover://127.0.0.1:${port}?tls=false`, async (client) => {
      await client.appendToStream(stream, events(2))
      assert.equal(await numbers(client, stream), [0, 1])
    })
  }))

test('TLS and a login: the right ones pass, wrong ones are refused, and the plain Append call works', async () => {
  const certificate = await makeCertificate()
  const login = { username: 'admin', password: 'changeit' }
  const server = await startTestServer({ tls: certificate, login })
  try {
    const url = server.connectionString({ tlsCAFile: certificate.authority })
    await withClientAt(url, async (client) => {
      const stream = fresh()
      await client.appendToStream(stream, event())
      const plain = { credentials: login }
      const { nextExpectedRevision } = await client.appendToStream(stream, events(2), plain)
      assert.is(nextExpectedRevision, 2n)
      const late = client.appendToStream(stream, event(), { ...plain, streamState: 'no_stream' })
      assert.is(await refusal(late), 'wrong-expected-version')
      assert.equal(await numbers(client, stream), [0, 1, 2])
    })
    await withClientAt(url.replace('changeit', 'wrong'), async (client) => {
      assert.is(await refusal(client.appendToStream(fresh(), event())), 'access-denied')
      assert.is(await numbers(client, fresh()), 'access-denied')
    })
  } finally {
    await server.stop()
    await certificate.remove()
  }
})

test('an append that comes in many messages is one append', () =>
  withServer({}, async (client) => {
    const stream = fresh()
    await client.appendToStream(stream, events(50), { batchAppendSize: 100 })
    assert.is((await numbers(client, stream)).length, 50)
  }))

test('an append that is too large is refused, by each protocol', () =>
  withServer({ maxAppendSize: 500 }, async (client) => {
    const stream = fresh()
    assert.is(await refusal(client.appendToStream(stream, events(50))), 'maximum-append-size-exceeded')
    const many = client.multiStreamAppend([{ streamName: stream, expectedState: 'any', events: events(50) }])
    assert.is(await refusal(many), 'transaction-max-size-exceeded')
    assert.is(await numbers(client, stream), 'stream-not-found')
  }))

test('ids of appends that expect no revision are remembered only so long, as by the real server', () =>
  withServer({ remembered: 2 }, async (client) => {
    const stream = fresh()
    const first = event()
    await client.appendToStream(stream, first)
    await client.appendToStream(stream, first)
    assert.equal(await numbers(client, stream), [0])
    await client.appendToStream(stream, events(3))
    await client.appendToStream(stream, first)
    assert.equal(await numbers(client, stream), [0, 1, 2, 3, 4])
  }))

test('the second protocol takes plain event types only, the first takes all', () =>
  withServer({}, async (client) => {
    const strange = () => jsonEvent({ type: 'Grüße', data: {} })
    await client.appendToStream(fresh(), strange())
    const one = { streamName: fresh(), expectedState: 'any' as const, events: [strange()] }
    assert.is(await refusal(client.multiStreamAppend([one])), 'unknown')
  }))

test('an older server offers less', () =>
  withServer({ version: '24.10.0' }, async (client) => {
    const one = { streamName: fresh(), expectedState: 'any' as const, events: events(1) }
    assert.is(await refusal(client.multiStreamAppend([one])), 'unsupported')
    await client.appendToStream(one.streamName, event())
  }))

test('a reader that is slow is told that it fell behind, and then that it has caught up, and misses nothing', () =>
  withServer({ liveBuffer: 20 }, async (client) => {
    const stream = fresh()
    const notes: string[] = []
    const subscription = client.subscribeToStream(stream, {}, { highWaterMark: 4 })
    subscription.on('error', () => {})
    subscription.on('caughtUp', () => notes.push('caughtUp'))
    subscription.on('fellBehind', () => notes.push('fellBehind'))
    const revisions: number[] = []
    const reading = (async () => {
      for await (const { event: found } of subscription) {
        revisions.push(Number(found?.revision))
        if (revisions.length === 1) await new Promise((resolve) => setTimeout(resolve, 400))
        if (revisions.length === 1_200) return
      }
    })()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await client.appendToStream(stream, event())
    for (let i = 0; i < 12; i++) await client.appendToStream(stream, events(100))
    await reading
    assert.equal(
      revisions,
      revisions.map((_, i) => i),
    )
    assert.is(revisions.length, 1_200)
    assert.ok(notes.includes('fellBehind'), `It was told ${notes}.`)
  }))

test('faults come when they are ordered, and go away again', () =>
  withServer({}, async (client, { faults, port }) => {
    const stream = fresh()
    const append = () => refusal(client.appendToStream(stream, event()))
    assert.is(await append(), 'accepted')
    faults.unavailable()
    assert.is(await append(), 'unavailable')
    faults.notLeader({ host: '127.0.0.1', port })
    assert.is(await append(), 'not-leader')
    faults.loseAck()
    assert.is(await append(), 'unavailable')
    assert.equal(await numbers(client, stream), [0, 1], 'the append whose answer was lost is there')
    faults.unavailable(1, 'read')
    assert.is(await numbers(client, stream), 'unavailable')
    assert.is((await gather(client.readStream(stream))).length, 2)
  }))

test.run()
