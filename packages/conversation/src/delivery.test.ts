import { decider, suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { ConversationEvent, Delivery } from './events.js'
import { advances, type ConversationCommand, conversationDecider, furthest } from './index.js'

const test = suite('delivery')
const content = { kind: 'text', text: 'hi' } as const
const bot = { kind: 'bot', id: 'b' } as const
const base: readonly ConversationEvent[] = [
  {
    type: 'ConversationOpened',
    data: { channel: 'sms', endpoint: 'e', customer: 'ana', direction: 'inbound' },
  },
  { type: 'SendRequested', data: { message: 'm', content, by: bot } },
]
const { given } = decider(conversationDecider)
const report = (to: Delivery): ConversationCommand => ({
  type: 'reportDelivery',
  message: 'm',
  to,
  providerId: 'p',
})
const steps = ['sent', 'failed', 'delivered', 'read', 'played'] as const
const step = fc.constantFrom(...steps)
const known = fc.option(step, { nil: undefined })

test('where a message stands is the join of what was reported: in any order, grouping and number', () => {
  fc.assert(
    fc.property(known, step, step, (a, b, c) => {
      assert.is(furthest(furthest(a, b), c), furthest(furthest(a, c), b))
      assert.is(furthest(furthest(a, b), c), furthest(a, furthest(b, c)))
      assert.is(furthest(furthest(a, b), b), furthest(a, b))
      assert.is(advances(a, b), furthest(a, b) !== a)
    }),
    { numRuns: 200 },
  )
})

/** What the log and the state say after these reports. */
const after = (reports: readonly Delivery[]) => {
  const events = [...base]
  for (const to of reports) {
    const before = given(events).state().outbound.m
    const data = { message: 'm', to, providerId: 'p' }
    const news: readonly ConversationEvent[] = before?.reported[to]
      ? []
      : [{ type: 'DeliveryAdvanced', data }]
    given(events).when(report(to)).thenEvents(news)
    events.push(...news)
  }
  const { delivery, state } = given(events).state().outbound.m!
  return { facts: events.map((e) => JSON.stringify(e)).sort(), delivery, state }
}

test('the same reports in any order, however often, are the same facts once and the same end', () => {
  const shuffled = fc
    .array(step, { minLength: 1, maxLength: 8 })
    .chain((reports) =>
      fc.tuple(
        fc.constant(reports),
        fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
      ),
    )
  fc.assert(
    fc.property(shuffled, ([reports, again]) => {
      const one = after(reports)
      assert.equal(after(again), one)
      assert.is(one.delivery, steps[Math.max(...reports.map((r) => steps.indexOf(r)))])
    }),
    { numRuns: 100 },
  )
})

test('failed ends what was only sent; what the device says of it is above that', () => {
  assert.equal([furthest('sent', 'failed'), furthest('failed', 'sent')], ['failed', 'failed'])
  assert.equal([furthest('delivered', 'failed'), furthest('failed', 'delivered')], ['delivered', 'delivered'])
  assert.is(after(['failed', 'delivered']).state, 'sent')
  assert.is(after(['sent', 'failed']).state, 'failed')
})

test('a report proves that an uncertain message was sent; what may have been sent is not attempted again', () => {
  const uncertain: readonly ConversationEvent[] = [
    ...base,
    { type: 'SendAttempted', data: { message: 'm', attempt: 1 } },
    { type: 'SendUncertain', data: { message: 'm', reason: 'time-out' } },
  ]
  given(uncertain).when({ type: 'attemptSend', message: 'm' }).thenEvents([])
  const after = given(uncertain).when(report('delivered')).state()
  assert.is(after.outbound.m?.state, 'sent')
  assert.is(after.byProviderId.p, 'm')
})

test('one who attempts is enough, and a certain failure may be tried again', () => {
  const attempted: readonly ConversationEvent[] = [
    ...base,
    { type: 'SendAttempted', data: { message: 'm', attempt: 1 } },
  ]
  given(attempted).when({ type: 'attemptSend', message: 'm' }).thenEvents([])
  const failed: readonly ConversationEvent[] = [
    ...attempted,
    { type: 'SendFailed', data: { message: 'm', reason: 'busy', class: 'retry' } },
  ]
  given(failed)
    .when({ type: 'attemptSend', message: 'm' })
    .thenEvents([{ type: 'SendAttempted', data: { message: 'm', attempt: 2 } }])
})

test('outcomes of a message that was not sent here are refused', () => {
  given(base).when({ type: 'confirmSent', message: 'other' }).thenRefusal({ reason: 'unknownMessage' })
})

test.run()
