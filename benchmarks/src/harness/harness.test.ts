import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { fdatasyncFloor, interleave, jsonParseFloor, judge, percentiles } from '../harness.js'

const test = suite('harness')

test('contenders run in turn, each round begins with another, warm-ups do not count', async () => {
  const seen: string[] = []
  const note = (name: string) => ({
    before: () => void seen.push(`<${name}`),
    run: () => seen.push(name),
    after: () => void seen.push(`${name}>`),
  })
  const rates = await interleave({ a: note('a'), b: note('b') }, { rounds: 2, warmups: 1 })
  assert.is(seen.join(' '), '<a a a> <b b b> <b b b> <a a a> <a a a> <b b b>')
  assert.is(rates.a.rounds.length, 2)
  assert.is(rates.a.best, Math.max(...rates.a.rounds))
})

test('a contender that did nothing, and one whose check throws, fail the run', async () => {
  const failure = (contender: Parameters<typeof interleave>[0][string]) =>
    interleave({ contender }).then(
      () => 'none',
      (error: Error) => error.message,
    )
  assert.match(await failure({ run: () => 0 }), /did 0 operations/)
  assert.match(
    await failure({
      run: () => 1,
      after: () => {
        throw new Error('wrong answer')
      },
    }),
    /wrong answer/,
  )
})

test('a rate is operations a second', async () => {
  const { nap } = await interleave(
    { nap: { run: () => new Promise<number>((resolve) => setTimeout(() => resolve(50), 100)) } },
    { rounds: 2, warmups: 0 },
  )
  assert.ok(nap.best > 100 && nap.best <= 510, `${nap.best}`)
})

test('each percentile is a sample with at least that share at or below it, and no smaller one is', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (samples) => {
      const p = percentiles(samples)
      for (const [share, value] of [[0.5, p.p50] as const, [0.9, p.p90] as const, [0.99, p.p99] as const]) {
        assert.ok(samples.includes(value))
        assert.ok(samples.filter((x) => x <= value).length >= share * samples.length)
        assert.ok(samples.filter((x) => x < value).length < share * samples.length)
      }
      assert.is(p.max, Math.max(...samples))
    }),
  )
})

test('goals are inclusive; a figure without a goal is neither met nor missed', () => {
  const figure = { figure: 'f', value: 50, unit: 'x/s', beside: { name: 'floor', value: 100 } }
  assert.is(judge('b', { ...figure, goal: { ratio: { min: 0.5 } } }).ok, true)
  assert.is(judge('b', { ...figure, goal: { ratio: { min: 0.51 } } }).ok, false)
  assert.is(judge('b', { ...figure, goal: { ratio: { min: 0.5 }, value: { max: 49 } } }).ok, false)
  const line = judge('b', { figure: 'f', value: 50, unit: 'x/s' })
  assert.equal([line.ok, line.ratio, line.beside, line.goal], [null, null, null, null])
})

test('a figure that is no number, or is compared with nothing, is a fault of the bench', () => {
  assert.throws(() => judge('b', { figure: 'f', value: Number.NaN, unit: 's' }), /b: "f" is NaN/)
  assert.throws(() => judge('b', { figure: 'f', value: 1, unit: 's', beside: { name: 'z', value: 0 } }), /z/)
  assert.throws(
    () => judge('b', { figure: 'f', value: 1, unit: 's', goal: { ratio: { min: 1 } } }),
    /nothing/,
  )
})

test('the floors measure, and leave no file behind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ramal-harness-'))
  try {
    const { parse, sync } = await interleave(
      { parse: jsonParseFloor(['{"a":1}', '[]']), sync: fdatasyncFloor({ directory, count: 3 }) },
      { rounds: 1 },
    )
    assert.ok(parse.best > 0 && sync.best > 0)
    assert.equal(readdirSync(directory), [])
  } finally {
    await rm(directory, { recursive: true })
  }
})

test.run()
