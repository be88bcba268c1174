import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { segmentsOf, splitSegments } from './segments.js'

const test = suite('SMS segments')

const cases: readonly (readonly [string, 'GSM-7' | 'UCS-2', number, number])[] = [
  ['', 'GSM-7', 1, 0],
  ['a'.repeat(160), 'GSM-7', 1, 160],
  ['a'.repeat(161), 'GSM-7', 2, 161],
  ['a'.repeat(306), 'GSM-7', 2, 306],
  ['a'.repeat(307), 'GSM-7', 3, 307],
  ['€'.repeat(80), 'GSM-7', 1, 160],
  ['€'.repeat(81), 'GSM-7', 2, 162],
  ['Olá', 'UCS-2', 1, 3],
  ['É às três', 'UCS-2', 1, 9],
  ['ñ ü à é Ç', 'GSM-7', 1, 9],
  ['não'.repeat(23), 'UCS-2', 1, 69],
  ['ã'.repeat(70), 'UCS-2', 1, 70],
  ['ã'.repeat(71), 'UCS-2', 2, 71],
  ['ç', 'UCS-2', 1, 1],
  ['😀'.repeat(35), 'UCS-2', 1, 70],
  // A surrogate pair is not torn: 33 fit into 67 units, not 33 and a half.
  ['😀'.repeat(67), 'UCS-2', 3, 134],
  // Nor is an escape: 76 euros fit into 153 septets.
  ['€'.repeat(153), 'GSM-7', 3, 306],
]

test('counts as the networks do', () => {
  for (const [text, encoding, count, units] of cases) {
    const found = segmentsOf(text)
    assert.equal([found.encoding, found.count, found.units], [encoding, count, units], text.slice(0, 20))
  }
})

test('cuts as it counts, and nothing is lost', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 500 }), fc.string({ maxLength: 1000 }))
  fc.assert(
    fc.property(text, (said) => {
      const parts = splitSegments(said)
      assert.is(parts.length, segmentsOf(said).count)
      assert.is(parts.join(''), said)
      for (const part of parts) assert.is(segmentsOf(part).count, 1)
      if (said.isWellFormed()) for (const part of parts) assert.ok(part.isWellFormed())
    }),
  )
})

test('says how much room is left', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ã', '€'), minLength: 1, maxLength: 400 })
  fc.assert(
    fc.property(text, (said) => {
      const { left, count } = segmentsOf(said)
      assert.is(segmentsOf(said + 'x'.repeat(left)).count, count)
      assert.is(segmentsOf(said + 'x'.repeat(left + 1)).count, count + 1)
    }),
  )
})

test.run()
