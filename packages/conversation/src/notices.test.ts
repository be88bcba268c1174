import { decider, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { type ConversationCommand, type ConversationEvent, conversationDecider, placeOf } from './index.js'

const test = suite('what we say first, and keywords')
const { given, when } = decider(conversationDecider)

const opening = { channel: 'sms', endpoint: '12345', customer: 'ana' }
const content = { kind: 'text', text: 'Your parcel is on its way.' } as const
const by = { kind: 'system', id: 'notifications' } as const
const notify: ConversationCommand = {
  type: 'notify',
  message: 'm1',
  content,
  by,
  purpose: 'delivery',
  notification: 'n1',
  opening,
}
const opened: ConversationEvent = {
  type: 'ConversationOpened',
  data: { ...opening, direction: 'outbound' },
}
const requested: ConversationEvent = {
  type: 'SendRequested',
  data: { message: 'm1', content, by, purpose: 'delivery', notification: 'n1' },
}
const inbound: ConversationEvent = { type: 'ConversationOpened', data: { ...opening, direction: 'inbound' } }
const said = (message: string): ConversationEvent => ({
  type: 'MessageReceived',
  data: { message, content: { kind: 'text', text: 'hello' } },
})
const receive = (message: string, more: object = {}): ConversationCommand => ({
  type: 'receive',
  message,
  content: { kind: 'text', text: 'hello' },
  opening,
  ...more,
})
const classified: ConversationEvent = {
  type: 'TicketClassified',
  data: { queue: 'care', priority: 0, requirements: [], labels: [], policy: 'p' },
}

test('a notification opens a conversation that is idle until somebody takes it up', () => {
  const state = when(notify).thenEvents([opened, requested]).state()
  assert.is(placeOf(state), 'idle')
  const picked = given([opened, requested]).given([{ type: 'TicketPicked', data: { agent: 'bia', cost: 1 } }])
  assert.is(placeOf(picked.state()), 'assigned')
})

test('an answer and a further notification go elsewhere; what is going on is gone on with', () => {
  given([opened, requested]).when(receive('c1')).thenRefusal({ reason: 'idle' })
  given([opened, requested])
    .when({ ...notify, message: 'm2' })
    .thenRefusal({ reason: 'idle' })
  const solved: ConversationEvent = {
    type: 'ConversationResolved',
    data: { by: { kind: 'system' }, disposition: 'solved' },
  }
  given([inbound, said('c1'), solved])
    .when(notify)
    .thenRefusal({ reason: 'notOpen' })
  given([inbound, said('c1')])
    .when(notify)
    .thenEvents([requested])
  given([inbound, { type: 'ThreadControlChanged', data: { owner: 'other' } }])
    .when(notify)
    .thenRefusal({ reason: 'notOurThread' })
})

test('a keyword opens no ticket, wakes none and reopens none', () => {
  const keyword = { kind: 'stop' } as const
  const word = (message: string): ConversationEvent => ({
    type: 'MessageReceived',
    data: {
      message,
      content: { kind: 'text', text: 'hello' },
      keyword: 'stop',
      providerId: undefined,
      raw: undefined,
    },
  })
  const types = (before: readonly ConversationEvent[], command: ConversationCommand) =>
    given(before).when(command).thenEvents
  when(receive('c1', { keyword })).thenEvents([
    { type: 'ConversationOpened', data: { ...opening, direction: 'inbound', keyword: 'stop' } },
    word('c1'),
    { type: 'ConversationClosed', data: { reason: 'keyword' } },
  ])
  types([opened, requested], receive('c1', { keyword }))([word('c1')])
  assert.is(placeOf(given([opened, requested, word('c1')]).state()), 'idle')
  const parked: ConversationEvent = { type: 'TicketParked', data: { by: { kind: 'system' } } }
  types([inbound, said('c1'), classified, parked], receive('c2', { keyword }))([word('c2')])
  const solved: ConversationEvent = {
    type: 'ConversationResolved',
    data: { by: { kind: 'system' }, disposition: 'solved' },
  }
  types([inbound, said('c1'), solved], receive('c2', { keyword }))([word('c2')])
})

test('a keyword is answered in the same breath, once', () => {
  const answer = { message: 'm9', content, by, purpose: 'service' } as const
  const command = receive('c1', { keyword: { kind: 'stop', answer } })
  const sent: ConversationEvent = { type: 'SendRequested', data: answer }
  const after = when(command).state()
  assert.is(after.outbound.m9?.state, 'requested')
  assert.is(after.status, 'closed')
  given([inbound, said('c0')])
    .when(command)
    .thenEvents([
      {
        type: 'MessageReceived',
        data: {
          message: 'c1',
          content: { kind: 'text', text: 'hello' },
          keyword: 'stop',
          providerId: undefined,
          raw: undefined,
        },
      },
      sent,
    ])
})

test('what a rule puts off is judged again; refused it is done with, also between two attempts', () => {
  const defer = (until: number): ConversationCommand => ({
    type: 'deferSend',
    message: 'm1',
    rule: 'quietHours',
    reason: 'at night',
    until,
  })
  const deferred: ConversationEvent = {
    type: 'SendDeferred',
    data: { message: 'm1', rule: 'quietHours', reason: 'at night', until: 9 },
  }
  given([opened, requested]).when(defer(9)).thenEvents([deferred])
  given([opened, requested, deferred]).when(defer(9)).thenEvents([])
  given([opened, requested, deferred])
    .when({ type: 'attemptSend', message: 'm1' })
    .thenEvents([{ type: 'SendAttempted', data: { message: 'm1', attempt: 1 } }])
  const attempted: ConversationEvent = { type: 'SendAttempted', data: { message: 'm1', attempt: 1 } }
  const failed: ConversationEvent = {
    type: 'SendFailed',
    data: { message: 'm1', reason: 'busy', class: 'retry', retryAt: 5 },
  }
  given([opened, requested, attempted]).when(defer(9)).thenEvents([])
  given([opened, requested, attempted, failed])
    .when({ type: 'refuseSend', message: 'm1', reason: 'STOP', rule: 'consent.withdrawn' })
    .thenEvents([{ type: 'SendRefused', data: { message: 'm1', reason: 'STOP', rule: 'consent.withdrawn' } }])
  const refused: ConversationEvent = { type: 'SendRefused', data: { message: 'm1', reason: 'STOP' } }
  given([opened, requested, refused]).when({ type: 'attemptSend', message: 'm1' }).thenEvents([])
})

test.run()
