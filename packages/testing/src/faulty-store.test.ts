import { memoryStore, type NewEvent, START, StoreError, virtualClock, type Write } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { collect } from './collect.js'
import { fixedContext, fixedMetadata } from './context.js'
import { type Fault, faultyStore, type StoreCall } from './faulty-store.js'
import { suite } from './suite.js'

const test = suite('faulty store')

const event = (commandId: string): NewEvent => ({
  type: 'Rang',
  data: { commandId },
  meta: { ...fixedMetadata(fixedContext({ commandId }), 0), schemaVersion: 1 },
})
const write = (commandId: string): Write => ({
  stream: 'bell-1',
  expected: 'empty',
  events: [event(commandId)],
})
const on = (method: StoreCall['method'], fault: Fault) => (call: StoreCall) =>
  call.method === method && call.nth === 1 ? fault : undefined
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => (error instanceof StoreError ? error.code : String(error)),
  )
const lengthOf = async (store: ReturnType<typeof memoryStore>) =>
  (await collect(store.readAll({ after: START }))).length

test('unavailable: rejects and writes nothing; the next call is through', async () => {
  const inner = memoryStore()
  const store = faultyStore(inner, on('append', { fault: 'unavailable' }))
  assert.is(await codeOf(store.append([write('a')])), 'unavailable')
  assert.is(await lengthOf(inner), 0)
  assert.ok(E.isRight(await store.append([write('a')])))
})

test('a lost acknowledgement: rejects though it wrote, and the same append again says so', async () => {
  const inner = memoryStore()
  const store = faultyStore(inner, on('append', { fault: 'lost-ack' }))
  assert.is(await codeOf(store.append([write('a')])), 'unavailable')
  assert.is(await lengthOf(inner), 1)
  const again = await store.append([write('a')])
  assert.ok(E.isRight(again) && again.right.repeated)
  assert.is(await lengthOf(inner), 1)
})

test('a conflict: somebody else was first', async () => {
  const store = faultyStore(memoryStore(), on('append', { fault: 'conflict', by: [write('b')] }))
  const result = await store.append([write('a')])
  assert.ok(E.isLeft(result) && result.left._tag === 'WrongVersion' && result.left.actual === 0)
})

test('a delay: as long as the clock says', async () => {
  const clock = virtualClock()
  const store = faultyStore(memoryStore(), on('append', { fault: 'delay', ms: 500 }), clock)
  let done = false
  const appended = store.append([write('a')]).then(() => {
    done = true
  })
  await clock.advanceTo(499)
  assert.is(done, false)
  await clock.advanceTo(500)
  await appended
})

test('reads and subscriptions fail as planned, and go through otherwise', async () => {
  const inner = memoryStore()
  await inner.append([write('a')])
  for (const method of ['read', 'readAll', 'subscribe', 'head'] as const) {
    const store = faultyStore(inner, on(method, { fault: 'unavailable' }))
    const call = () => {
      if (method === 'head') return store.head()
      if (method === 'read') return collect(store.read('bell-1'))
      if (method === 'readAll') return collect(store.readAll({ after: START }))
      return collect(store.subscribe({ after: START }, new AbortController().signal), { limit: 1 })
    }
    assert.is(await codeOf(call()), 'unavailable', method)
    assert.is((await call()).length > 0, true, method)
  }
})

test.run()
