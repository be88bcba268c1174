import { decider, suite } from '@ramal/testing'
import { isNone, isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import type { CustomerEvent } from './events.js'
import { consentFor, customerDecider, type Identifier } from './index.js'

const test = suite('customer')
const { given, when } = decider(customerDecider)
const phone: Identifier = { kind: 'wa_id', value: '15550111' }
const user: Identifier = { kind: 'bsuid', scope: 'shop', value: 'US.1a2b' }
const known: CustomerEvent = { type: 'CustomerIdentified', data: { identifiers: [phone], name: 'Ana' } }

test('a stranger becomes a customer; a new identifier is linked; what is known is no news', () => {
  when({ type: 'identify', identifiers: [phone], name: 'Ana' }).thenEvents([known])
  given([known])
    .when({ type: 'identify', identifiers: [phone], name: 'Anita' })
    .thenEvents([])
  given([known])
    .when({ type: 'identify', identifiers: [phone, user] })
    .thenEvents([
      { type: 'IdentifierLinked', data: { identifier: user, evidence: { kind: 'same-payload' } } },
    ])
  when({ type: 'identify', identifiers: [] }).thenRefusal({ reason: 'noIdentifier' })
})

test('equal values of another kind or scope are other identifiers', () => {
  const other: Identifier = { kind: 'e164', value: '15550111' }
  const state = given([known])
    .when({ type: 'identify', identifiers: [other] })
    .state()
  assert.is(Object.keys(state.identifiers).length, 2)
})

test('a merge is undone exactly', () => {
  const merged: CustomerEvent = {
    type: 'CustomersMerged',
    data: { merged: 'c2', evidence: { kind: 'agent' } },
  }
  const split: CustomerEvent = { type: 'CustomersSplit', data: { split: 'c2', reason: 'two people' } }
  assert.equal(given([known, merged, split]).state(), given([known]).state())
  given([known]).when({ type: 'split', customer: 'c2', reason: 'x' }).thenRefusal({ reason: 'notMerged' })
  given([known, merged])
    .when({ type: 'merge', customer: 'c2', evidence: { kind: 'agent' } })
    .thenEvents([])
})

test('consent: what was said last holds, for a purpose or for all', () => {
  const consent = (type: 'ConsentGranted' | 'ConsentWithdrawn', purpose: 'marketing' | 'all', at: number) =>
    [
      [{ type, data: { channel: 'sms', purpose, source: 'customer' } } as CustomerEvent],
      { commandId: `${at}`, at },
    ] as const
  const one = given([known]).given(...consent('ConsentGranted', 'marketing', 10))
  const granted = consentFor(one.state(), 'sms', 'marketing')
  assert.ok(isSome(granted) && granted.value.granted)
  assert.ok(isNone(consentFor(one.state(), 'whatsapp', 'marketing')))
  const stopped = consentFor(one.given(...consent('ConsentWithdrawn', 'all', 20)).state(), 'sms', 'marketing')
  assert.ok(isSome(stopped) && !stopped.value.granted)
})

test('who was forgotten has no identifier and no name left, and takes no more', () => {
  const forgotten = given([known]).when({ type: 'forget', reason: 'asked for it' })
  assert.equal(forgotten.state().identifiers, {})
  assert.is(forgotten.state().name, undefined)
  given([known, { type: 'CustomerForgotten', data: { reason: 'asked for it' } }])
    .when({ type: 'identify', identifiers: [phone] })
    .thenRefusal({ reason: 'forgotten' })
})

test('commands for nobody are refused', () => {
  when({ type: 'merge', customer: 'c2', evidence: { kind: 'agent' } }).thenRefusal({
    reason: 'unknownCustomer',
  })
  given([known]).when({ type: 'unlink', identifier: user, reason: 'x' }).thenRefusal({ reason: 'notLinked' })
})

test.run()
