import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Identifier } from './identifier.js'
import { matchKey, sameNumberAs, variantsOf } from './variants.js'

const waId = (value: string): Identifier => ({ kind: 'wa_id', value })
const others = (value: string) => variantsOf(waId(value)).map((other) => other.value)

const test = suite('one number, two ways to write it')

test('Brazil: the ninth digit, of mobile numbers only', () => {
  assert.equal(others('5511987654321'), ['551187654321'])
  assert.equal(others('551187654321'), ['5511987654321'])
  assert.equal(others('555191234567'), ['5551991234567'], 'area codes beyond São Paulo too')
  assert.equal(others('551133334444'), [], 'a landline is not lengthened')
  assert.equal(others('5511933334444'), [], 'eight digits that were no mobile number are not shortened to')
  assert.equal(others('5508001234567'), [], 'an 0800 number has no area code')
})

test('Argentina and Mexico', () => {
  assert.equal(others('5491123456789'), ['541123456789'])
  assert.equal(others('541123456789'), ['5491123456789'])
  assert.equal(others('5215512345678'), ['525512345678'])
  assert.equal(others('525512345678'), ['5215512345678'])
})

test('numbers of other countries, and what is no number, have no variants', () => {
  for (const value of ['14155550123', '351912345678', '442071234567', 'US.5491123456789', '', '55', '+'])
    assert.equal(others(value), [], value)
  assert.equal(variantsOf({ kind: 'psid', scope: 'p', value: '5511987654321' }), [])
})

test('a plus, the kind and the scope stay', () => {
  const phone: Identifier = { kind: 'e164', value: '+5511987654321', verified: true }
  assert.equal(variantsOf(phone), [{ ...phone, value: '+551187654321' }])
})

test('variants are each other’s, and share what they are looked up by', () => {
  const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`))
  const number = fc
    .tuple(fc.constantFrom('55', '549', '54', '521', '52', '5511', '55119', '1', '351'), digits(6, 12))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(number, (value) => {
      const original = waId(value)
      for (const other of variantsOf(original)) {
        assert.is.not(other.value, value)
        assert.equal(variantsOf(other), [original])
        assert.is(matchKey(other), matchKey(original))
      }
    }),
    { numRuns: 1000 },
  )
})

test('different numbers are looked up by different keys', () => {
  const values = [
    '5511987654321',
    '5511987654322',
    '551133334444',
    '5491123456789',
    '5215512345678',
    '14155550123',
  ]
  assert.is(new Set(values.map((value) => matchKey(waId(value)))).size, values.length)
})

test('one number on two channels', () => {
  const sms: Identifier = { kind: 'e164', value: '+5511987654321' }
  assert.equal(sameNumberAs(waId('5511987654321')), [sms])
  assert.equal(sameNumberAs(sms), [waId('5511987654321')])
  for (const other of [waId('US.1a2b'), waId('2020'), { kind: 'psid', value: '5511987654321' } as const])
    assert.equal(sameNumberAs(other), [])
})

test.run()
