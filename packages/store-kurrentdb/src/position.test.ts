import { START } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { knownPosition, logPositionOf, positionFrom } from './position.js'

const test = suite('positions')

const number = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const place = fc.record({ commit: number, prepare: number }, { noNullPrototype: true })
const compare = <T>(x: T, y: T): number => (x < y ? -1 : x > y ? 1 : 0)

test('come back as they were', () => {
  fc.assert(fc.property(place, (p) => assert.equal(logPositionOf(positionFrom(p)), p)))
  assert.is(logPositionOf(START), 'start')
})

test('are in the order of the log, by commit and then by prepare', () => {
  fc.assert(
    fc.property(place, place, fc.boolean(), (x, other, together) => {
      const y = together ? { ...other, commit: x.commit } : other
      const expected = compare(x.commit, y.commit) || compare(x.prepare, y.prepare)
      assert.is(compare(positionFrom(x), positionFrom(y)), expected)
    }),
  )
})

test('are the same from numbers as from bigints, which the client mixes', () => {
  assert.is(positionFrom({ commit: 803, prepare: 7n }), positionFrom({ commit: 803n, prepare: 7 }))
})

test('where the server knows none, there is none', () => {
  const none = 2n ** 64n - 1n
  assert.is(knownPosition(undefined), undefined)
  assert.is(knownPosition({ commit: none, prepare: none }), undefined)
  assert.is(knownPosition({ commit: 5n, prepare: none }), undefined)
  assert.is(knownPosition({ commit: 5n, prepare: 5n }), positionFrom({ commit: 5n, prepare: 5n }))
})

test.run()
