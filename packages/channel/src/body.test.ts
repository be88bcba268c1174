import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { finish, parseJson, unreadable } from './body.js'
import type { ChannelEvent } from './channel-event.js'
import { id, shape, unixTime } from './lenient.js'

const parse = (text: string) => parseJson(Buffer.from(text))

const message = (dedupeKey: string, text: string): ChannelEvent => ({
  kind: 'message',
  dedupeKey,
  at: 1,
  endpoint: 'e',
  peer: [],
  providerId: 'p',
  content: { kind: 'text', text },
})

const test = suite('what comes from outside')

test('every JSON text is parsed to what it says', () =>
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.equal(parse(text), E.right(JSON.parse(text)))
    }),
  ))

test('what is no JSON, no UTF-8, or too deep is said to be so', () => {
  assert.equal(parse('{'), E.left('It is no JSON.'))
  assert.equal(parseJson(Buffer.from([0x22, 0xff, 0x22])), E.left('It is no UTF-8.'))
  assert.ok(E.isRight(parse('['.repeat(100) + ']'.repeat(100))))
  assert.match(JSON.stringify(parse('['.repeat(101) + ']'.repeat(101))), 'nested deeper')
  assert.ok(E.isRight(parse(JSON.stringify(`"\\${'['.repeat(200)}`))), 'brackets in a text are text')
})

test('a fact that stands twice in a body is one', () => {
  assert.is(finish([message('a', '1'), message('b', '2'), message('a', '1')], 10).length, 2)
})

test('what no store can hold is kept as far as one can, under the same key', () => {
  const [event] = finish([message('a', 'x'.repeat(2_000_000))], 2_000_100)
  assert.is(event?.kind, 'unrecognised')
  assert.is(event?.dedupeKey, 'a')
  assert.ok(JSON.stringify(event).length < 500_000)
  const [long] = finish([message('k'.repeat(2_000_000), 'x')], 2_000_100)
  assert.ok(JSON.stringify(long).length < 500_000)
})

test('what begins a conversation says with which endpoint, or is kept as it is', () => {
  const from = (endpoint: string) => finish([{ ...message('a', '1'), endpoint }], 10)[0]
  assert.is(from('100200300')?.kind, 'message')
  for (const odd of ['', 'a\nb', 'x'.repeat(101), '\x7f', 'ö'])
    assert.equal([from(odd)?.kind, from(odd)?.endpoint, from(odd)?.dedupeKey], ['unrecognised', '', 'a'], odd)
  const [status] = finish(
    [{ kind: 'status', dedupeKey: 's', at: 1, endpoint: 'a\0b', peer: [], providerId: 'p', to: 'read' }],
    10,
  )
  assert.equal([status?.kind, status?.endpoint], ['status', ''])
})

test('an unreadable body has the same key each time, and another body another', () => {
  const key = (text: string) => unreadable('p', Buffer.from(text), 'why', 1).dedupeKey
  assert.is(key('a'), key('a'))
  assert.is.not(key('a'), key('b'))
  assert.is.not(key(`${'x'.repeat(200_000)}a`), key(`${'x'.repeat(200_000)}b`))
})

test('required fields must be right; wrong optional ones count as absent', () => {
  const codec = shape({ id }, { name: t.string, at: unixTime })
  assert.equal(codec.decode({ id: 5, name: 7, at: 'soon', more: 1 }), E.right({ id: '5' }))
  assert.equal(codec.decode({ id: 'a', name: 'n', at: '2' }), E.right({ id: 'a', name: 'n', at: 2000 }))
  for (const wrong of [null, [], 'x', {}, { id: '' }, { id: 1.5 }, { id: null }])
    assert.ok(E.isLeft(codec.decode(wrong)), JSON.stringify(wrong))
})

test('times are integers that a date can hold, whatever they were', () => {
  const at = 1_700_000_000_000
  for (const said of [at, at / 1000, `${at}`, `${at / 1000}`])
    assert.equal(unixTime.decode(said), E.right(at), `${typeof said} ${said}`)
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant('9'.repeat(16))), (u) => {
      const read = unixTime.decode(u)
      if (E.isRight(read))
        assert.ok(!Number.isNaN(new Date(read.right).getTime()) && Number.isInteger(read.right))
    }),
  )
})

test.run()
