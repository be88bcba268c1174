import { canonicalJson } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { hashPair } from './hash.js'

const test = suite('routing, hash')

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  )
}

test('is of what JSON says, in whatever order fields stand', () => {
  let alike = 0
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (x, y) => {
      assert.equal(hashPair(shuffled(x)), hashPair(x))
      const same = canonicalJson(x) === canonicalJson(y)
      if (same) alike++
      assert.is(String(hashPair(x)) === String(hashPair(y)), same)
    }),
    { numRuns: 2000 },
  )
  assert.ok(alike > 0 && alike < 1000, `${alike}`)
})

test('a map is as an object, and what is undefined is not there', () => {
  const map = new Map([
    ['b', 2],
    ['a', 1],
  ])
  assert.equal(hashPair(map), hashPair({ a: 1, b: 2 }))
  assert.equal(hashPair({ a: 1, b: undefined }), hashPair({ a: 1 }))
  assert.not.equal(hashPair({ a: 1 }), hashPair({}))
})

test('neighbours are told apart', () => {
  const different = [
    ['ab', 'c'],
    ['a', 'bc'],
    ['abc'],
    [['a'], 'bc'],
    [['ab', 'c']],
    [1, 2],
    [12],
    ['1', 2],
    [true, false],
    [false, true],
    [undefined, 0],
    [0, undefined],
    [{}],
    [[]],
    [''],
    [Number.POSITIVE_INFINITY],
    [Number.MAX_SAFE_INTEGER],
    [Number.MAX_SAFE_INTEGER - 1],
  ]
  const seen = new Set(different.flatMap((value) => hashPair(value).map((h, lane) => `${lane}/${h}`)))
  assert.is(seen.size, 2 * different.length)
})

test('what differs in one bit differs in half of the hash', () => {
  const count = (n: number): number => {
    let bits = 0
    for (let rest = n >>> 0; rest > 0; rest >>>= 1) bits += rest & 1
    return bits
  }
  let flipped = 0
  for (let i = 0; i < 1000; i++) {
    const [a, b] = hashPair(['ticket', 2 * i, 'queued'])
    const [c, d] = hashPair(['ticket', 2 * i + 1, 'queued'])
    flipped += count(a ^ c) + count(b ^ d)
  }
  assert.ok(Math.abs(flipped / 1000 - 32) < 2, `${flipped / 1000} bits of 64`)
})

test.run()
