import { readFileSync } from 'node:fs'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { type EventOf, eventFamily, eventType } from './codec.js'
import { integer, oneOf, record } from './codecs.js'
import type { Metadata, Recorded } from './event.js'

const test = suite('codec')

const parked = eventFamily(
  'ticket',
  eventType('Parked', record({ ms: integer(1), reason: oneOf('unknown', 'asked') }), [
    ({ minutes }: { minutes: number }) => ({ ms: minutes * 60_000 }),
    ({ ms }: { ms: number }) => ({ ms, reason: 'unknown' }),
  ]),
  eventType('Woken', record({}, { by: t.string })),
)

const golden = (version: number): Recorded =>
  JSON.parse(readFileSync(new URL(`../test/golden/Parked.v${version}.json`, import.meta.url), 'utf8'))

const meta: Omit<Metadata, 'schemaVersion'> = {
  id: 'i',
  at: 1,
  tenant: 't',
  actor: 'a',
  correlationId: 'c',
  causationId: 'd',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}

test('every version that was ever written is lifted to the newest', () => {
  const newest = golden(3)
  for (const version of [1, 2, 3]) {
    const old = golden(version)
    assert.equal(parked.upcast(old), newest, `version ${version}`)
    assert.equal(parked.decode(old), E.right(newest), `version ${version}`)
    assert.equal(old, golden(version), 'the event in the log stays as it is')
  }
})

test('an event of the newest version is not copied', () => {
  const newest = golden(3)
  assert.is(parked.upcast(newest), newest)
})

test('an event type of another family is skipped by upcast and refused by decode', () => {
  const other = { ...golden(3), type: 'Elsewhere' }
  assert.is(parked.upcast(other), undefined)
  const refused = parked.decode(other)
  assert.ok(E.isLeft(refused))
  assert.match(refused.left.message, '"ticket" has no event type "Elsewhere"')
})

test('decode refuses versions that this code does not know', () => {
  for (const schemaVersion of [0, 4, 1.5, Number.NaN]) {
    const event = golden(3)
    const refused = parked.decode({ ...event, meta: { ...event.meta, schemaVersion } })
    assert.ok(E.isLeft(refused))
    assert.match(refused.left.message, `Version ${schemaVersion} is unknown; this code reads 1 to 3`)
  }
})

test('decode says where data does not fit, also after it was lifted', () => {
  const refused = parked.decode({ ...golden(1), data: { minutes: -2 } })
  assert.equal(
    refused,
    E.left({
      _tag: 'InvalidEvent',
      type: 'Parked',
      message: 'ms: expected an integer from 1, found -120000',
    }),
  )
})

test('encode puts the newest version on what fits, and refuses the rest', () => {
  const event: EventOf<typeof parked> = { type: 'Parked', data: { ms: 5, reason: 'asked' } }
  assert.equal(parked.encode(event, meta), E.right({ ...event, meta: { ...meta, schemaVersion: 3 } }))
  const woken: EventOf<typeof parked> = { type: 'Woken', data: {} }
  assert.equal(parked.encode(woken, meta), E.right({ ...woken, meta: { ...meta, schemaVersion: 1 } }))
  const refused = parked.encode({ type: 'Parked', data: { ms: 0.5, reason: 'asked' } }, meta)
  assert.ok(E.isLeft(refused))
  assert.match(refused.left.message, 'ms: expected an integer from 1, found 0.5')
})

test('two event types cannot have one name', () => {
  assert.throws(() => eventFamily('x', eventType('A', t.unknown), eventType('A', t.unknown)), /one name/)
})

test.run()
