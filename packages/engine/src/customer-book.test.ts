import type { CustomerEvent, Identifier } from '@ramal/customer'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { customerBook } from './customer-book.js'

const test = suite('who is who')

const IDS = ['a', 'b', 'c', 'd']
const NUMBERS = ['5511987654321', '551187654321', '14155550123', '5491123456789', '541123456789']
const identifiers = NUMBERS.map((value): Identifier => ({ kind: 'wa_id', value }))
const evidence = { kind: 'agent' } as const

type Step = readonly [customer: string, event: CustomerEvent]

const who = fc.constantFrom(...IDS)
const identifier = fc.constantFrom(...identifiers)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(
    who,
    fc.record({
      type: fc.constant('CustomerIdentified' as const),
      data: fc.record({ identifiers: fc.tuple(identifier) }),
    }),
  ),
  fc.tuple(
    who,
    identifier.map((one) => ({ type: 'IdentifierLinked' as const, data: { identifier: one, evidence } })),
  ),
  fc.tuple(
    who,
    identifier.map((one) => ({
      type: 'IdentifierUnlinked' as const,
      data: { identifier: one, reason: 'gone' },
    })),
  ),
  fc.tuple(
    who,
    who.map((merged) => ({ type: 'CustomersMerged' as const, data: { merged, evidence } })),
  ),
)

const bookOf = (steps: readonly Step[]) => {
  const book = customerBook()
  for (const [customer, event] of steps) book.fold(customer, event)
  return book
}

/** Everything that a book answers. */
const answers = (book: ReturnType<typeof customerBook>) => ({
  owners: identifiers.map((one) => book.ownersOf(one)),
  survivors: IDS.map((id) => book.survivorOf(id)),
  members: IDS.map((id) => [...book.membersOf(id)].sort()),
})

test('a merge and its split are as if nothing had been, whatever was before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), who, who, (steps, survivor, merged) => {
      const book = bookOf(steps)
      // What commands let through: two different people, neither of whom is merged into another.
      fc.pre(
        survivor !== merged && book.survivorOf(survivor) === survivor && book.survivorOf(merged) === merged,
      )
      const before = answers(book)
      book.fold(survivor, { type: 'CustomersMerged', data: { merged, evidence } })
      assert.is(book.survivorOf(merged), survivor)
      assert.ok(before.members[IDS.indexOf(merged)]!.every((id) => book.membersOf(survivor).includes(id)))
      book.fold(survivor, { type: 'CustomersSplit', data: { split: merged, reason: 'two people' } })
      assert.equal(answers(book), before)
    }),
    { numRuns: 500 },
  )
})

test('no log makes it go round in circles, and everybody has one survivor', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const book = bookOf(steps)
      for (const id of IDS) {
        const survivor = book.survivorOf(id)
        assert.is(book.survivorOf(survivor), survivor)
        assert.ok(book.membersOf(survivor).includes(id))
        assert.is(new Set(book.membersOf(id)).size, book.membersOf(id).length)
      }
    }),
    { numRuns: 300 },
  )
})

test('a number is found under its other form, by whoever claimed it first', () => {
  const book = bookOf([
    ['a', { type: 'CustomerIdentified', data: { identifiers: [identifiers[0]!] } }],
    ['b', { type: 'IdentifierLinked', data: { identifier: identifiers[1]!, evidence } }],
  ])
  assert.equal(book.ownersOf(identifiers[1]!), ['a', 'b'])
  book.fold('a', { type: 'IdentifierUnlinked', data: { identifier: identifiers[0]!, reason: 'gone' } })
  assert.equal(book.ownersOf(identifiers[0]!), ['b'])
  book.fold('b', { type: 'CustomerForgotten', data: { reason: 'asked' } })
  assert.equal(book.ownersOf(identifiers[0]!), [])
})

test.run()
