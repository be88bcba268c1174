import { decider, MORNING, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import type { ConversationEvent } from './events.js'
import { type ConversationCommand, conversationDecider, placeOf } from './index.js'

const test = suite('conversation')
const { given, when } = decider(conversationDecider)

const opening = { channel: 'whatsapp', endpoint: 'e1', customer: 'ana' }
const hello = { kind: 'text', text: 'hello' } as const
const bia = { kind: 'human', id: 'bia' } as const

const receive = (message: string): ConversationCommand => ({
  type: 'receive',
  message,
  content: hello,
  opening,
})
const received = (message: string): ConversationEvent => ({
  type: 'MessageReceived',
  data: {
    message,
    content: hello,
    providerId: undefined,
    replyTo: undefined,
    forwarded: undefined,
    raw: undefined,
  },
})
const opened: ConversationEvent = { type: 'ConversationOpened', data: { ...opening, direction: 'inbound' } }
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
  verdicts: {},
  candidates: [],
  tieBreak: 'x',
  order: 0,
  waiting: 1,
}
const issued = (offer: string, agent: string): ConversationEvent => ({
  type: 'OfferIssued',
  data: { offer, agent, cost: 2, expiresAt: MORNING + 20_000, decision },
})
const accepted = (offer: string, agent: string): ConversationEvent => ({
  type: 'OfferAccepted',
  data: { offer, agent },
})
const base = [opened, received('m1'), classified]
const assigned = [...base, issued('o1', 'bia'), accepted('o1', 'bia')]
const resolved: ConversationEvent = { type: 'ConversationResolved', data: { by: bia, disposition: 'done' } }

test('the first message opens; the same again is no news; the next is appended', () => {
  when(receive('m1')).thenEvents([opened, received('m1')])
  given(base).when(receive('m1')).thenEvents([])
  given(base)
    .when(receive('m2'))
    .thenEvents([received('m2')])
})

test('a message reopens what was resolved, wakes what was parked, and is refused by what is closed', () => {
  const reopened: ConversationEvent = {
    type: 'ConversationReopened',
    data: { by: { kind: 'customer' }, reason: 'message' },
  }
  given([...base, resolved])
    .when(receive('m2'))
    .thenEvents([reopened, received('m2')])
  const parked: ConversationEvent = { type: 'TicketParked', data: { by: bia } }
  const woken: ConversationEvent = { type: 'TicketWoken', data: { reason: 'customer' } }
  given([...assigned, parked])
    .when(receive('m2'))
    .thenEvents([woken, received('m2')])
  const closed: ConversationEvent = { type: 'ConversationClosed', data: { reason: 'x' } }
  given([...base, resolved, closed])
    .when(receive('m2'))
    .thenRefusal({ reason: 'closed' })
})

test('the first acceptance wins, and supersedes the other offers', () => {
  const two = [...base, issued('o1', 'bia'), issued('o2', 'caio')]
  given(two)
    .when({ type: 'acceptOffer', offer: 'o2', agent: 'caio' })
    .thenEvents([
      { type: 'OfferSuperseded', data: { offer: 'o1', agent: 'bia', by: 'o2' } },
      accepted('o2', 'caio'),
    ])
  const won = [
    ...two,
    { type: 'OfferSuperseded', data: { offer: 'o1', agent: 'bia', by: 'o2' } } as const,
    accepted('o2', 'caio'),
  ]
  given(won).when({ type: 'acceptOffer', offer: 'o1', agent: 'bia' }).thenRefusal({ reason: 'offerGone' })
  given(won).when({ type: 'acceptOffer', offer: 'o2', agent: 'caio' }).thenEvents([])
})

test('an offer is answered by whom it was made to, while it stands', () => {
  const one = given([...base, issued('o1', 'bia')])
  one.when({ type: 'acceptOffer', offer: 'o1', agent: 'caio' }).thenRefusal({ reason: 'notYourOffer' })
  one.when({ type: 'acceptOffer', offer: 'o9', agent: 'bia' }).thenRefusal({ reason: 'unknownOffer' })
  const expired = one.given([{ type: 'OfferExpired', data: { offer: 'o1', agent: 'bia' } }])
  expired.when({ type: 'acceptOffer', offer: 'o1', agent: 'bia' }).thenRefusal({ reason: 'offerGone' })
  expired.when({ type: 'declineOffer', offer: 'o1', agent: 'bia' }).thenRefusal({ reason: 'offerGone' })
})

test('the log decides: past its time, but not expired in the log, an offer can be accepted', () => {
  given([...base, issued('o1', 'bia')])
    .given([received('m2')], { commandId: 'later', at: MORNING + 60_000 })
    .when({ type: 'acceptOffer', offer: 'o1', agent: 'bia' })
    .thenEvents([accepted('o1', 'bia')])
})

test('only the assignee answers, resolves, transfers and parks', () => {
  const send: ConversationCommand = {
    type: 'send',
    message: 'c.1',
    content: hello,
    by: { kind: 'human', id: 'caio' },
  }
  given(base).when(send).thenRefusal({ reason: 'notAssigned' })
  given(assigned).when(send).thenRefusal({ reason: 'notAssigned' })
  given(assigned)
    .when({ ...send, by: bia })
    .thenEvents([{ type: 'SendRequested', data: { message: 'c.1', content: hello, by: bia } }])
  const others: readonly ConversationCommand[] = [
    { type: 'resolve', by: { kind: 'human', id: 'caio' }, disposition: 'done' },
    { type: 'transfer', to: { kind: 'queue', queue: 'q' }, mode: 'cold', by: { kind: 'human', id: 'caio' } },
    { type: 'park', by: { kind: 'human', id: 'caio' } },
  ]
  for (const command of others) given(assigned).when(command).thenRefusal({ reason: 'notAssigned' })
})

test('a supervisor may do what its assignee may, or what nobody may yet, where that is said; who did it is recorded', () => {
  const boss = { kind: 'human', id: 'boss' } as const
  const to = { kind: 'queue', queue: 'law' } as const
  const commands: readonly ConversationCommand[] = [
    { type: 'transfer', to, mode: 'cold', by: boss },
    { type: 'park', by: boss, until: MORNING + 1000 },
    { type: 'resolve', by: boss, disposition: 'duplicate' },
    { type: 'requeue', by: boss, reason: 'too long' },
  ]
  for (const command of commands) given(assigned).when(command).thenRefusal({ reason: 'notAssigned' })
  for (const command of commands.slice(0, 3)) given(base).when(command).thenRefusal({ reason: 'notAssigned' })
  const override = true
  given(assigned)
    .when({ type: 'transfer', to, mode: 'cold', by: boss, override })
    .thenEvents([{ type: 'TicketTransferred', data: { to, mode: 'cold', by: boss } }])
  given([...base, issued('o1', 'bia')])
    .when({ type: 'transfer', to, mode: 'cold', by: boss, override })
    .thenEvents([
      { type: 'OfferRevoked', data: { offer: 'o1', agent: 'bia', reason: 'transferred' } },
      { type: 'TicketTransferred', data: { to, mode: 'cold', by: boss } },
    ])
  given(assigned)
    .when({ type: 'park', by: boss, until: MORNING + 1000, override })
    .thenEvents([{ type: 'TicketParked', data: { by: boss, until: MORNING + 1000 } }])
  given(assigned)
    .when({ type: 'resolve', by: boss, disposition: 'duplicate', override })
    .thenEvents([
      { type: 'ConversationResolved', data: { by: boss, disposition: 'duplicate', note: undefined } },
    ])
  given(assigned)
    .when({ type: 'requeue', by: boss, reason: 'too long', override })
    .thenEvents([{ type: 'TicketRequeued', data: { agent: 'bia', reason: 'too long' } }])
})

test('a resolution starts the wrap-up, which holds what the ticket cost', () => {
  const command: ConversationCommand = {
    type: 'resolve',
    by: bia,
    disposition: 'done',
    wrapUpUntil: MORNING + 1000,
  }
  const outcome = given(assigned)
    .when(command)
    .thenEvents([
      { type: 'WrapUpStarted', data: { agent: 'bia', until: MORNING + 1000 } },
      { type: 'ConversationResolved', data: { by: bia, disposition: 'done', note: undefined } },
    ])
  assert.is(placeOf(outcome.state()), 'wrapUp')
  assert.is(outcome.state().cost, 2)
})

test('what leaves the queue by another way revokes its offers', () => {
  given([...base, issued('o1', 'bia')])
    .when({ type: 'resolve', by: { kind: 'system' }, disposition: 'duplicate' })
    .thenEvents([
      { type: 'OfferRevoked', data: { offer: 'o1', agent: 'bia', reason: 'resolved' } },
      {
        type: 'ConversationResolved',
        data: { by: { kind: 'system' }, disposition: 'duplicate', note: undefined },
      },
    ])
})

test('every command can be given twice', () => {
  const commands: readonly ConversationCommand[] = [
    { type: 'transfer', to: { kind: 'agent', agent: 'caio' }, mode: 'warm', by: { kind: 'system' } },
    { type: 'park', by: bia, until: MORNING + 5 },
    { type: 'promiseCallback', by: bia, at: MORNING + 5 },
    { type: 'correctIntent', intent: 'refund', by: bia },
    { type: 'abandon', waited: 5 },
    { type: 'close', reason: 'x' },
    { type: 'markSpam', by: bia },
    { type: 'link', to: 'other', by: bia },
    { type: 'answerSurvey', resolved: true, score: 4 },
  ]
  // The given/when/then checks it: what was carried out gives nothing, or a refusal, the next time.
  for (const command of commands) assert.ok(given(assigned).when(command).state(), command.type)
})

test('a command for a conversation that is not there is refused', () => {
  when({ type: 'acceptOffer', offer: 'o1', agent: 'bia' }).thenRefusal({ reason: 'unknownConversation' })
  when({ type: 'resolve', by: bia, disposition: 'x' }).thenRefusal({ reason: 'unknownConversation' })
})

test('what is no command is refused by its name', () => {
  for (const before of [assigned, base])
    given(before)
      .when({ type: 'acceptOffr' } as never)
      .thenRefusal({ reason: 'unknownCommand', message: 'There is no command "acceptOffr".' })
})

test('ids may be words that every object knows', () => {
  for (const id of ['toString', 'valueOf', 'isPrototypeOf']) {
    given(base)
      .when(receive(id))
      .thenEvents([received(id)])
    given(base).when({ type: 'acceptOffer', offer: id, agent: 'bia' }).thenRefusal({ reason: 'unknownOffer' })
    given(assigned)
      .when({ type: 'send', message: id, content: hello, by: bia })
      .thenEvents([{ type: 'SendRequested', data: { message: id, content: hello, by: bia } }])
    given(base)
      .when({ type: 'offerCall', call: id, opening })
      .thenEvents([{ type: 'CallOffered', data: { call: id, from: undefined, to: undefined } }])
    given(base).when({ type: 'holdCall', call: id }).thenRefusal({ reason: 'unknownCall' })
    given(base).when({ type: 'confirmSent', message: id }).thenRefusal({ reason: 'unknownMessage' })
  }
})

test.run()
