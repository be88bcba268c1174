import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { onePolicy } from '../../test/scene.js'
import { policyOf } from '../../test/steps.js'
import { newTicket } from '../moves.js'
import { compareOrdered } from '../order.js'
import { enter, headOf, leave, takeHead } from './line.js'
import { poolOf } from './pool.js'
import { rollOf } from './roll.js'
import { roster } from './roster.js'
import type { Entry } from './shape.js'
import { ticketClass } from './ticket-class.js'

const test = suite('routing, line of a class')

const opened = { channel: 'sms', endpoint: 'e', direction: 'inbound', customer: 'c' } as const

test('gives those who wait in order, whoever came, left, was taken and came back', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ enters: fc.integer({ min: -50, max: 50 }) }) },
    { weight: 2, arbitrary: fc.record({ leaves: fc.nat({ max: 400 }) }) },
    { weight: 3, arbitrary: fc.constant('take' as const) },
    { weight: 1, arbitrary: fc.constant('put back' as const) },
  )
  let longest = 0
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const sample = newTicket('s', 0, opened, 0)
      const asked = { requirements: [], borrow: [] }
      const pool = poolOf({ key: '', sample, asked, homes: [], roll: rollOf(roster(), sample, []) }, false)
      const rules = policyOf(onePolicy()).queue('q')
      const price = { cost: 1, interruptible: false }
      const of = ticketClass({
        name: '',
        pool,
        queue: 'q',
        rules,
        channel: 'sms',
        waitsFor: undefined,
        ...price,
      })
      const all: Entry[] = []
      const taken: Entry[] = []
      for (const one of steps) {
        if (one === 'take') {
          if (headOf(of)) taken.push(takeHead(of))
        } else if (one === 'put back') {
          const back = taken.pop()
          if (back?.place === 'taken') enter(back)
        } else if ('enters' in one) {
          const ticket = newTicket(`t${all.length}`, all.length, opened, all.length)
          const facts = { individual: false, preferred: undefined }
          all.push({ ticket, key: one.enters, tier: 0, ...facts, of, place: 'held' })
          enter(all.at(-1)!)
        } else if (all[one.leaves]) leave(all[one.leaves]!)
        const waiting = all.filter(({ place }) => place === 'waits').sort(compareOrdered)
        longest = Math.max(longest, of.sorted.length)
        assert.is(headOf(of), waiting[0])
      }
    }),
    { numRuns: 30 },
  )
  assert.ok(longest > 50, `the sorted run was ${longest} long at most`)
})

test.run()
