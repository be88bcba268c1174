import { setTimeout as sleep } from 'node:timers/promises'
import {
  type EventStore,
  type Expected,
  freshId,
  memoryStore,
  positionOf,
  START,
  type StreamName,
} from '@ramal/core'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { event, gather } from '../test/events.js'
import { startProxy } from '../test/proxy.js'
import { terminateConnections } from '../test/terminate.js'
import { alone } from './alone.js'
import { encodeAppend } from './batch.js'
import { postgresStore } from './index.js'

const test = suite('a store that writes alone')
let server: PostgresServer
test.before(async () => {
  server = await startPostgres({ settings: { fsync: 'off' } })
})
test.after(() => server.remove())

/** More calls than a store needs to take it that it writes alone. */
const ENOUGH = 12

const fill = async (store: EventStore, stream: StreamName, from = 0) => {
  for (let version = from; version < from + ENOUGH; version++) {
    const answer = await store.append([
      { stream, expected: version === 0 ? 'empty' : { at: version - 1 }, events: [event()] },
    ])
    assert.is(answer._tag, 'Right')
  }
}

test('an append whose answer was lost is recognised when it is made again', async () => {
  const proxy = await startProxy(server.port)
  const url = server.url().replace(`:${server.port}/`, `:${proxy.port}/`)
  try {
    for (const lost of ['a later event', 'the first event'] as const) {
      const schema = lost.replaceAll(' ', '_')
      const store = await postgresStore({ url, schema, notify: false })
      // It is lost only if it is this statement that writes, and the first time that it does.
      proxy.loseAnswerTo(`insert into ${schema}.events`)
      let repeated = 0
      for (let n = 0; n < 2 * ENOUGH; n++) {
        const [stream, expected]: [StreamName, Expected] =
          lost === 'the first event' ? [`a-${n}`, 'empty'] : ['a-1', n === 0 ? 'empty' : { at: n - 1 }]
        const answer = await store.append([{ stream, expected, events: [event()] }])
        if (answer._tag === 'Right' && answer.right.repeated) repeated++
        assert.is(answer._tag, 'Right')
      }
      assert.is(repeated, 1)
      assert.is((await gather(store.readAll({ after: START }))).length, 2 * ENOUGH)
      await store.close()
    }
  } finally {
    await proxy.close()
  }
})

test('a version that a store knows to be wrong is refused, even where nothing stands in its way', async () => {
  const store = await postgresStore({ url: server.url(), schema: 'wrong', notify: false })
  await fill(store, 'a-1')
  for (const at of [ENOUGH + 5, ENOUGH, ENOUGH - 2]) {
    const answer = await store.append([{ stream: 'a-1', expected: { at }, events: [event()] }])
    assert.equal(answer._tag === 'Left' && answer.left._tag, 'WrongVersion')
    await fill(store, `b-${at}`)
  }
  assert.is((await gather(store.read('a-1'))).length, ENOUGH)
  await store.close()
})

test('whoever sees that another writes asks the log again, for a while', () => {
  const known = alone()
  const encoded = encodeAppend([{ stream: 'a-1', expected: 'empty', events: [event()] }], [], 0)
  const write = (position: number) =>
    known.written([{ position: positionOf(position), versions: new Map(), repeated: false }], 1, [1, 2, 3])
  let position = 0
  for (const pause of [0, 1, 5]) {
    position += pause
    let asked = 0
    while (!known.placeOf(encoded)) {
      write(++position)
      asked++
    }
    assert.ok(asked > 5, `it asked only ${asked} times`)
    for (let i = 0; i < 3; i++) write(++position)
    assert.is(known.placeOf(encoded)?.position, positionOf(position + 1))
    position += 2
    write(position)
    assert.is(known.placeOf(encoded), undefined)
  }
})

test('a log that was made anew begins anew, whatever a store knew of the old one', async () => {
  const store = await postgresStore({ url: server.url(), schema: 'anew', notify: false })
  const admin = new pg.Client(server.url())
  await admin.connect()
  try {
    await fill(store, 'a-1')
    await admin.query('drop schema anew cascade')
    await (await postgresStore({ url: server.url(), schema: 'anew', notify: false })).close()
    const refused = await store.append([{ stream: 'a-1', expected: { at: ENOUGH - 1 }, events: [event()] }])
    assert.equal(refused._tag === 'Left' && refused.left._tag, 'WrongVersion')
    await fill(store, 'a-1')
    await admin.query('drop schema anew cascade')
    await (await postgresStore({ url: server.url(), schema: 'anew', notify: false })).close()
    await fill(store, 'a-2')
    assert.equal(
      (await gather(store.readAll({ after: START }))).map(({ position }) => Number(position)),
      Array.from({ length: ENOUGH }, (_, i) => i + 1),
    )
  } finally {
    await admin.end()
    await store.close()
  }
})

test(
  'nothing is lost, doubled or out of its place while connections break, the server crashes and another writes',
  async () => {
    const options = { url: server.url(), schema: 'crashes', notify: false }
    const writer = await postgresStore(options)
    const intruder = await postgresStore(options)
    const written: string[] = []
    let writing = true
    const writeOn = async (store: EventStore, pause: number) => {
      const versions = new Map<StreamName, number | 'none'>()
      for (let n = 0; writing; n++) {
        const stream: StreamName = `s-${n % 5}`
        const version = versions.get(stream) ?? 'none'
        const id = freshId()
        const expected = version === 'none' ? 'empty' : { at: version }
        const answer = await store.append([{ stream, expected, events: [event({}, { id })] }])
        if (answer._tag === 'Right') {
          versions.set(stream, answer.right.versions.get(stream)!)
          written.push(id)
        } else if (answer.left._tag === 'WrongVersion') versions.set(stream, answer.left.actual)
        if (pause > 0) await sleep(pause)
      }
    }
    // The first writes more than enough between two events of the other to take it that it is alone.
    const writers = [writeOn(writer, 0), writeOn(intruder, 150)]
    for (let round = 0; round < 6; round++) {
      await sleep(250)
      if (round % 3 < 2) await terminateConnections(server)
      else {
        await server.stop('immediate')
        await server.start()
      }
    }
    await sleep(250)
    writing = false
    await Promise.all(writers)
    const log = await gather(writer.readAll({ after: START }))
    assert.ok(log.length > 200, `${log.length} events prove nothing`)
    assert.equal(log.map(({ meta }) => meta.id).sort(), written.sort())
    log.forEach(({ position }, i) => {
      assert.is(Number(position), i + 1)
    })
    for (const n of [0, 1, 2, 3, 4]) {
      const stream = await gather(writer.read(`s-${n}`))
      assert.equal(
        stream.map(({ version }) => version),
        stream.map((_, i) => i),
      )
    }
    await writer.close()
    await intruder.close()
  },
  { timeout: 40_000 },
)

const streams = ['s-0', 's-1', 's-2'] as const
const append = fc.record({
  stream: fc.constantFrom(...streams),
  /** Mostly right: a run of successes is what makes a store take it that it writes alone. */
  wish: fc.oneof(
    { weight: 20, arbitrary: fc.constant('right' as const) },
    { weight: 1, arbitrary: fc.constantFrom('empty' as const, 'exists' as const, 'any' as const) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 }) },
  ),
  /** How far back the event is that is written again; most are new. */
  again: fc.oneof({ weight: 15, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 12 })),
  once: fc.boolean(),
  guard: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, fc.constant(true)),
})
const turns = fc.array(
  fc.record({ writer: fc.nat(1), appends: fc.array(append, { minLength: 1, maxLength: 25 }) }),
  {
    minLength: 1,
    maxLength: 6,
  },
)

test(
  'two that write by turns answer as one store in memory does',
  async () => {
    let logs = 0
    await fc.assert(
      fc.asyncProperty(turns, async (script) => {
        const clock = { now: () => 7, sleep: () => Promise.resolve() }
        const options = { url: server.url(), schema: `turns_${logs++}`, notify: false, clock }
        const writers = [await postgresStore(options), await postgresStore(options)]
        const oracle = memoryStore({ clock })
        const versions = new Map<StreamName, number>()
        const sent: { stream: StreamName; expected: Expected; id: string }[] = []
        try {
          for (const { writer, appends } of script)
            for (const { stream, wish, again, once, guard } of appends) {
              const version = versions.get(stream)
              const right: Expected = version === undefined ? 'empty' : { at: version }
              const expected = wish === 'right' ? right : typeof wish === 'number' ? { at: wish } : wish
              const one = (again > 0 && sent.at(-again)) || { stream, expected, id: freshId() }
              sent.push(one)
              const events = [event({ n: sent.length }, { id: one.id, ...(once ? { once } : {}) })]
              const writes = [{ stream: one.stream, expected: one.expected, events }]
              const guards =
                guard && one.stream !== 's-2' ? [{ stream: 's-2', expected: 'exists' } as const] : []
              const answer = await writers[writer]!.append(writes, guards)
              assert.equal(answer, await oracle.append(writes, guards))
              if (answer._tag === 'Right' && !answer.right.repeated)
                versions.set(one.stream, answer.right.versions.get(one.stream)!)
            }
          assert.equal(
            await gather(writers[0]!.readAll({ after: START })),
            await gather(oracle.readAll({ after: START })),
          )
        } finally {
          for (const store of writers) await store.close()
        }
      }),
      { numRuns: 10 },
    )
  },
  { timeout: 40_000 },
)

test.run()
