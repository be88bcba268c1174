import { decider, suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { isNone, isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import type { CustomerEvent } from './events.js'
import { combined, consentFor, customerDecider, decideMerge, decideSplit, type Identifier } from './index.js'

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

/** Customers by id, and merges between them as a store would carry them out: both sides or none. */
const registry = (...ids: readonly string[]) => {
  const customers = new Map(
    ids.map((id): [string, CustomerEvent[]] => [
      id,
      [{ type: 'CustomerIdentified', data: { identifiers: [{ ...phone, value: id }], name: id } }],
    ]),
  )
  const state = (id: string) => given(customers.get(id) ?? []).state()
  const carryOut = (decision: ReturnType<typeof decideMerge>, survivor: string, other: string): string => {
    if (E.isLeft(decision)) return decision.left.reason
    customers.get(survivor)?.push(...decision.right.survivor)
    customers.get(other)?.push(...decision.right.other)
    return 'done'
  }
  return {
    ids,
    state,
    merge: (a: string, b: string, kind: 'agent' | 'same-payload' = 'agent') =>
      carryOut(decideMerge({ id: a, state: state(a) }, { id: b, state: state(b) }, { kind }), a, b),
    split: (a: string, b: string) =>
      carryOut(decideSplit({ id: a, state: state(a) }, { id: b, state: state(b) }, 'two people'), a, b),
  }
}

test('a merge is undone exactly, and then not made again but by hand', () => {
  const { merge, split, state } = registry('a', 'b')
  const before = { a: state('a'), b: state('b') }
  assert.is(merge('a', 'b'), 'done')
  assert.equal([state('a').merged, state('b').into], [['b'], 'a'])
  assert.is(merge('a', 'b'), 'done', 'it is so already')
  assert.is(split('a', 'b'), 'done')
  assert.equal({ ...state('a'), apart: [] }, before.a)
  assert.equal({ ...state('b'), apart: [] }, before.b)
  assert.is(split('a', 'b'), 'notMerged')
  assert.is(merge('b', 'a', 'same-payload'), 'toldApart')
  assert.is(merge('b', 'a'), 'done')
})

test('merges make a forest: whoever is merged takes no part, nobody is merged twice or in a circle', () => {
  const { merge, split } = registry('a', 'b', 'c')
  assert.is(merge('a', 'a'), 'sameCustomer')
  assert.is(merge('a', 'nobody'), 'unknownCustomer')
  assert.is(merge('a', 'b'), 'done')
  assert.is(merge('b', 'a'), 'merged')
  assert.is(merge('c', 'b'), 'merged')
  assert.is(merge('b', 'c'), 'merged')
  assert.is(merge('c', 'a'), 'done')
  assert.is(merge('b', 'c'), 'merged')
  assert.is(split('c', 'b'), 'notMerged', 'it is merged into another')
  assert.is(split('a', 'b'), 'done')
})

test('whatever is tried, everybody has one survivor, and both sides of every merge agree', () => {
  const who = fc.constantFrom('a', 'b', 'c', 'd')
  const step = fc.tuple(fc.constantFrom('merge' as const, 'split' as const), who, who)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const all = registry('a', 'b', 'c', 'd')
      for (const [what, one, other] of steps) all[what](one, other)
      for (const id of all.ids) {
        const path = [id]
        for (let up = all.state(id).into; up !== undefined; up = all.state(up).into) {
          assert.not(path.includes(up), `a circle: ${[...path, up].join()}`)
          path.push(up)
        }
        for (const other of all.ids)
          assert.is(all.state(id).merged.includes(other), all.state(other).into === id, `${id} ${other}`)
      }
    }),
    { numRuns: 100 },
  )
})

test('known as several, they are one: all identifiers, and of consent what was said last', () => {
  const said = (type: 'ConsentGranted' | 'ConsentWithdrawn', at: number) =>
    given([known])
      .given([{ type, data: { channel: 'sms', purpose: 'marketing', source: 'customer' } }], {
        commandId: `${at}`,
        at,
      })
      .state()
  const other = given([{ type: 'CustomerIdentified', data: { identifiers: [user] } }]).state()
  assert.is(Object.keys(combined([said('ConsentGranted', 10), other]).identifiers).length, 2)
  const of = (...states: Parameters<typeof combined>[0]) => consentFor(combined(states), 'sms', 'marketing')
  for (const order of [
    [said('ConsentGranted', 10), said('ConsentWithdrawn', 10)],
    [said('ConsentWithdrawn', 10), said('ConsentGranted', 10)],
    [said('ConsentWithdrawn', 20), said('ConsentGranted', 10)],
  ]) {
    const entry = of(...order)
    assert.ok(isSome(entry) && !entry.value.granted)
  }
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
  assert.equal(Object.keys(forgotten.state().identifiers), [])
  assert.is(forgotten.state().name, undefined)
  given([known, { type: 'CustomerForgotten', data: { reason: 'asked for it' } }])
    .when({ type: 'identify', identifiers: [phone] })
    .thenRefusal({ reason: 'forgotten' })
})

test('commands for nobody are refused', () => {
  when({ type: 'link', identifier: user, evidence: { kind: 'agent' } }).thenRefusal({
    reason: 'unknownCustomer',
  })
  given([known]).when({ type: 'unlink', identifier: user, reason: 'x' }).thenRefusal({ reason: 'notLinked' })
})

test.run()
