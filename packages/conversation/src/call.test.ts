import { decider, MORNING, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import type { ConversationEvent } from './events.js'
import { type ConversationCommand, conversationDecider, placeOf } from './index.js'

const test = suite('calls of a conversation')
const { given, when } = decider(conversationDecider)

const opening = { channel: 'phone', endpoint: '1000', customer: 'ana' }
const opened: ConversationEvent = { type: 'ConversationOpened', data: { ...opening, direction: 'inbound' } }
const offered = (call = 'c1'): ConversationEvent => ({
  type: 'CallOffered',
  data: { call, from: '+5511987654321', to: '1000' },
})
const offer = (call = 'c1'): ConversationCommand => ({
  type: 'offerCall',
  call,
  opening,
  from: '+5511987654321',
  to: '1000',
})
const classified: ConversationEvent = {
  type: 'TicketClassified',
  data: { queue: 'care', priority: 0, requirements: [], labels: [], policy: 'p' },
}
const decision = {
  pass: 'p1',
  policy: 'p',
  basis: '',
  step: 0,
  considered: 1,
  candidates: [],
  tieBreak: 'x',
  order: 0,
  waiting: 1,
}
const issued = (offer: string, agent: string): ConversationEvent => ({
  type: 'OfferIssued',
  data: { offer, agent, cost: 2, expiresAt: MORNING + 20_000, decision },
})
const accepted: ConversationEvent = { type: 'OfferAccepted', data: { offer: 'o1', agent: 'bia' } }
const rang: ConversationEvent = {
  type: 'CallRang',
  data: { call: 'c1', leg: 'l1', agent: 'bia', offer: 'o1' },
}
const answered: ConversationEvent = { type: 'CallAnswered', data: { call: 'c1', agent: 'bia' } }
const missed = (cause: 'noAnswer' | 'busy'): ConversationEvent => ({
  type: 'CallMissed',
  data: { call: 'c1', leg: 'l1', agent: 'bia', cause },
})
const ended: ConversationEvent = { type: 'CallEnded', data: { call: 'c1', by: 'customer' } }
const end = (more: object = {}): ConversationCommand => ({
  type: 'endCall',
  call: 'c1',
  by: 'customer',
  at: MORNING + 30_000,
  ...more,
})
const miss = (cause: 'noAnswer' | 'busy'): ConversationCommand => ({
  type: 'missCall',
  call: 'c1',
  leg: 'l1',
  cause,
})
const pickUp: ConversationCommand = { type: 'answerCall', call: 'c1', leg: 'l1' }

const waiting = [opened, offered(), classified]
const ringing = [...waiting, issued('o1', 'bia'), rang]
const talking = [...ringing, accepted, answered]

test('a call opens a conversation; told again it is no news; another call opens its own', () => {
  when(offer()).thenEvents([opened, offered()])
  given(waiting).when(offer()).thenEvents([])
  given(waiting).when(offer('c2')).thenRefusal({ reason: 'notOpen' })
  given([...talking, ended])
    .when(offer('c2'))
    .thenRefusal({ reason: 'notOpen' })
})

test('a call joins the conversation in which its customer writes, and wakes it', () => {
  const message: ConversationEvent = {
    type: 'MessageReceived',
    data: { message: 'm1', content: { kind: 'text', text: 'may I call you?' } },
  }
  given([opened, message]).when(offer()).thenEvents([offered()])
  const parked: ConversationEvent = { type: 'TicketParked', data: { by: { kind: 'human', id: 'bia' } } }
  given([opened, message, classified, parked])
    .when(offer())
    .thenEvents([{ type: 'TicketWoken', data: { reason: 'customer' } }, offered()])
  // It goes on in writing when the call is over.
  given([opened, message, offered()]).when(end()).thenEvents([ended])
})

test('who picks up the phone has accepted the offer that it rang for, and others have lost theirs', () => {
  given([...ringing, issued('o2', 'caio')])
    .when(pickUp)
    .thenEvents([
      { type: 'OfferSuperseded', data: { offer: 'o2', agent: 'caio', by: 'o1' } },
      accepted,
      answered,
    ])
  given([...ringing, accepted])
    .when(pickUp)
    .thenEvents([answered])
  given(talking).when(pickUp).thenEvents([])
})

test('only the phone of somebody who has the ticket or an offer of it is rung, once for each attempt', () => {
  const ring: ConversationCommand = { type: 'ringCall', call: 'c1', leg: 'l1', agent: 'bia', offer: 'o1' }
  given([...waiting, issued('o1', 'bia')])
    .when(ring)
    .thenEvents([rang])
  given(ringing).when(ring).thenEvents([])
  given(waiting).when(ring).thenRefusal({ reason: 'offerGone' })
  given([...waiting, issued('o1', 'bia'), { type: 'OfferExpired', data: { offer: 'o1', agent: 'bia' } }])
    .when(ring)
    .thenRefusal({ reason: 'offerGone' })
  given([...waiting, ended])
    .when(ring)
    .thenEvents([])
})

test('who picks up too late does not get the call', () => {
  const late = [...ringing, { type: 'OfferExpired', data: { offer: 'o1', agent: 'bia' } } as const]
  given(late).when(pickUp).thenRefusal({ reason: 'offerGone' })
  given(waiting).when(pickUp).thenRefusal({ reason: 'unknownOffer' })
})

test('a phone that nobody answers lets the offer lapse; one that is busy declines it', () => {
  given(ringing)
    .when(miss('noAnswer'))
    .thenEvents([missed('noAnswer'), { type: 'OfferExpired', data: { offer: 'o1', agent: 'bia' } }])
  given(ringing)
    .when(miss('busy'))
    .thenEvents([
      missed('busy'),
      { type: 'OfferDeclined', data: { offer: 'o1', agent: 'bia', reason: 'busy' } },
    ])
  const lapsed = [...ringing, { type: 'OfferExpired', data: { offer: 'o1', agent: 'bia' } } as const]
  given(lapsed)
    .when(miss('noAnswer'))
    .thenEvents([missed('noAnswer')])
  given(talking).when(miss('noAnswer')).thenEvents([])
})

test('who accepted at the desk and does not answer the phone loses the ticket again', () => {
  given([...ringing, accepted])
    .when(miss('noAnswer'))
    .thenEvents([missed('noAnswer'), { type: 'TicketRequeued', data: { agent: 'bia', reason: 'noAnswer' } }])
})

test('who hangs up before anybody came has abandoned, with the time that they waited', () => {
  const { waited } = { waited: 30_000 }
  given(waiting)
    .when(end({ cause: 'normal' }))
    .thenEvents([
      { type: 'CallEnded', data: { call: 'c1', by: 'customer', cause: 'normal' } },
      { type: 'ConversationAbandoned', data: { waited, reason: 'normal' } },
    ])
  given(ringing)
    .when(end())
    .thenEvents([
      ended,
      { type: 'OfferRevoked', data: { offer: 'o1', agent: 'bia', reason: 'abandoned' } },
      { type: 'ConversationAbandoned', data: { waited, reason: undefined } },
    ])
})

test('after a call the ticket stays with its agent, who says what came of it, without a second wrap-up', () => {
  const over = given(talking).when(end()).thenEvents([ended]).state()
  assert.is(placeOf(over), 'assigned')
  assert.is(over.callEndedAt !== undefined, true)
  const by = { kind: 'human', id: 'bia' } as const
  given([...talking, ended])
    .when({ type: 'resolve', by, disposition: 'refund', wrapUpUntil: MORNING + 60_000 })
    .thenEvents([{ type: 'ConversationResolved', data: { by, disposition: 'refund', note: undefined } }])
  given([...talking, ended])
    .when(end())
    .thenEvents([])
})

test('a call that was passed on is transferred, not abandoned', () => {
  const to = { kind: 'outside', address: '+5511900000000' } as const
  const by = { kind: 'human', id: 'bia' } as const
  given(talking)
    .when(end({ transferredTo: to.address }))
    .thenEvents([
      { type: 'TicketTransferred', data: { to, mode: 'cold', by } },
      { type: 'CallEnded', data: { call: 'c1', by: 'customer', transferredTo: to.address } },
    ])
  const said: ConversationEvent = { type: 'TicketTransferred', data: { to, mode: 'cold', by } }
  given([...talking, said])
    .when(end())
    .thenEvents([ended])
})

test('transferred to another queue, the customer waits again from then on', () => {
  const by = { kind: 'human', id: 'bia' } as const
  const on: ConversationEvent = {
    type: 'TicketTransferred',
    data: { to: { kind: 'queue', queue: 'tech' }, mode: 'cold', by },
  }
  const { call } = given(talking)
    .given([on], { at: MORNING + 10_000 })
    .state()
  assert.equal([call?.agent, call?.waitingSince], [undefined, MORNING + 10_000])
  given(talking)
    .given([on], { at: MORNING + 10_000 })
    .when(end())
    .thenEvents([ended, { type: 'ConversationAbandoned', data: { waited: 20_000, reason: undefined } }])
})

test('a phone that is left cannot be picked up any more, and no time after the call runs for ever', () => {
  const left: ConversationEvent = { type: 'CallReleased', data: { call: 'c1', leg: 'l1', agent: 'bia' } }
  given(ringing).when({ type: 'releaseCall', call: 'c1', leg: 'l1' }).thenEvents([left])
  given([...ringing, left])
    .when(pickUp)
    .thenRefusal({ reason: 'offerGone' })
  given([...ringing, left])
    .when(miss('noAnswer'))
    .thenEvents([])
  const system = { kind: 'system' } as const
  given([...talking, ended])
    .when({ type: 'finishCalls' })
    .thenEvents([{ type: 'ConversationResolved', data: { by: system, disposition: 'callEnded' } }])
  given(talking).when({ type: 'finishCalls' }).thenEvents([])
})

test('hold, resume and recordings are facts, once each; of a call that is not known nothing is', () => {
  const held: ConversationEvent = { type: 'CallHeld', data: { call: 'c1' } }
  given(talking).when({ type: 'holdCall', call: 'c1' }).thenEvents([held])
  given([...talking, held])
    .when({ type: 'holdCall', call: 'c1' })
    .thenEvents([])
  given([...talking, held])
    .when({ type: 'resumeCall', call: 'c1' })
    .thenEvents([{ type: 'CallResumed', data: { call: 'c1' } }])
  given([...talking, ended])
    .when({ type: 'recordCall', call: 'c1', recording: 'r1', duration: 1000 })
    .thenEvents([{ type: 'CallRecorded', data: { call: 'c1', recording: 'r1', duration: 1000 } }])
  given(talking).when({ type: 'holdCall', call: 'c9' }).thenRefusal({ reason: 'unknownCall' })
})

test.run()
