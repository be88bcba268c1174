import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { type Position, START, type StreamName } from '@ramal/core'
import { makeCertificate, startTestServer } from '@ramal/kurrentdb-test-server'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { codeOf, eventOf, eventsOf, gather, readAllOf, withStore } from '../test/support.js'
import { kurrentdbStore } from './index.js'

const test = suite('the KurrentDB store')

const open = async (connectionString: string): Promise<void> => {
  const store = await kurrentdbStore({ connectionString, deadline: 3_000 })
  await store.close()
}

test('the client is loaded when a store is opened, not before', async () => {
  const script = `
    const { createRequire } = await import('node:module')
    const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((f) => f.includes('kurrentdb-client'))
    const { kurrentdbStore } = await import('@ramal/store-kurrentdb')
    const before = isLoaded()
    await kurrentdbStore({ connectionString: '' }).catch(() => {})
    console.log(before, isLoaded())`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  })
  assert.is(stdout.trim(), 'false true')
})

test('a connection string that is none is refused, and says how one looks', async () => {
  assert.match(await codeOf(open('postgres://localhost')), /^invalid: .*kurrentdb:\/\/user:password@host/)
  assert.match(await codeOf(open('')), /^invalid: /)
  assert.match(
    await codeOf(open('kurrentdb://localhost:2113?tls=false&throwOnAppendFailure=false')),
    /^invalid: /,
  )
  assert.match(await codeOf(open('kurrentdb://localhost:2113?tls=true&tlsCAFile=/none.pem')), /^invalid: /)
})

test('the password stands in no error', async () => {
  for (const rest of [
    '@localhost:21x13?tls=false',
    '@?tls=false',
    '@localhost:2113?tls=maybe',
    '@localhost:1?tls=false',
  ])
    try {
      await open(`kurrentdb://admin:hunter2${rest}`)
      assert.unreachable()
    } catch (error) {
      assert.not.match(inspect(error, { depth: 5 }), /hunter2/)
    }
})

test('an address without a server is unavailable', async () => {
  const server = await startTestServer()
  await server.stop()
  assert.match(await codeOf(open(server.connectionString())), /^unavailable: .*Is the server running/)
})

test('TLS: the right authority passes, anything else says why it does not', async () => {
  const certificate = await makeCertificate()
  const login = { username: 'admin', password: 'changeit' }
  const server = await startTestServer({ tls: certificate, login })
  try {
    const good = server.connectionString({ tlsCAFile: certificate.authority })
    await open(good)
    assert.match(await codeOf(open(server.connectionString())), /^unavailable: .*certificate/)
    assert.match(await codeOf(open(server.connectionString({ tls: 'false' }))), /^unavailable: .*TLS/)
    assert.match(await codeOf(open(good.replace('changeit', 'wrong'))), /^refused: .*user and the password/)
    assert.match(await codeOf(open(good.replace('admin:changeit@', ''))), /^refused: /)
  } finally {
    await server.stop()
    await certificate.remove()
  }
})

test('a server before 25.1: one stream at a time works, more is refused by name and version', () =>
  withStore({ version: '24.10.0' }, async (store) => {
    const one = { stream: 'a-1', expected: 'empty', events: eventsOf(2) } as const
    assert.is((await store.append([one]))._tag, 'Right')
    const again = await store.append([one])
    assert.ok(again._tag === 'Right' && again.right.repeated)
    const other = { stream: 'b-1', expected: 'empty', events: eventsOf(1) } as const
    assert.match(
      await codeOf(store.append([{ ...one, expected: { at: 1 }, events: eventsOf(1) }, other])),
      /^unsupported: .*several streams.*25\.1/,
    )
    assert.match(
      await codeOf(store.append([{ ...other, events: [eventOf({}, { once: true })] }])),
      /^unsupported: .*only once.*25\.1/,
    )
    assert.match(
      await codeOf(store.append([other], [{ stream: 'a-1', expected: 'exists' }])),
      /^unsupported: .*Guards need KurrentDB 26\.1/,
    )
    assert.is((await gather(store.readAll({ after: START }))).length, 2)
  }))

test('a server before 26.1: many streams work, guards are refused by name and version', () =>
  withStore({ version: '25.1.0' }, async (store) => {
    const writes = ['a-1', 'b-1'].map((stream) => ({
      stream: stream as StreamName,
      expected: 'empty' as const,
      events: eventsOf(1),
    }))
    assert.is((await store.append(writes))._tag, 'Right')
    assert.match(
      await codeOf(
        store.append(
          [{ stream: 'c-1', expected: 'any', events: eventsOf(1) }],
          [{ stream: 'a-1', expected: { at: 0 } }],
        ),
      ),
      /^unsupported: .*26\.1/,
    )
  }))

test('an append that is larger than the server takes is refused, on each way, and writes nothing', () =>
  withStore({ maxAppendSize: 10_000 }, async (store) => {
    const big = eventOf({ text: 'x'.repeat(20_000) })
    const one = { stream: 'a-1', expected: 'empty', events: [big] } as const
    const other = { stream: 'b-1', expected: 'empty', events: eventsOf(1) } as const
    assert.match(await codeOf(store.append([one])), /^invalid: .*MaxAppendSize/)
    assert.match(await codeOf(store.append([one, other])), /^invalid: .*MaxAppendSize/)
    assert.match(
      await codeOf(store.append([one], [{ stream: 'c-1', expected: 'empty' }])),
      /^invalid: .*MaxAppendSize/,
    )
    assert.is((await gather(store.readAll({ after: START }))).length, 0)
  }))

test('names that the server would take for one in an append are refused, and written one by one', () =>
  withStore({}, async (store) => {
    const [a, b] = ['x-a', 'x-A'].map((stream) => ({
      stream: stream as StreamName,
      expected: 'empty' as const,
      events: eventsOf(1),
    })) as [never, never]
    assert.match(await codeOf(store.append([a, b])), /^unsupported: .*x-a from x-A/)
    assert.is((await store.append([a]))._tag, 'Right')
    assert.is((await store.append([b]))._tag, 'Right')
    assert.is((await readAllOf(store, 'x-A')).length, 1)
  }))

test('an event type that the server takes only in appends to one stream is refused in others', () =>
  withStore({}, async (store) => {
    const strange = eventOf({}, { type: 'Grüße' })
    const one = { stream: 'a-1', expected: 'empty', events: [strange] } as const
    const other = { stream: 'b-1', expected: 'empty', events: eventsOf(1) } as const
    assert.match(await codeOf(store.append([one, other])), /^invalid: .*alphanumeric/)
    assert.is((await store.append([one]))._tag, 'Right')
  }))

test('claims of ids stand in no read, no subscription and no head', () =>
  withStore({}, async (store) => {
    const event = eventOf({}, { once: true })
    const appended = await store.append([{ stream: 'a-1', expected: 'empty', events: [event] }])
    assert.ok(appended._tag === 'Right')
    assert.is(await store.head(), appended.right.position)
    const all = await gather(store.readAll({ after: START }))
    assert.equal(
      all.map((e) => e.meta.id),
      [event.meta.id],
    )
    assert.is(all[0]?.position, appended.right.position)
    const heard: string[] = []
    for await (const page of store.subscribe({ after: START }, new AbortController().signal)) {
      heard.push(...page.events.map((e) => e.meta.id))
      if (page.caughtUp) break
    }
    assert.equal(heard, [event.meta.id])
  }))

test('events of others pass by in the log, and are an error in a stream of ours', () =>
  withStore({}, async (store, server) => {
    const { KurrentDBClient, jsonEvent } = await import('@kurrent/kurrentdb-client')
    const client = KurrentDBClient.connectionString(server.connectionString())
    await client.appendToStream(
      'foreign-1',
      jsonEvent({ type: 'Noted', data: { n: 1 }, metadata: { a: 'b' } }),
    )
    await client.appendToStream('nodash', jsonEvent({ type: 'Noted', data: { n: 1 } }))
    await store.append([{ stream: 'a-1', expected: 'empty', events: eventsOf(1) }])
    const all = await gather(store.readAll({ after: START, types: ['Noted'] }))
    assert.equal(
      all.map((e) => e.stream),
      ['a-1'],
    )
    assert.match(await codeOf(readAllOf(store, 'foreign-1')), /^schema: .*not written by Ramal/)
    await client.dispose()
  }))

test('the same event reads the same from its stream, from the log and from a subscription', () =>
  withStore({}, async (store) => {
    await store.append([{ stream: 'a-1', expected: 'empty', events: eventsOf(1) }])
    await store.append([
      { stream: 'b-1', expected: 'empty', events: eventsOf(1) },
      { stream: 'c-1', expected: 'any', events: [eventOf({ text: '👩‍👧' }, { once: true })] },
    ])
    const logged = await gather(store.readAll({ after: START }))
    const stopping = new AbortController()
    const heard = []
    for await (const page of store.subscribe({ after: START }, stopping.signal)) {
      heard.push(...page.events)
      if (heard.length >= 3) break
    }
    assert.equal(heard, logged)
    const streamed = [
      ...(await readAllOf(store, 'a-1')),
      ...(await readAllOf(store, 'b-1')),
      ...(await readAllOf(store, 'c-1')),
    ]
    assert.equal(streamed, logged)
  }))

test('positions of another store are refused', () =>
  withStore({}, async (store) => {
    const foreign = '0000000000000017' as Position
    assert.match(await codeOf(gather(store.readAll({ after: foreign }))), /^invalid: /)
    assert.match(
      await codeOf(gather(store.subscribe({ after: foreign }, new AbortController().signal))),
      /^invalid: /,
    )
  }))

test.run()
