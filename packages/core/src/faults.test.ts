import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { duration, finite, instant, integer, keyed, nonEmpty, oneOf, record } from './codecs.js'
import { describeFaults, listFaults } from './faults.js'

const test = suite('faults')

const faultsOf = <A, O>(codec: t.Type<A, O, unknown>, value: unknown): readonly string[] => {
  const result = codec.decode(value)
  assert.ok(E.isLeft(result), `it was accepted: ${String(value)}`)
  return listFaults(result.left)
}

const policy = record(
  { queues: t.array(record({ name: nonEmpty, strategy: oneOf('idle', 'robin') })), weight: finite },
  { limit: integer(1, 10) },
)

test('a fault says where it is, what was expected and what was found', () => {
  const queues = [
    { name: 'a', strategy: 'idle' },
    { name: '', strategy: 'best' },
  ]
  assert.equal(faultsOf(policy, { queues, weight: Number.NaN, limit: 11 }), [
    'queues[1].name: expected a text that is not empty, found ""',
    'queues[1].strategy: expected "idle" | "robin", found "best"',
    'weight: expected a finite number, found NaN',
    'limit: expected an integer from 1 to 10, found 11',
  ])
})

test('what is missing is named', () => {
  assert.equal(faultsOf(record({ a: t.string }), {}), ['a: expected string, found undefined'])
})

test('a fault of the whole value has no path', () => {
  assert.equal(faultsOf(integer(0), 'x'), ['value: expected an integer from 0, found "x"'])
})

test('the members of a union and of an intersection are no part of the path', () => {
  const codec = record({ when: t.union([instant, t.null]) }, { by: t.string })
  assert.equal(faultsOf(codec, { when: -1, by: 'x' }), [
    'when: expected an integer from 0, found -1',
    'when: expected null, found -1',
  ])
})

test('a key that is a number keeps its place in an array and in an object', () => {
  assert.equal(faultsOf(record({ list: t.array(t.array(t.string)) }), { list: [[], ['a', 5]] }), [
    'list[1][1]: expected string, found 5',
  ])
})

test('many faults are cut, and long values are shortened', () => {
  const faults = faultsOf(t.array(t.string), [1, 2, 3, 4, 5, 6, 7, 8])
  assert.is(faults.length, 6)
  assert.is(faults.at(-1), 'and 3 more')
  const [fault] = faultsOf(record({ a: integer() }), { a: 'x'.repeat(500) })
  assert.ok(fault!.length < 100, fault)
})

test('what JSON cannot write is told all the same', () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  assert.equal(faultsOf(integer(0), 5n), ['value: expected an integer from 0, found 5'])
  assert.equal(faultsOf(integer(0), circle), ['value: expected an integer from 0, found [object Object]'])
  assert.equal(faultsOf(integer(0), Symbol('x')), ['value: expected an integer from 0, found Symbol(x)'])
})

test('a codec may say it in its own words', () => {
  const even = new t.Type<number, number, unknown>(
    'even',
    (u): u is number => typeof u === 'number' && u % 2 === 0,
    (u, c) => (typeof u === 'number' && u % 2 === 0 ? t.success(u) : t.failure(u, c, 'Give an even number.')),
    t.identity,
  )
  assert.equal(faultsOf(t.array(even), [1, 3]), ['Give an even number.'])
})

test('all in one line', () => {
  const result = record({ a: t.string, b: t.string }).decode({ a: 1, b: 2 })
  assert.ok(E.isLeft(result))
  assert.is(describeFaults(result.left), 'a: expected string, found 1; b: expected string, found 2')
})

test('codecs refuse what JSON or an integer cannot hold', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined]) assert.not(finite.is(bad))
  for (const bad of [0.5, 2 ** 53, '1', Number.NaN]) assert.ok(E.isLeft(integer().decode(bad)))
  for (const bad of [-1, 0.5]) {
    assert.not(instant.is(bad))
    assert.not(duration.is(bad))
  }
  assert.ok(integer().is(Number.MIN_SAFE_INTEGER))
  assert.not(oneOf('a', 'b').is('c'))
  assert.ok(record({ a: t.string }, { b: t.number }).is({ a: '' }))
  assert.not(record({ a: t.string }, { b: t.number }).is({ a: '', b: '' }))
})

test('of a union that is told apart by its fields, the fault says which fields there are, also where it refers to itself', () => {
  const tree: t.Type<unknown, unknown, unknown> = t.recursion('a tree', (self) =>
    keyed('a tree', { leaf: record({ leaf: integer() }), both: record({ both: t.array(self) }) }),
  )
  const expected = 'expected a tree: an object with one of leaf, both'
  assert.equal(faultsOf(tree, { laef: 1 }), [`value: ${expected}, found {"laef":1}`])
  assert.equal(faultsOf(record({ tree }), { tree: { both: [{ leaf: 1 }, 7] } }), [
    `tree.both[1]: ${expected}, found 7`,
  ])
})

test('a list of what may stand there is given whole', () => {
  const names = ['longestIdle', 'longestSinceOffered', 'longestSinceAssigned', 'longestSinceEnded'] as const
  assert.match(faultsOf(oneOf(...names), 'fastest')[0]!, /"longestSinceEnded", found "fastest"$/)
})

test.run()
