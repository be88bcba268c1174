import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { mutants } from '../../test/mutants/index.js'
import type { Mutant } from '../../test/mutants/mutant.js'
import { unbroken } from '../../test/mutants/of-disturbances.js'
import { memoryStore } from '../memory-store.js'
import type { EventStore } from '../store.js'
import { checks } from './checks.js'
import { type ConformanceOptions, runCheck } from './run.js'

const test = suite('broken stores are caught')

const optionsFor = ({
  open,
  kept,
  disturb,
  hangs,
}: Omit<Mutant, 'name' | 'caughtBy'>): ConformanceOptions => {
  let last: EventStore | undefined
  return {
    open: async () => {
      last = open()
      return last
    },
    reopen: async () => (kept ? kept(last!) : last!),
    beside: async () => last!,
    disturb: async () => disturb?.(last!),
    quick: true,
    seed: 20_260_101,
    patience: 200,
    timeout: hangs ? 1_000 : 15_000,
  }
}

const ensureCaught = async (mutant: Mutant): Promise<void> => {
  assert.ok(mutant.caughtBy.length > 0)
  for (const wanted of mutant.caughtBy) {
    const check = checks.find((c) => c.name === wanted)
    assert.ok(check, `There is no check "${wanted}".`)
    const caught = await runCheck(check, optionsFor(mutant)).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(caught instanceof Error)) throw new Error(`"${wanted}" did not catch it.`)
    // Only a store that hangs may be caught by the clock: any other would be caught by a slow machine as well.
    const late = caught.message.startsWith('It did not end within')
    assert.is(late, mutant.hangs === true, `"${wanted}" caught it with: ${caught.message}`)
  }
}

for (const mutant of mutants)
  test(`a store that ${mutant.name}`, () => ensureCaught(mutant), { timeout: 20_000 })

test('every check catches some broken store', () => {
  const used = new Set(mutants.flatMap((m) => m.caughtBy))
  assert.equal(
    checks.map((c) => c.name).filter((name) => !used.has(name)),
    [],
  )
})

const patient = { patience: 5_000, timeout: 30_000 }

const ensureUnbroken = async (store: Omit<Mutant, 'name' | 'caughtBy'>): Promise<void> => {
  for (const check of checks.filter((c) => c.needs !== 'reopen'))
    await runCheck(check, { ...optionsFor(store), ...patient })
}

test(
  'the store that they are made of is not broken',
  () => ensureUnbroken({ open: () => ({ ...memoryStore() }) }),
  { timeout: 60_000 },
)

test('the store with a connection that some are made of is not broken', () => ensureUnbroken(unbroken), {
  timeout: 60_000,
})

test.run()
