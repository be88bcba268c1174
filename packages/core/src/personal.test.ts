import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { nonEmpty, record } from './codecs.js'
import { personal, personalPaths } from './personal.js'

const test = suite('personal')

test('personal fields are found wherever they stand', () => {
  const codec = record(
    {
      name: personal(nonEmpty),
      channel: t.string,
      content: t.union([record({ text: personal(t.string) }), record({ media: personal(t.string) })]),
      phones: t.array(record({ number: personal(t.string), kind: t.string })),
      notes: t.array(personal(t.string)),
    },
    { attributes: t.record(t.string, personal(t.unknown)) },
  )
  assert.equal([...personalPaths(codec)].sort(), [
    'attributes{}',
    'content.media',
    'content.text',
    'name',
    'notes[]',
    'phones[].number',
  ])
})

test('a codec without personal fields has no paths', () => {
  assert.equal(personalPaths(record({ a: t.array(t.union([t.string, t.null])) })), [])
})

test('a whole that is personal is one path', () => {
  assert.equal(personalPaths(record({ address: personal(record({ street: t.string })) })), ['address'])
})

test('marking changes nothing else, and not the codec that was marked', () => {
  const marked = personal(nonEmpty)
  assert.equal(marked.decode('x'), E.right('x'))
  assert.ok(E.isLeft(marked.decode('')))
  assert.is(marked.name, nonEmpty.name)
  assert.equal(personalPaths(nonEmpty), [])
})

test.run()
