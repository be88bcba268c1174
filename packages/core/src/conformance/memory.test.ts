import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { memoryStore } from '../memory-store.js'
import type { EventStore } from '../store.js'
import { checks } from './checks.js'
import { runConformance } from './run.js'

const test = suite('the contract, held by the memory store')

test(
  'every check passes',
  async () => {
    let last: EventStore | undefined
    const report = await runConformance({
      open: async () => {
        last = memoryStore()
        return last
      },
      // A store in memory has no second handle of its own: the same one stands for it.
      beside: async () => last!,
    })
    for (const { name, error } of report.failed) console.error(`${name}: ${error.message}`)
    assert.equal(report.failed, [], `seed ${report.seed}`)
    assert.ok(report.passed > 70)
    // What needs a store that keeps what it holds, or that has connections.
    assert.equal(
      report.skipped,
      checks.filter((c) => c.needs === 'reopen' || c.needs === 'disturb').map((c) => c.name),
    )
  },
  { timeout: 55_000 },
)

test('every check has a name of its own', () => {
  assert.is(new Set(checks.map((check) => check.name)).size, checks.length)
})

test.run()
