import { decider, MORNING, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import type { ConversationEvent } from './events.js'
import { type ConversationCommand, conversationDecider, placeOf } from './index.js'

const test = suite('conversation, steering')
const { given, when } = decider(conversationDecider)

const bia = { kind: 'human', id: 'bia' } as const
const boss = { kind: 'human', id: 'boss' } as const
const system = { kind: 'system' } as const
const hello = { kind: 'text', text: 'hello' } as const
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

const opened: ConversationEvent = {
  type: 'ConversationOpened',
  data: { channel: 'whatsapp', endpoint: 'e1', customer: 'ana', direction: 'inbound' },
}
const received: ConversationEvent = { type: 'MessageReceived', data: { message: 'm1', content: hello } }
const classified: ConversationEvent = {
  type: 'TicketClassified',
  data: { queue: 'care', priority: 0, requirements: [], labels: [], policy: 'p' },
}
const issued = (offer: string, agent: string): ConversationEvent => ({
  type: 'OfferIssued',
  data: { offer, agent, cost: 2, expiresAt: MORNING + 20_000, decision },
})
const offer = (offer: string, agent: string) => ({ offer, agent })
const waiting = [opened, received, classified]
const offered = [...waiting, issued('o1', 'bia')]
const assigned = [...offered, { type: 'OfferAccepted', data: offer('o1', 'bia') } as const]
const resolved: ConversationEvent = { type: 'ConversationResolved', data: { by: bia, disposition: 'done' } }
const closed: ConversationEvent = { type: 'ConversationClosed', data: { reason: 'x' } }
const asked = (agent: string): ConversationEvent => ({ type: 'PickRequested', data: { agent, by: boss } })
const helping: readonly ConversationEvent[] = [
  { type: 'ConsultRequested', data: { to: { kind: 'agent', agent: 'caio' }, by: bia } },
  { type: 'ConsultStarted', data: { agent: 'caio', cost: 1 } },
]

type Events = readonly ConversationEvent[]

/** Refused for this reason, with words, and everything as it was. */
const refused = (events: Events, command: ConversationCommand, reason: string) => {
  const before = given(events)
  const outcome = before.when(command).thenRefusal({ reason: reason as never })
  assert.equal(outcome.state(), before.state())
}

const accept = (id: string, agent: string): ConversationCommand => ({ type: 'acceptOffer', offer: id, agent })
const decline = (id: string, agent: string): ConversationCommand => ({
  type: 'declineOffer',
  offer: id,
  agent,
})

const ENDS = {
  declined: { type: 'OfferDeclined', data: offer('o1', 'bia') },
  expired: { type: 'OfferExpired', data: offer('o1', 'bia') },
  revoked: { type: 'OfferRevoked', data: { ...offer('o1', 'bia'), reason: 'x' } },
  superseded: { type: 'OfferSuperseded', data: { ...offer('o1', 'bia'), by: 'o2' } },
} as const

test('an accept of an offer that is gone is refused, and says how it went', () => {
  const words = { declined: 'declined', expired: 'expired', revoked: 'revoked', superseded: 'another agent' }
  for (const [end, event] of Object.entries(ENDS)) {
    refused([...offered, event], accept('o1', 'bia'), 'offerGone')
    const before = given([...offered, event])
    const said = conversationDecider.decide(accept('o1', 'bia'), before.state())
    assert.is(said._tag, 'Left')
    if (said._tag === 'Left') assert.match(said.left.message, words[end as keyof typeof words])
  }
})

test('a decline of an offer that is gone is refused, but for the same again', () => {
  given([...offered, ENDS.declined])
    .when(decline('o1', 'bia'))
    .thenEvents([])
  for (const end of ['expired', 'revoked', 'superseded'] as const)
    refused([...offered, ENDS[end]], decline('o1', 'bia'), 'offerGone')
  refused(assigned, decline('o1', 'bia'), 'offerGone')
})

test("an offer of somebody else's, of another ticket, or of nobody is not answered", () => {
  for (const answer of [accept, decline]) {
    refused(offered, answer('o1', 'caio'), 'notYourOffer')
    refused(offered, answer('o2', 'bia'), 'unknownOffer')
    refused([...offered, resolved], answer('o2', 'bia'), 'unknownOffer')
    when(answer('o1', 'bia')).thenRefusal({ reason: 'unknownConversation' })
  }
})

test('accepted twice: the same answer; after the ticket went on to somebody else: refused', () => {
  given(assigned).when(accept('o1', 'bia')).thenEvents([])
  const passedOn: Events = [
    ...assigned,
    {
      type: 'TicketTransferred',
      data: { to: { kind: 'agent', agent: 'caio' }, mode: 'cold', by: bia },
    },
  ]
  refused(passedOn, accept('o1', 'bia'), 'offerGone')
})

test('late: until the log says that it has lapsed an offer can be accepted, and not after', () => {
  const late = given(offered).given([received], { commandId: 'late', at: MORNING + 60_000 })
  late.when(accept('o1', 'bia')).thenEvents([{ type: 'OfferAccepted', data: offer('o1', 'bia') }])
  late.given([ENDS.expired]).when(accept('o1', 'bia')).thenRefusal({ reason: 'offerGone' })
})

test('a pick asks the router, once; of what somebody else has only when that is said', () => {
  const pick = (agent: string, more: object = {}): ConversationCommand => ({
    type: 'pick',
    agent,
    by: boss,
    ...more,
  })
  given(waiting)
    .when(pick('bia'))
    .thenEvents([{ type: 'PickRequested', data: { agent: 'bia', by: boss, overcommit: undefined } }])
  given([...waiting, asked('bia')])
    .when(pick('bia'))
    .thenEvents([])
  refused([...waiting, asked('bia')], pick('caio'), 'alreadyAssigned')
  given(assigned).when(pick('bia')).thenEvents([])
  refused(assigned, pick('caio'), 'alreadyAssigned')
  given(assigned)
    .when(pick('caio', { reassign: true }))
    .thenEvents([{ type: 'PickRequested', data: { agent: 'caio', by: boss, overcommit: undefined } }])
  refused([...assigned, resolved], pick('caio'), 'notOpen')
  refused([...assigned, resolved, closed], pick('caio'), 'notOpen')
  when(pick('bia')).thenRefusal({ reason: 'unknownConversation' })
})

test('what the router answers ends the asking: picked, refused, or the ticket goes another way', () => {
  const refusal: ConversationEvent = { type: 'PickRefused', data: { agent: 'bia', verdict: 'capacity' } }
  assert.is(given([...waiting, asked('bia'), refusal]).state().pick, undefined)
  const picked: ConversationEvent = { type: 'TicketPicked', data: { agent: 'bia', cost: 3, by: boss } }
  const { assignee, cost, pick } = given([...waiting, asked('bia'), picked]).state()
  assert.equal([assignee, cost, pick], ['bia', 3, undefined])
  assert.is(given([...offered, asked('caio'), ENDS.expired, resolved]).state().pick, undefined)
  const requeued: ConversationEvent = { type: 'TicketRequeued', data: { agent: 'bia', reason: 'away' } }
  assert.is(
    given([...assigned, asked('caio'), requeued]).state().pick,
    'caio',
    'it can be given to them still',
  )
})

test('a consultation: by who has the ticket, with somebody else, one at a time', () => {
  const consult = (by: typeof bia | typeof boss | typeof system, agent = 'caio'): ConversationCommand => ({
    type: 'consult',
    to: { kind: 'agent', agent },
    by,
  })
  given(assigned)
    .when(consult(bia))
    .thenEvents([{ type: 'ConsultRequested', data: { to: { kind: 'agent', agent: 'caio' }, by: bia } }])
  refused(waiting, consult(bia), 'notAssigned')
  refused(assigned, consult(boss), 'notAssigned')
  refused(assigned, consult(bia, 'bia'), 'consulting')
  refused([...assigned, helping[0]!], consult(bia), 'consulting')
  refused([...assigned, ...helping], consult(bia, 'dora'), 'consulting')
  refused([...assigned, resolved], consult(bia), 'notOpen')
})

test('a consultation ends once, and with the assignment', () => {
  given([...assigned, ...helping])
    .when({ type: 'endConsult' })
    .thenEvents([{ type: 'ConsultEnded', data: { agent: 'caio' } }])
  refused(assigned, { type: 'endConsult' }, 'notConsulting')
  refused([...assigned, helping[0]!], { type: 'endConsult' }, 'notConsulting')
  assert.is(given([...assigned, ...helping, resolved]).state().consult, undefined)
  const refusal: ConversationEvent = { type: 'ConsultRefused', data: { verdict: 'unavailable' } }
  assert.is(given([...assigned, helping[0]!, refusal]).state().consult, undefined)
})

test('who has it gives it back; nobody else does, but the system', () => {
  const requeue = (by: typeof bia | typeof boss | typeof system): ConversationCommand => ({
    type: 'requeue',
    by,
    reason: 'x',
  })
  const back: ConversationEvent = { type: 'TicketRequeued', data: { agent: 'bia', reason: 'x' } }
  given(assigned).when(requeue(bia)).thenEvents([back])
  given(assigned).when(requeue(system)).thenEvents([back])
  refused(assigned, requeue(boss), 'notAssigned')
  given(waiting).when(requeue(system)).thenEvents([])
  refused([...assigned, resolved], requeue(bia), 'notOpen')
  assert.is(placeOf(given([...assigned, back]).state()), 'queued')
})

test('an agent who is excluded loses the offer that they have, and is excluded once', () => {
  const exclude: ConversationCommand = { type: 'exclude', agent: 'bia', by: boss, reason: 'complaint' }
  const excluded: ConversationEvent = {
    type: 'AgentExcluded',
    data: { agent: 'bia', by: boss, reason: 'complaint' },
  }
  given(offered)
    .when(exclude)
    .thenEvents([{ type: 'OfferRevoked', data: { ...offer('o1', 'bia'), reason: 'excluded' } }, excluded])
  given(waiting).when(exclude).thenEvents([excluded])
  given([...waiting, excluded])
    .when(exclude)
    .thenEvents([])
  refused([...waiting, resolved], exclude, 'notOpen')
})

test('a ticket is expedited once; reopened, it may be again', () => {
  const expedite: ConversationCommand = { type: 'expedite', by: boss }
  const expedited: ConversationEvent = { type: 'TicketExpedited', data: { by: boss } }
  given(waiting).when(expedite).thenEvents([expedited])
  given([...waiting, expedited])
    .when(expedite)
    .thenEvents([])
  const reopened: ConversationEvent = { type: 'ConversationReopened', data: { by: boss, reason: 'x' } }
  given([...waiting, expedited, resolved, reopened])
    .when(expedite)
    .thenEvents([expedited])
})

test('who takes a ticket up again has finished what they did after it', () => {
  const wrapUp: ConversationEvent = { type: 'WrapUpStarted', data: { agent: 'bia' } }
  const reopened: ConversationEvent = { type: 'ConversationReopened', data: { by: system, reason: 'x' } }
  const again = [...assigned, wrapUp, resolved, reopened, classified]
  assert.is(given(again).state().wrapUp?.agent, 'bia')
  const own: Events = [issued('o2', 'bia'), { type: 'OfferAccepted', data: offer('o2', 'bia') }]
  assert.is(given([...again, ...own]).state().wrapUp, undefined)
  const others: Events = [issued('o2', 'caio'), { type: 'OfferAccepted', data: offer('o2', 'caio') }]
  assert.is(given([...again, ...others]).state().wrapUp?.agent, 'bia')
})

test('what is handed on is parked no more', () => {
  const parked: ConversationEvent = { type: 'TicketParked', data: { by: bia, until: MORNING + 5 } }
  const state = given([...assigned, parked])
    .when({ type: 'transfer', to: { kind: 'queue', queue: 'law' }, mode: 'cold', by: system })
    .state()
  assert.equal([placeOf(state), state.queue], ['queued', 'law'])
  refused(assigned, { type: 'wake', reason: 'agent' }, 'notParked')
})

test.run()
