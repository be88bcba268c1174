import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { dictionary } from './dictionary.js'

const test = suite('dictionary')

setFlagsFromString('--allow-natives-syntax')
const haveSameShape: (a: object, b: object) => boolean = runInThisContext('(a, b) => %HaveSameMap(a, b)')

/** More than V8 keeps shapes that begin with another key each. */
const MANY = 2_000

/** Whether two objects that are put together alike, by keys that are computed, are of one shape. */
const shapesAreShared = (): boolean => {
  const [first, second] = [Symbol('first'), Symbol('second')]
  const made = () => ({ [first]: 1, [second]: 2 })
  return haveSameShape(made(), made())
}

test('it has only what it is given', () => {
  const names = dictionary<number>()
  assert.not.ok('constructor' in names)
  names.ana = 1
  assert.equal(Object.entries(names), [['ana', 1]])
  assert.is(JSON.stringify(names), '{"ana":1}')
})

test('many of them with other keys each leave the shapes of other objects alone, as literals do not', () => {
  const many = (make: () => Record<string, number>, name: string) =>
    Array.from({ length: MANY }, (_, i) => {
      const one = make()
      one[`${name}-${i}`] = i
      return one
    })
  const dictionaries = many(dictionary, 'id')
  assert.ok(shapesAreShared())
  const literals = many(() => ({}), 'key')
  assert.not.ok(shapesAreShared(), 'V8 keeps them all now: dictionary() is for its other reason only')
  assert.is(dictionaries.length, literals.length)
})

test.run()
