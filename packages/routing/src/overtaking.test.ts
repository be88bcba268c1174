import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { scene } from '../test/scene.js'
import type { PolicyData } from './index.js'

/** Bounded overtaking: who may pass whom, exactly, for every order that a policy can have. */
const test = suite('routing, overtaking')
const options = { timeout: 55_000 }

const kind = fc.record({
  priority: fc.integer({ min: 0, max: 60 }),
  band: fc.constantFrom(0, 0, 1),
  target: fc.integer({ min: 0, max: 120 }).map((s) => s * 1000),
})
interface Kind {
  readonly priority: number
  readonly band: number
  readonly target: number
}

const policyFor = (kinds: readonly Kind[], order: 'ageing' | 'deadline', slope: number): PolicyData => ({
  name: 'overtaking',
  classification: [
    ...kinds.map(({ priority, band }, i) => ({ when: { channel: `c${i}` }, queue: `q${i}`, priority, band })),
    { queue: 'q0' },
  ],
  queues: Object.fromEntries(kinds.map(({ target }, i) => [`q${i}`, { target, offerExpiresAfter: 1e9 }])),
  order,
  slope,
})

interface Came {
  readonly id: string
  readonly at: number
  readonly kind: Kind
}

/** Tickets come and are served, one at a time, by an agent who can take any; tells who was passed by whom. */
const passings = (
  kinds: readonly Kind[],
  order: 'ageing' | 'deadline',
  slope: number,
  events: readonly ({ readonly after: number; readonly kind: number } | 'serve')[],
  visit: (passer: Came, passed: Came) => void,
): number => {
  const s = scene(policyFor(kinds, order, slope))
  s.hire('bia', { queues: kinds.map((_, i) => `q${i}`) })
  const waiting = new Map<string, Came>()
  let served = 0
  const serve = () => {
    const found = [...waiting.values()].find(({ id }) => s.ticket(id).offers.size > 0)
    if (!found) return
    waiting.delete(found.id)
    for (const other of waiting.values()) if (other.at < found.at) visit(found, other)
    s.accept(found.id)
    s.resolve(found.id)
    served++
  }
  // Somebody has her at first, so that the others wait.
  s.come('first', { channel: 'c0' })
  s.accept('first')
  for (const [i, event] of events.entries()) {
    if (event === 'serve') {
      if (i > events.length / 2) serve()
      continue
    }
    s.wait(event.after)
    const id = `t${i}`
    waiting.set(id, { id, at: s.w.now, kind: kinds[event.kind % kinds.length]! })
    s.come(id, { channel: `c${event.kind % kinds.length}` })
    if (i === Math.floor(events.length / 2)) s.resolve('first')
  }
  if (s.ticket('first').assigned) s.resolve('first')
  while (waiting.size > 0) serve()
  return served
}

const kinds = fc.array(kind, { minLength: 1, maxLength: 4 })
const arrival = fc.record({ after: fc.nat({ max: 30_000 }), kind: fc.nat({ max: 3 }) })
const events = fc.array(fc.oneof(arrival, arrival, fc.constant('serve' as const)), {
  minLength: 4,
  maxLength: 30,
  size: 'max',
})

test(
  'by age: in a band a ticket is passed only by who came within the difference of priorities / slope after it',
  () => {
    let passed = 0
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 3 }), events, (of, slope, list) => {
        passings(of, 'ageing', slope, list, (a, b) => {
          passed++
          assert.ok(a.kind.band >= b.kind.band, 'nobody passes a higher band')
          if (a.kind.band > b.kind.band) return
          const lead = (1000 * (a.kind.priority - b.kind.priority)) / slope
          assert.ok(
            a.at - b.at <= lead,
            `${a.id} came ${a.at - b.at} ms after ${b.id}, with a lead of ${lead}`,
          )
          assert.ok(a.at - b.at <= (1000 * 60) / slope, 'B / slope')
        })
      }),
      { numRuns: 150 },
    )
    assert.ok(passed > 50, 'some are passed, or nothing is tested')
  },
  options,
)

test(
  'by deadline: only by who came within the difference of targets and of priorities after it',
  () => {
    let passed = 0
    fc.assert(
      fc.property(kinds, events, (of, list) => {
        passings(of, 'deadline', 1, list, (a, b) => {
          passed++
          assert.ok(a.kind.band >= b.kind.band, 'nobody passes a higher band')
          if (a.kind.band > b.kind.band) return
          const lead = 1000 * (a.kind.priority - b.kind.priority) + b.kind.target - a.kind.target
          assert.ok(
            a.at - b.at <= lead,
            `${a.id} came ${a.at - b.at} ms after ${b.id}, with a lead of ${lead}`,
          )
        })
      }),
      { numRuns: 150 },
    )
    assert.ok(passed > 50)
  },
  options,
)

test('the bound is reached: a ticket that comes at its very end passes, and one a millisecond later does not', () => {
  const served = (lead: number): readonly string[] => {
    const list: string[] = []
    const two = [
      { priority: 0, band: 0, target: 0 },
      { priority: 10, band: 0, target: 0 },
    ]
    const s = scene(policyFor(two, 'ageing', 2))
    s.come('slow', { channel: 'c0' })
    s.wait(lead)
    s.come('quick', { channel: 'c1' })
    s.hire('bia', { queues: ['q0', 'q1'] })
    for (const id of ['slow', 'quick']) if (s.offered(id).length > 0) list.push(id)
    return list
  }
  assert.equal(served(4999), ['quick'])
  assert.equal(served(5000), ['slow'], 'equal keys: who waits longer')
})

test.run()
