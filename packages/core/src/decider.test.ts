import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type CounterCommand, type CounterEvent, counter, factOf } from '../test/counter.js'
import { evolve, evolveAll, foldOwned } from './decider.js'

const test = suite('decider')

const tags = fc.array(fc.constantFrom('a', 'b', 'constructor', '__proto__x'), { maxLength: 3 })

const events: fc.Arbitrary<CounterEvent[]> = fc.array(
  fc.oneof(
    fc
      .record({ by: fc.integer({ min: 1, max: 50 }), tags })
      .map((data) => ({ type: 'Raised' as const, data })),
    fc.constant({ type: 'Cleared' as const, data: {} }),
  ),
)

const facts = events.map((all) => all.map(factOf))

test('event by event, all at once and owned: one recipe, one state', () => {
  fc.assert(
    fc.property(facts, (all) => {
      const stepwise = all.reduce((state, fact) => evolve(counter.apply, state, fact), counter.initial())
      assert.equal(evolveAll(counter.apply, counter.initial(), all), stepwise)
      assert.equal(foldOwned(counter.apply, counter.initial(), all), stepwise)
    }),
  )
})

test('a fold can be cut anywhere', () => {
  fc.assert(
    fc.property(facts, fc.nat(), (all, n) => {
      const cut = all.length === 0 ? 0 : n % all.length
      const first = evolveAll(counter.apply, counter.initial(), all.slice(0, cut))
      assert.equal(
        evolveAll(counter.apply, first, all.slice(cut)),
        evolveAll(counter.apply, counter.initial(), all),
      )
    }),
  )
})

test('evolve leaves the old state, and foldOwned does not copy it', () => {
  const fact = factOf({ type: 'Raised', data: { by: 2, tags: ['a'] } }, 0)
  const old = counter.initial()
  const next = evolve(counter.apply, old, fact)
  assert.equal(old, counter.initial())
  assert.is(next.total, 2)
  assert.ok(Object.isFrozen(next) && Object.isFrozen(next.raised[0]!.tags))
  const owned = counter.initial()
  assert.is(foldOwned(counter.apply, owned, [fact]), owned)
})

test('nothing new gives the very state', () => {
  const state = counter.initial()
  assert.is(evolveAll(counter.apply, state, []), state)
})

test('no fold changes an event', () => {
  fc.assert(
    fc.property(events, (all) => {
      const before = JSON.stringify(all)
      const owned = all.map(factOf)
      foldOwned(counter.apply, counter.initial(), [...owned, ...owned])
      assert.is(JSON.stringify(all), before)
    }),
  )
})

test('the law of a decider: a clear that was decided is not decided again', () => {
  const command: CounterCommand = { type: 'clear' }
  fc.assert(
    fc.property(facts, (all) => {
      const state = evolveAll(counter.apply, counter.initial(), all)
      const decided = counter.decide(command, state)
      assert.ok(E.isRight(decided))
      const after = evolveAll(counter.apply, state, decided.right.map(factOf))
      assert.equal(counter.decide(command, after), E.right([]))
    }),
  )
})

test.run()
