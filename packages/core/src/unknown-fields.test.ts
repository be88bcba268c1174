import { suite } from '@ramal/testing'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { listUnknownFields, record } from './index.js'

const test = suite('unknown fields')
const codec = record(
  { name: t.string, list: t.array(record({ a: t.number }, { b: t.number })) },
  { byName: t.record(t.string, t.partial({ x: t.number })) },
)

test('nothing is said of fields that are known, or of values that are not objects', () => {
  assert.equal(listUnknownFields(codec, { name: 'n', list: [{ a: 1, b: 2 }], byName: { any: { x: 1 } } }), [])
  for (const value of [undefined, null, 5, 'x', [1]]) assert.equal(listUnknownFields(codec, value), [])
})

test('each field that is not known is named with its path, and what there is instead', () => {
  const value = { name: 'n', nmae: 1, list: [{ a: 1 }, { a: 1, c: 1 }], byName: { any: { y: 1 } } }
  assert.equal(listUnknownFields(codec, value), [
    'nmae: there is no such field; there are byName, list, name',
    'list[1].c: there is no such field; there are a, b',
    'byName.any.y: there is no such field; there are x',
  ])
})

test.run()
