import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { agent, facts, type Loose, lint, parsed, sound, withOrders } from '../../test/lint-fixture.js'
import { lintPolicy } from './index.js'

const test = suite('lint: waiting')

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

test('steps that are never taken, take nothing away, or ask for more', () => {
  const late = [{ name: 'late', when: { waited: 60_000 }, do: { queue: 'care' } }]
  const step = { after: 60_000, lower: { german: 2 } }
  const one = 'queues.orders.relaxation[0]'
  assert.equal(lint(withOrders({ relaxation: [step], escalations: late })), [
    `warning unreachableStep ${one}`,
  ])
  assert.equal(lint(withOrders({ relaxation: [{ ...step, after: 59_999 }], escalations: late })), [])
  assert.equal(
    lint(withOrders({ relaxation: [{ ...step, skipToWhenNobodyPresent: true }], escalations: late })),
    [],
  )

  assert.equal(lint(withOrders({ relaxation: [{ after: 1, drop: ['dutch'] }] })), [
    `warning stepRelaxesNothing ${one}`,
  ])
  assert.equal(lint(withOrders({ relaxation: [{ after: 1, lower: { german: 5 } }] })), [
    `warning stepRelaxesNothing ${one}`,
  ])
  assert.equal(lint(withOrders({ relaxation: [{ after: 1, borrow: ['orders'] }] })), [
    `warning stepRelaxesNothing ${one}`,
  ])
  const two = [step, { after: 120_000, drop: ['german'] }]
  assert.equal(lint(withOrders({ relaxation: two }), {}), [])

  const more = [{ after: 1, requirements: [{ skill: 'german', level: 7 }] }]
  assert.equal(lint(withOrders({ relaxation: more }), {}), [`warning stepNarrows ${one}`])
})

test('steps that ask for less and reach nobody more', () => {
  const both = facts(agent('ana', { skills: { german: 8 } }), agent('bia', { skills: { german: 5 } }))
  assert.equal(lint(sound, both), ['warning stepReachesNobodyMore queues.orders.relaxation[0]'])
  assert.equal(
    lint(sound, { ...both, agents: [...both.agents!, agent('eva', { skills: { german: 2 } })] }),
    [],
  )
})

test('escalations that never happen', () => {
  const escalations = (...list: readonly Loose[]) =>
    lint(withOrders({ ...sound.queues.orders, escalations: list }))
  const leave = { name: 'leave', when: { waited: 90_000 }, do: { close: { disposition: 'late' } } }
  const raise = { name: 'raise', when: { waited: 120_000 }, do: { raise: 5 } }
  assert.equal(escalations(leave, raise), ['warning unreachableEscalation queues.orders.escalations[1]'])
  assert.equal(
    escalations(raise, leave),
    [],
    'a ticket may come to the queue late, and the first of the list is taken',
  )
  assert.equal(escalations({ ...raise, when: { waited: 80_000 } }, leave), [])
  const offers = { name: 'offers', when: { offers: 6 }, do: { raise: 5 } }
  assert.equal(lint(withOrders({ ...sound.queues.orders, maxOffers: 5, escalations: [offers] })), [
    'error unreachableEscalation queues.orders.escalations[0]',
  ])
  assert.equal(lint(withOrders({ ...sound.queues.orders, maxOffers: 6, escalations: [offers] })), [])
  const always = { ...sound.calendars.office, weekly: [{ days: EVERY_DAY, from: '00:00', to: '24:00' }] }
  const policy = {
    ...withOrders({
      ...sound.queues.orders,
      escalations: [
        { name: 'night', when: { hours: { calendar: 'always', is: 'closed' } }, do: { raise: 5 } },
      ],
    }),
    calendars: { ...sound.calendars, always },
  }
  assert.equal(lint(policy), ['error unreachableEscalation queues.orders.escalations[0]'])
  assert.equal(lint({ ...policy, calendars: { ...sound.calendars, always: sound.calendars.office } }), [])
})

test('an escalation that closes and does something else too', () => {
  const close = { disposition: 'late' }
  const policy = (action: Loose) =>
    lint(
      withOrders({
        ...sound.queues.orders,
        escalations: [{ name: 'x', when: { waited: 90_000 }, do: action }],
      }),
    )
  assert.equal(policy({ close, queue: 'care' }), ['warning contradiction queues.orders.escalations[0].do'])
  assert.equal(policy({ close, labels: ['late'] }), [])
})

test('escalations that lead round', () => {
  const to = (queue: string) => ({
    escalations: [{ name: `to ${queue}`, when: { waited: 90_000 }, do: { queue } }],
  })
  const cycle = {
    ...sound,
    queues: { orders: { ...sound.queues.orders, ...to('care') }, care: to('orders') },
  }
  assert.equal(lint(cycle), ['warning escalationCycle queues.orders.escalations'])
  assert.match(lintPolicy(parsed(cycle)).at(-1)!.message, /lead round: orders to care to orders\./)
  const self = { ...sound, queues: { ...sound.queues, care: to('care') } }
  assert.equal(lint(self), ['warning escalationCycle queues.care.escalations'])
  const diamond = {
    ...sound,
    queues: {
      orders: {
        ...sound.queues.orders,
        escalations: [...to('care').escalations, { name: 'vip', when: { waiting: 9 }, do: { queue: 'vip' } }],
      },
      vip: { escalations: [{ name: 'vip to care', when: { waiting: 9 }, do: { queue: 'care' } }] },
      care: {},
    },
  }
  assert.equal(lint(diamond, {}), [])
})

test('times and limits of offers that do not go together', () => {
  const offers = (fields: Loose) => lint(withOrders({ ...sound.queues.orders, ...fields }))
  const at = (field: string) => `queues.orders.${field}`
  assert.equal(offers({ offerExpiresAfter: 30_001, target: 30_000 }), [
    `warning offerOutlastsTarget ${at('offerExpiresAfter')}`,
  ])
  assert.equal(offers({ offerExpiresAfter: 30_000, target: 30_000 }), [])
  assert.equal(offers({ declineRetryAfter: 0 }), [`warning askedAgainAtOnce ${at('declineRetryAfter')}`])
  assert.equal(offers({ declineRetryAfter: 0, maxDeclines: 3 }), [])
  assert.equal(offers({ maxDeclines: 9, maxOffers: 8 }), [`warning withoutEffect ${at('maxDeclines')}`])
  assert.equal(offers({ maxDeclines: 8, maxOffers: 8 }), [])
  assert.equal(offers({ concurrentOffers: 3, maxOffers: 2 }), [`warning withoutEffect ${at('maxOffers')}`])
  assert.equal(offers({ concurrentOffers: 3, autoAccept: true }), [
    `warning withoutEffect ${at('concurrentOffers')}`,
  ])
  assert.equal(offers({ maxOffers: 2, escalations: [] }), [`warning offersEndForGood ${at('maxOffers')}`])
})

test.run()
