import { type EventStore, memoryStore, START, virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { type RouterOptions, startRouter, verifyPasses } from './index.js'
import { reportShadows } from './shadow-report.js'

const test = suite('router, options')

const refusalOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    assert.instance(error, RangeError)
    return (error as Error).message
  }
  throw new Error('It was not refused.')
}

test('what a router cannot work by is refused at once, by name, with what it may be', async () => {
  const store = memoryStore()
  const given = { store, clock: virtualClock(0), router: 'r1' }
  const refused = (options: object) => refusalOf(() => startRouter({ ...given, ...options } as RouterOptions))
  for (const most of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '250', null])
    assert.match(refused({ most }), /most: expected an integer from 1, found /)
  assert.match(refused({ most: 0 }), /startRouter.*most: expected an integer from 1, found 0/s)
  for (const patience of [-1, 0.5, Number.NaN, '3 s'])
    assert.match(refused({ patience }), /patience: expected an integer from 0/)
  for (const name of ['router', 'domain', 'tenant'])
    assert.match(refused({ [name]: '' }), `${name}: expected a text that is not empty, found ""`)
  assert.match(refused({ router: undefined }), /router: expected a text that is not empty, found undefined/)
  assert.match(refused({ store: undefined }), /store/)
  assert.match(refused({ clock: undefined }), /clock/)
  const both = refused({ most: 0, patience: -1 })
  assert.match(both, /most/)
  assert.match(both, /patience/)
  assert.is(await store.head(), START)
})

test('what is left out, or undefined, has its default', async () => {
  const store = memoryStore()
  const router = startRouter({ store, clock: virtualClock(0), router: 'r1', most: undefined, patience: 0 })
  await router.settledAt(START)
  await router.stop()
})

test('reports that would list nothing are refused: they would say that all is well', async () => {
  const store = memoryStore()
  const rejection = (run: (store: EventStore, options: { most: number }) => Promise<unknown>, most: number) =>
    run(store, { most }).then(
      () => 'not refused',
      (error) => (error instanceof RangeError ? error.message : `otherwise: ${error}`),
    )
  for (const most of [0, -3, Number.NaN]) {
    assert.match(await rejection(verifyPasses, most), /most: expected an integer from 1/)
    assert.match(await rejection(reportShadows, most), /most: expected an integer from 1/)
  }
})

test.run()
