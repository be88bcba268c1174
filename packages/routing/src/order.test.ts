import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'
import { policyOf } from '../test/steps.js'
import { compareOrdered, lineUp, type Ordered, orderKey, type Ticket } from './index.js'

const test = suite('routing, order')

const s = scene()
s.come('t')
const TICKET = s.ticket('t')
const ticket = (id: string, of: Partial<Ticket> = {}): Ticket => ({ ...TICKET, id, queue: 'main', ...of })
const ordered = (key: number, one: Ticket): Ordered => ({ ticket: one, key })

test('by age: priority and slope x seconds waited, in thousandths, but for what is the same for all', () => {
  const policy = policyOf(onePolicy({}, { slope: 3 }))
  const key = (priority: number, since: number) => orderKey(policy, { priority, since, queue: 'main' })
  assert.is(key(5, 2000), 5000 - 6000)
  // Ten seconds at three points a second are thirty points.
  assert.is(key(0, 0), key(30, 10_000))
  assert.ok(key(0, 0) > key(29, 10_000))
  assert.is(orderKey(policyOf(onePolicy({}, { slope: 0 })), { priority: 5, since: 99, queue: 'main' }), 5000)
})

test('by deadline: whose target is over first; a point of priority is a second', () => {
  const queues = { main: { target: 60_000 }, quick: { target: 10_000 } }
  const policy = policyOf(onePolicy({}, { order: 'deadline', queues }))
  const key = (queue: string, since: number, priority = 0) => orderKey(policy, { priority, since, queue })
  assert.is(key('main', 0), key('quick', 50_000))
  assert.ok(key('quick', 49_999) > key('main', 0))
  assert.is(key('main', 5000, 5), key('main', 0))
})

test('bands first, then who is expedited, then the key, then who waits longer, then the id', () => {
  const line = [
    ordered(0, ticket('g', { band: 1, expedited: true })),
    ordered(9, ticket('f', { band: 1 })),
    ordered(0, ticket('e', { expedited: true })),
    ordered(5, ticket('d')),
    ordered(4, ticket('c', { since: 1 })),
    ordered(4, ticket('a', { since: 2 })),
    ordered(4, ticket('b', { since: 2 })),
    ordered(99, ticket('h', { band: -1, expedited: true })),
  ]
  const shuffled = fc.shuffledSubarray(line, { minLength: line.length })
  fc.assert(
    fc.property(shuffled, (mixed) => {
      const ids = (of: readonly Ordered[]) => of.map((one) => one.ticket.id).join('')
      assert.is(ids([...mixed].sort(compareOrdered)), ids(line))
      const queue = lineUp(policyOf(onePolicy()), mixed)
      const served: Ordered[] = []
      for (let one = queue.next(); one; one = queue.next()) {
        assert.is(queue.left, line.length - served.length)
        served.push(one)
        queue.serve(one)
      }
      assert.is(ids(served), ids(line))
      assert.is(queue.left, 0)
    }),
  )
})

test('the order is total', () => {
  const any = fc
    .record({
      id: fc.constantFrom('a', 'b', 'c'),
      key: fc.integer({ min: -2, max: 2 }),
      band: fc.integer({ min: -1, max: 1 }),
      expedited: fc.boolean(),
      since: fc.nat({ max: 2 }),
    })
    .map(({ id, key, ...of }) => ordered(key, ticket(id, of)))
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      if (a.ticket.id !== b.ticket.id)
        assert.is(Math.sign(compareOrdered(a, b)) + Math.sign(compareOrdered(b, a)), 0)
      if (compareOrdered(a, b) < 0 && compareOrdered(b, c) < 0 && a.ticket.id !== c.ticket.id)
        assert.ok(compareOrdered(a, c) < 0)
    }),
    { numRuns: 2000 },
  )
})

test('bands and expedition are the same with shares; within them the shares decide', () => {
  const policy = policyOf({
    name: 's',
    classification: [{ queue: 'a' }],
    queues: { a: { share: 1 }, b: { share: 1 } },
  })
  const waiting = [
    ordered(9, ticket('a1', { queue: 'a' })),
    ordered(8, ticket('a2', { queue: 'a' })),
    ordered(1, ticket('b1', { queue: 'b' })),
    ordered(0, ticket('b2', { queue: 'b' })),
    ordered(-9, ticket('b3', { queue: 'b' })),
    ordered(-99, ticket('a9', { queue: 'a', band: 1 })),
    ordered(-99, ticket('b9', { queue: 'b', expedited: true })),
  ]
  const line = lineUp(policy, waiting)
  const served: string[] = []
  for (let one = line.next(); one; one = line.next()) {
    served.push(one.ticket.id)
    line.serve(one)
  }
  assert.equal(served, ['a9', 'b9', 'b1', 'a1', 'b2', 'a2', 'b3'])
})

test.run()
