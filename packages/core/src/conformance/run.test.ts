import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { systemClock } from '../clock.js'
import { memoryStore } from '../memory-store.js'
import type { EventStore } from '../store.js'
import type { Check } from './check.js'
import { checks } from './checks.js'
import { type CheckResult, runCheck, runConformance } from './run.js'

const test = suite('running the contract')

const FIRST = 'an event comes back as it was written'
const SECOND = 'expected empty: only a stream without events'
const open = async () => memoryStore()
const few = (check: Check) => check.name === FIRST || check.name === SECOND

test('reports each check as it ends, and counts', async () => {
  const told: CheckResult[] = []
  const broken = async (): Promise<EventStore> => {
    const store = memoryStore()
    const head = () => Promise.reject(new Error('out of order'))
    return told.length === 0 ? store : { ...store, head }
  }
  const report = await runConformance({
    open: broken,
    only: few,
    report: (result) => told.push(result),
    seed: 7,
  })
  assert.equal([report.passed, report.failed.length, report.skipped, report.seed], [1, 1, [], 7])
  assert.is(report.failed[0]?.name, SECOND)
  assert.match(report.failed[0]?.error.message ?? '', 'out of order')
  assert.equal(
    told.map(({ name, outcome }) => [name, outcome]),
    [
      [FIRST, 'passed'],
      [SECOND, 'failed'],
    ],
  )
  assert.ok(told.every(({ ms }) => ms >= 0))
})

test('a store that cannot be opened fails every check, and none hangs', async () => {
  const refusing = () => Promise.reject(new Error('connection refused'))
  const report = await runConformance({ open: refusing, only: few })
  assert.equal(
    report.failed.map((f) => f.error.message),
    ['connection refused', 'connection refused'],
  )
})

test('a check that hangs fails in time, and the next one runs', async () => {
  const hanging = async (): Promise<EventStore> => ({
    ...memoryStore(),
    append: () => new Promise(() => undefined),
  })
  let calls = 0
  const start = systemClock.now()
  const report = await runConformance({
    open: () => (calls++ === 0 ? hanging() : open()),
    only: few,
    timeout: 100,
  })
  assert.equal(
    report.failed.map((f) => f.error.message),
    ['It did not end within 100 ms.'],
  )
  assert.is(report.passed, 1)
  assert.ok(systemClock.now() - start < 5_000)
})

test('a store that does not close holds nobody up for long', async () => {
  const store = { ...memoryStore(), close: () => new Promise<void>(() => undefined) }
  const report = await runConformance({ open: async () => store, only: (c) => c.name === FIRST })
  assert.is(report.passed, 1)
})

test('every handle that a check opens is closed, also when it fails', async () => {
  let open = 0
  const counted = async (): Promise<EventStore> => {
    const store = memoryStore()
    open += 1
    return {
      ...store,
      append: () => Promise.reject(new Error('full')),
      close: async () => {
        open -= 1
      },
    }
  }
  const options = { open: counted, beside: counted, quick: true, patience: 100 }
  const needy = checks.find((c) => c.needs === 'beside')!
  for (const check of [checks[0]!, needy])
    await runCheck(check, options).then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, 'full'),
    )
  assert.is(open, 0)
})

test('checks that need what was not given are skipped, and said to be', async () => {
  const told: CheckResult[] = []
  const report = await runConformance({
    open,
    only: (check) => check.needs !== undefined,
    report: (result) => told.push(result),
  })
  const needy = checks.filter((check) => check.needs)
  assert.equal(
    report.skipped,
    needy.map((check) => check.name),
  )
  assert.equal([report.passed, report.failed], [0, []])
  assert.ok(
    told.every(({ outcome, error }) => outcome === 'skipped' && error?.message.includes('needs the option')),
  )
})

test('a failure that was drawn by lot names its seed and the calls that led to it', async () => {
  const drawn = checks.find((c) => c.name.startsWith('any sequence of calls'))!
  const faulty = async (): Promise<EventStore> => {
    const store = memoryStore()
    return { ...store, read: (stream, { from = 0 } = {}) => store.read(stream, { from }) }
  }
  const messageOf = () =>
    runCheck(drawn, { open: faulty, quick: true, seed: 42 }).then(
      () => assert.unreachable(),
      (error: unknown) => String(error),
    )
  const message = (await messageOf()) ?? ''
  assert.match(message, 'seed: 42')
  assert.match(message, /read stream \d from \d, limit \d/)
})

test.run()
