import { decider, suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { ConversationEvent, Delivery } from './events.js'
import { advances, type ConversationCommand, conversationDecider } from './index.js'

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
const steps = ['sent', 'delivered', 'read', 'played'] as const

test('reports in any order, however often, end where the furthest is, and never go back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 12 }), (reports) => {
      const events = [...base]
      for (const to of reports) {
        const state = given(events).state()
        if (advances(state.outbound.m?.delivery, to))
          events.push({ type: 'DeliveryAdvanced', data: { message: 'm', to, providerId: 'p' } })
        given(events).when(report(to)).thenEvents([])
      }
      const furthest = steps[Math.max(...reports.map((r) => steps.indexOf(r)))]
      assert.is(given(events).state().outbound.m?.delivery, furthest)
    }),
    { numRuns: 60 },
  )
})

test('failed ends it, but not what was delivered already', () => {
  assert.is(advances('sent', 'failed'), true)
  assert.is(advances('delivered', 'failed'), false)
  assert.is(advances('failed', 'sent'), false)
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
