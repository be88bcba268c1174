import { setTimeout as sleep } from 'node:timers/promises'
import { type EventStore, freshId, type Recorded, START } from '@ramal/core'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { event, gather } from '../test/events.js'
import { type FaultyProxy, startProxy } from '../test/proxy.js'
import { rejection } from '../test/rejection.js'
import { postgresStore } from './index.js'

const test = suite('a PostgreSQL that goes away')
let server: PostgresServer
let proxy: FaultyProxy
const throughProxy = () => server.url().replace(`:${server.port}/`, `:${proxy.port}/`)
test.before(async () => {
  server = await startPostgres({ settings: { fsync: 'off' } })
  proxy = await startProxy(server.port)
})
test.after(async () => {
  await proxy.close()
  await server.remove()
})

const append = (store: EventStore, expected: 'empty' | 'any', id = freshId()) =>
  store.append([{ stream: 'a-1', expected, events: [event({}, { id })] }])

test('an append whose answer was lost is made again and recognised', async () => {
  for (const expected of ['empty', 'any'] as const) {
    const store = await postgresStore({ url: throughProxy(), schema: `lost_${expected}`, notify: false })
    proxy.loseAnswerTo('.append_one(')
    const answer = await append(store, expected)
    assert.equal(answer._tag === 'Right' && answer.right.repeated, true)
    assert.is((await gather(store.read('a-1'))).length, 1)
    await store.close()
  }
})

test('one whose answer was lost for good says that it does not know; again, with the same id, it does', async () => {
  const store = await postgresStore({
    url: throughProxy(),
    schema: 'unknown',
    notify: false,
    patience: 300,
  })
  const id = freshId()
  proxy.loseAnswerTo('.append_one(')
  const sent = rejection(append(store, 'any', id))
  await sleep(30)
  proxy.refuse(true)
  const error = await sent
  assert.is(error.code, 'unavailable')
  assert.match(error.message, /not known/)

  const unsent = await rejection(append(store, 'any'))
  assert.is(unsent.code, 'unavailable')
  const reading = await rejection(gather(store.read('a-1')))
  assert.is(reading.code, 'unavailable')

  proxy.refuse(false)
  const again = await append(store, 'any', id)
  assert.equal(again._tag === 'Right' && again.right.repeated, true)
  assert.is((await gather(store.read('a-1'))).filter((e) => e.meta.id === id).length, 1)
  await store.close()
})

/** Writes and listens while `disturb` does its worst; then checks that all was written once and nothing skipped. */
const through = async (schema: string, disturb: () => Promise<void>): Promise<void> => {
  const store = await postgresStore({ url: server.url(), schema, poll: 50 })
  const stop = new AbortController()
  const seen: Recorded[] = []
  const subscriber = (async () => {
    for await (const page of store.subscribe({ after: START }, stop.signal)) seen.push(...page.events)
  })()
  const written: string[] = []
  let writing = true
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let version = -1; writing; version++) {
      const id = freshId()
      const answer = await store.append([
        {
          stream: `w-${writer}`,
          expected: version < 0 ? 'empty' : { at: version },
          events: [event({}, { id })],
        },
        { stream: 'all-1', expected: 'any', events: [event({}, { id: freshId(), once: true })] },
      ])
      assert.is(answer._tag, 'Right')
      written.push(id)
      await sleep(2)
    }
  })
  await disturb()
  writing = false
  await Promise.all(writers)
  const log = await gather(store.readAll({ after: START }))
  for (const end = performance.now() + 10_000; seen.length < log.length && performance.now() < end; )
    await sleep(10)
  stop.abort()
  await subscriber
  assert.is(log.length, 2 * written.length)
  assert.equal(new Set(log.map((e) => e.meta.id)).size, log.length)
  const there = new Set(log.map((e) => e.meta.id))
  assert.ok(written.every((id) => there.has(id)))
  assert.equal(
    seen.map((e) => e.position),
    log.map((e) => e.position),
  )
  assert.ok(written.length > 50, `${written.length} appends prove nothing`)
  await store.close()
}

test(
  'every connection is terminated, over and over',
  () =>
    through('terminated', async () => {
      const admin = new pg.Client(server.url())
      await admin.connect()
      let killed = 0
      for (let i = 0; i < 20; i++) {
        await sleep(100)
        const { rowCount } = await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ramal'`,
        )
        killed += rowCount ?? 0
      }
      await admin.end()
      assert.ok(killed > 20, `only ${killed} connections were there`)
    }),
  { timeout: 60_000 },
)

test(
  'the server is restarted, in order and by a crash',
  () =>
    through('restarted', async () => {
      for (const mode of ['fast', 'immediate', 'immediate'] as const) {
        await sleep(400)
        await server.stop(mode)
        await sleep(200)
        await server.start()
      }
      await sleep(400)
    }),
  { timeout: 60_000 },
)

test('a server that is gone stops no store from closing', async () => {
  const store = await postgresStore({ url: throughProxy(), schema: 'closing' })
  const stop = new AbortController()
  const pages = store.subscribe({ after: START }, stop.signal)[Symbol.asyncIterator]()
  await pages.next()
  proxy.refuse(true)
  const pending = rejection(append(store, 'any'))
  await sleep(100)
  await store.close()
  assert.is((await pending).code, 'closed')
  assert.is((await pages.next()).done, true)
  proxy.refuse(false)
})

test.run()
