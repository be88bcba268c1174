import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { mutants } from '../../test/mutants/index.js'
import type { Mutant } from '../../test/mutants/mutant.js'
import { memoryStore } from '../memory-store.js'
import type { EventStore } from '../store.js'
import { checks } from './checks.js'
import { type ConformanceOptions, runCheck } from './run.js'

const test = suite('broken stores are caught')

const optionsFor = (open: () => EventStore, kept?: Mutant['kept']): ConformanceOptions => {
  let last: EventStore | undefined
  return {
    open: async () => {
      last = open()
      return last
    },
    reopen: async () => (kept ? kept(last!) : last!),
    beside: async () => last!,
    quick: true,
    seed: 20_260_101,
    patience: 200,
    timeout: 2_000,
  }
}

for (const { name, open, caughtBy, kept } of mutants)
  test(`a store that ${name}`, async () => {
    assert.ok(caughtBy.length > 0)
    for (const wanted of caughtBy) {
      const check = checks.find((c) => c.name === wanted)
      assert.ok(check, `There is no check "${wanted}".`)
      const caught = await runCheck(check, optionsFor(open, kept)).then(
        () => undefined,
        (error: unknown) => error,
      )
      assert.instance(caught, Error, `"${wanted}" did not catch it.`)
    }
  })

test('every check catches some broken store', () => {
  const used = new Set(mutants.flatMap((m) => m.caughtBy))
  assert.equal(
    checks.map((c) => c.name).filter((name) => !used.has(name)),
    [],
  )
})

test('the store that they are made of is not broken', async () => {
  for (const check of checks.filter((c) => c.needs !== 'reopen'))
    await runCheck(
      check,
      optionsFor(() => ({ ...memoryStore() })),
    )
})

test.run()
