import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { MAX_EVENT_SIZE } from './append.js'
import { plainCopy } from './plain.js'
import { positionOf } from './position.js'
import { frozenRecord } from './record.js'

const test = suite('copies of plain data')

const copy = (value: unknown, characters = MAX_EVENT_SIZE) => plainCopy(value, { characters })

/** Every object in a value, itself first. */
const objectsIn = (value: unknown): readonly object[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : []

const checkFrozenApart = (copied: unknown, original: unknown) => {
  const theirs = new Set(objectsIn(original))
  for (const object of objectsIn(copied)) {
    assert.ok(Object.isFrozen(object))
    assert.not.ok(theirs.has(object))
  }
}

const meta = { id: 'a', at: 1, tenant: 't', correlationId: 'c', causationId: 'c', schemaVersion: 1 }
const record = (data: unknown) => frozenRecord({ type: 'A', data, meta }, 'a-1', 0, positionOf(1), 0)

/** Compared as text, so that the order of keys, -0 and a hole in a list count. */
const viaJson = (data: unknown) => JSON.parse(JSON.stringify({ data })).data

test('whatever it copies is what JSON gives back, frozen, and shares nothing with the original', () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  })
  let copied = 0
  fc.assert(
    fc.property(anything, (value) => {
      const got = copy(value)
      if (got === undefined) return
      copied++
      assert.is(JSON.stringify(got), JSON.stringify(value))
      assert.equal(got, viaJson(value))
      checkFrozenApart(got, value)
    }),
    { numRuns: 3_000 },
  )
  assert.ok(copied > 500, `${copied} were copied`)
})

test('copies all data that JSON carries as it is', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      fc.pre(!text.includes('"__proto__"'))
      const value: unknown = JSON.parse(text)
      assert.equal(copy(value), viaJson(value))
    }),
    { numRuns: 1_000 },
  )
})

test('leaves to JSON what JSON changes or refuses', () => {
  const circular: { self?: unknown } = {}
  circular.self = circular
  class Point {
    x = 1
  }
  for (const value of [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    1n,
    Symbol('s'),
    () => 1,
    new Date(0),
    new Map([[1, 2]]),
    new Point(),
    { at: new Date(0) },
    { toJSON: () => 'other' },
    JSON.parse('{"__proto__":{"a":1}}'),
    [undefined],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what it is about
    [1, , 2],
    Object.assign([1], { toJSON: () => 2 }),
    circular,
  ])
    assert.is(copy(value), undefined)
  assert.equal(copy({ left: undefined, kept: 1 }), { kept: 1 })
})

test('copies nothing that may not fit', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(200), (value, characters) => {
      if (copy(value, characters) !== undefined) assert.ok(JSON.stringify(value).length <= characters)
    }),
    { numRuns: 2_000 },
  )
  for (const text of ['\u0000', '"', '\\', '\ud83d', '\n'])
    assert.is(copy(text.repeat(MAX_EVENT_SIZE / 2)), undefined)
})

test('records the same, whether it copies or goes by way of JSON', () => {
  const data = { text: 'Olá', list: [1, { deep: null }] }
  const plain = record(data)
  const other = record({ ...data, toJSON: () => data })
  assert.equal(plain, other)
  assert.is(JSON.stringify(plain), JSON.stringify(other))
  for (const one of [plain, other]) checkFrozenApart(one, data)
})

test('refuses what JSON refuses, and a getter that throws', () => {
  const throwing = {
    get text(): string {
      throw new Error('not now')
    },
  }
  for (const data of [undefined, 1n, throwing, 'x'.repeat(MAX_EVENT_SIZE)])
    assert.throws(() => record(data), /does not encode|characters, at most/)
  assert.is(record('x'.repeat(MAX_EVENT_SIZE - 1_000)).data, 'x'.repeat(MAX_EVENT_SIZE - 1_000))
})

test.run()
