import { type EventStore, memoryStore, START, type StreamName, type Write } from '@ramal/core'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { event, gather } from '../test/events.js'
import { idKey, typeKey } from './batch.js'
import { postgresStore } from './index.js'

const test = suite('appends that go in one call')
let server: PostgresServer
let logs = 0
const open = () => postgresStore({ url: server.url(), schema: `log_${++logs}`, notify: false })
test.before(async () => {
  server = await startPostgres({ settings: { fsync: 'off' } })
})
test.after(() => server.remove())

test('keys tell apart whatever the texts tell apart', () => {
  const texts = [
    '',
    'a',
    'A',
    '\0',
    'a\nb',
    '\ud800',
    '\udfff',
    'x'.repeat(201),
    'x'.repeat(202),
    '"',
    '\u00e9',
    'e\u0301',
  ]
  for (const key of [idKey, typeKey]) {
    assert.is(new Set(texts.map(key)).size, texts.length)
    for (const text of texts) assert.not.match(key(text), /[\n\0]/)
  }
  assert.is(typeKey('MessageReceived'), 'MessageReceived')
})

const expected = fc.oneof(
  fc.constantFrom('any' as const, 'empty' as const, 'exists' as const),
  fc.integer({ min: 0, max: 3 }).map((at) => ({ at })),
)
const stream = fc.constantFrom<StreamName[]>('a-1', 'a-2', 'b-1')
const append = fc.record({
  writes: fc.uniqueArray(
    fc.record({
      stream,
      expected,
      events: fc.array(
        fc.record({ id: fc.integer({ min: 0, max: 9 }), once: fc.option(fc.constant(true as const)) }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 3, selector: (write) => write.stream },
  ),
  guards: fc.array(fc.record({ stream, expected }), { maxLength: 1 }),
})

test(
  'a batch answers and leaves what its appends would one after the other',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(append, { minLength: 1, maxLength: 12 }), { maxLength: 3 }),
        async (batches) => {
          const stores: EventStore[] = [await open(), memoryStore()]
          try {
            for (const batch of batches) {
              const [found, wanted] = await Promise.all(
                stores.map((store) =>
                  Promise.all(
                    batch.map(async ({ writes, guards }) => {
                      const given: Write[] = writes.map((w) => ({
                        ...w,
                        events: w.events.map(({ id, once }) =>
                          event({}, { id: `id ${id}`, ...(once ? { once } : {}) }),
                        ),
                      }))
                      const answer = await store.append(given, guards).catch((error) => error.code)
                      // Where independent appends of a batch come to stand is free; what each says is not.
                      if (answer._tag === 'Right') return { ...answer.right, position: '' }
                      return answer
                    }),
                  ),
                ),
              )
              assert.equal(found, wanted)
              for (const name of ['a-1', 'a-2', 'b-1'] as const) {
                const [here, there] = await Promise.all(stores.map((store) => gather(store.read(name))))
                assert.equal(
                  here!.map((e) => [e.version, e.meta.id]),
                  there!.map((e) => [e.version, e.meta.id]),
                )
              }
            }
            const all = await gather(stores[0]!.readAll({ after: START }))
            assert.equal(
              all.map((e) => Number(e.position)),
              all.map((_, i) => i + 1),
            )
          } finally {
            for (const store of stores) await store.close()
          }
        },
      ),
      { numRuns: 60 },
    ),
  { timeout: 60_000 },
)

test('one that does not fit leaves the others of its batch alone', async () => {
  const store = await open()
  const fresh = (i: number) => store.append([{ stream: `a-${i}`, expected: 'empty', events: [event()] }])
  await fresh(3)
  const answers = await Promise.all([0, 1, 2, 3, 4].map(fresh))
  assert.equal(
    answers.map((answer) => answer._tag),
    ['Right', 'Right', 'Right', 'Left', 'Right'],
  )
  await store.close()
})

test('many appends to one stream go in the order of the calls', async () => {
  const store = await open()
  await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      store.append([{ stream: 'hot-1', expected: 'any', events: [event({ i })] }]),
    ),
  )
  const events = await gather(store.read('hot-1'))
  assert.equal(
    events.map((e) => (e.data as { i: number }).i),
    Array.from({ length: 100 }, (_, i) => i),
  )
  await store.close()
})

test.run()
