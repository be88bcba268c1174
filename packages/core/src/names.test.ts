import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { checkAppend, encodeRecorded, MAX_EVENT_SIZE, meets } from './append.js'
import { StoreError } from './errors.js'
import { freshId, shortIdOf, uuidOf, uuidsOf } from './id.js'
import { canonicalJson, hashOf } from './json.js'
import { comparePositions, laterOf, ordinalOf, type Position, positionOf, START } from './position.js'
import {
  categoryOf,
  checkStreamName,
  idOf,
  MAX_STREAM_NAME,
  type StreamName,
  streamName,
} from './stream-name.js'

const test = suite('names, ids, positions, hashes')

test('ids follow from their keys, for ever', () => {
  // Part of every log: a change would make each retry a second event.
  assert.is(uuidOf('ramal'), '2cd6e37b-de56-8d48-a46d-53bfd3c8f76e')
  assert.is(uuidsOf('ramal')(27), '2cd6e37b-de56-8d48-a46d-53bf0000001b')
  assert.is(shortIdOf('ramal'), '5jbe6uuuapekgp3d')
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  fc.assert(
    fc.property(fc.string(), (key) => {
      assert.match(uuidOf(key), uuid)
      assert.match(shortIdOf(key), /^[0-9a-v]{16}$/)
      const ids = [0, 1, 500, 2 ** 32 - 1].map(uuidsOf(key))
      for (const id of ids) assert.match(id, uuid)
      assert.is(new Set(ids).size, ids.length)
    }),
  )
  assert.is.not(freshId(), freshId())
})

test('equal data has one canonical text and one hash', () => {
  assert.is(canonicalJson({ b: [{ d: 1, c: undefined }], a: null }), '{"a":null,"b":[{"d":1}]}')
  const shuffled = (value: object) => Object.fromEntries(Object.entries(value).reverse())
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      assert.equal(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
      assert.is(hashOf(shuffled(value)), hashOf(value))
    }),
  )
  assert.is.not(hashOf({ a: 1 }), hashOf({ a: '1' }))
  assert.is.not(hashOf(JSON.parse('{"__proto__":1}')), hashOf({}))
})

test('positions are ordered as the log is', () => {
  const ordinal = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(ordinal, ordinal, (a, b) => {
      const [p, q] = [positionOf(a), positionOf(b)]
      assert.is(comparePositions(p, q), Math.sign(a - b))
      assert.is(laterOf(p, q), positionOf(Math.max(a, b)))
      assert.is(ordinalOf(p), a)
    }),
  )
  assert.is(positionOf(0), START)
  for (const wrong of ['x', '12', '00000000000000001', '000000000000000a'])
    assert.throws(
      () => ordinalOf(wrong as Position),
      (error: unknown) => error instanceof StoreError,
    )
})

test('a stream name is a category, a dash and an id', () => {
  assert.is(streamName('agent', 'a-b'), 'agent-a-b')
  assert.equal([categoryOf('agent-a-b'), idOf('agent-a-b')], ['agent', 'a-b'])
  const faults: [string, string][] = [
    ['agent', 'it needs a category and an id'],
    ['-x', 'it needs a category and an id'],
    ['agent-', 'it needs a category and an id'],
    ['agent-\u0007', 'character 6 is a control character'],
    [`agent-${'x'.repeat(MAX_STREAM_NAME)}`, `it has ${MAX_STREAM_NAME + 6} characters`],
    ['agent-\ud83d', 'half of a surrogate pair'],
    ['$agent-1', 'belong to the store'],
  ]
  for (const [name, fault] of faults)
    assert.throws(
      () => checkStreamName(name),
      (error: unknown) =>
        error instanceof StoreError && error.code === 'invalid' && error.message.includes(fault),
      name,
    )
  checkStreamName(`agent-${'x'.repeat(MAX_STREAM_NAME - 6)}`)
})

test('what is expected of a stream, by its last version', () => {
  const versions = [-1, 0, 1]
  assert.equal(
    versions.map((v) => meets('any', v)),
    [true, true, true],
  )
  assert.equal(
    versions.map((v) => meets('empty', v)),
    [true, false, false],
  )
  assert.equal(
    versions.map((v) => meets('exists', v)),
    [false, true, true],
  )
  assert.equal(
    versions.map((v) => meets({ at: 0 }, v)),
    [false, true, false],
  )
})

test('an append without faults passes', () => {
  checkAppend([])
  checkAppend([{ stream: 'a-1', expected: 'any', events: [] }], [{ stream: 'a-2', expected: { at: 0 } }])
  assert.throws(() => checkAppend([], [{ stream: 'nodash' as StreamName, expected: 'any' }]))
})

test('the size of an event is told with what to do', () => {
  const meta = { id: 'i', at: 0, tenant: 't', correlationId: 'c', causationId: 'c', schemaVersion: 1 }
  const encode = (data: unknown) => encodeRecorded({ type: 'A', data, meta }, 'a-1', 0, positionOf(1), 0)
  const overhead = encode('').length
  assert.is(encode('x'.repeat(MAX_EVENT_SIZE - overhead)).length, MAX_EVENT_SIZE)
  assert.throws(
    () => encode('x'.repeat(MAX_EVENT_SIZE - overhead + 1)),
    /has 1000001 characters, at most 1000000 fit; store large content elsewhere/,
  )
  assert.throws(() => encode({ n: 1n }), /Event A for a-1 does not encode as JSON/)
  assert.throws(() => encode(undefined), /it has no data/)
})

test.run()
