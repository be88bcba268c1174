import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { type Event, type EventFamily, memoryStore, type StreamName, stamp, virtualClock } from '@ramal/core'
import { type CustomerEvent, customerEvents } from '@ramal/customer'
import { suite } from '@ramal/testing'
import { type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { runProjection } from '../run.js'
import { conversationsOf, customerIndexProjection } from './customers.js'
import { agentLines, deskProjection, inboxOf, queueLines } from './desk.js'
import { timelineOf } from './timeline.js'

const test = suite('views')

const MINUTE = 60_000

const world = () => {
  const clock = virtualClock(0)
  const store = memoryStore({ clock })
  let commands = 0
  const append = async <Ev extends Event>(
    family: EventFamily<Ev>,
    stream: StreamName,
    events: readonly Ev[],
  ) => {
    const context = { commandId: `k${++commands}`, at: clock.now(), tenant: 'demo' }
    const written = stamp(family, stream, events, context)
    assert.ok(E.isRight(await store.append([{ stream, expected: 'any', events: written }])))
  }
  return {
    clock,
    store,
    at: (minute: number) => clock.advanceTo(minute * MINUTE),
    say: (id: string, ...events: ConversationEvent[]) =>
      append(conversationEvents, `conversation-${id}`, events),
    agent: (id: string, ...events: WorkforceEvent[]) => append(workforceEvents, `agent-${id}`, events),
    customer: (id: string, ...events: CustomerEvent[]) => append(customerEvents, `customer-${id}`, events),
  }
}

const opened = (customer: string, channel: string): ConversationEvent => ({
  type: 'ConversationOpened',
  data: { channel, endpoint: `${channel}-1`, direction: 'inbound', customer },
})
const received = (message: string, text: string): ConversationEvent => ({
  type: 'MessageReceived',
  data: { message, content: { kind: 'text', text } },
})
const sent = (message: string, text: string): ConversationEvent => ({
  type: 'SendRequested',
  data: { message, content: { kind: 'text', text }, by: { kind: 'human', id: 'maria' } },
})
const classified: ConversationEvent = {
  type: 'TicketClassified',
  data: { queue: 'first', priority: 0, requirements: [], labels: [], policy: 'p1' },
}
const issued = (offer: string, agent: string): ConversationEvent => ({
  type: 'OfferIssued',
  data: {
    offer,
    agent,
    cost: 1,
    expiresAt: 10 * MINUTE,
    decision: {
      pass: 'r-1',
      policy: 'p1',
      basis: '',
      step: 0,
      considered: 1,
      candidates: [],
      tieBreak: 'id',
      order: 0,
      waiting: 1,
    },
  },
})
const accepted = (offer: string, agent: string): ConversationEvent => ({
  type: 'OfferAccepted',
  data: { offer, agent },
})
const registered: WorkforceEvent = {
  type: 'AgentRegistered',
  data: { kind: 'human', skills: {}, capacity: { total: 2 }, queues: ['first'], name: 'Maria', team: 'blue' },
}

test('a ticket goes over the desk: waits, is offered, accepted, resolved, wrapped up', async () => {
  const { clock, store, at, say, agent } = world()
  const stop = new AbortController()
  const running = runProjection({ store, clock, signal: stop.signal }, deskProjection())
  const desk = async () => {
    await running.caughtUp()
    const inbox = inboxOf(running.state, 'maria')!
    const [queue] = queueLines(running.state, clock.now())
    return {
      offers: inbox.offers.map(({ offer, card }) => `${offer} ${card.conversation}`),
      tickets: inbox.tickets.map((card) => `${card.conversation} "${card.lastMessage}" ${card.unanswered}`),
      wrapUps: inbox.wrapUps.length,
      waiting: inbox.waiting.first,
      longest: (queue?.longestWait ?? 0) / MINUTE,
    }
  }
  await agent('maria', registered, { type: 'AgentBecameAvailable', data: {} })
  await say('a', opened('ana', 'whatsapp'), received('m1', 'Is it open?'), classified)
  await say('b', opened('bia', 'webchat'), received('m2', 'Hello'), classified)
  await at(3)
  await say('a', issued('o1', 'maria'))
  assert.equal(await desk(), { offers: ['o1 a'], tickets: [], wrapUps: 0, waiting: 2, longest: 3 })
  await say('a', accepted('o1', 'maria'))
  assert.equal(await desk(), {
    offers: [],
    tickets: ['a "Is it open?" 1'],
    wrapUps: 0,
    waiting: 1,
    longest: 3,
  })
  await say('a', sent('m3', 'Until six.'))
  assert.equal((await desk()).tickets, ['a "Until six." 0'])
  await say('b', { type: 'SpamMarked', data: { by: { kind: 'human', id: 'maria' } } })
  await say(
    'a',
    { type: 'ConversationResolved', data: { by: { kind: 'human', id: 'maria' }, disposition: 'done' } },
    { type: 'WrapUpStarted', data: { agent: 'maria' } },
  )
  assert.equal(await desk(), { offers: [], tickets: [], wrapUps: 1, waiting: 0, longest: 0 })
  const [line] = agentLines(running.state, clock.now())
  assert.equal([line?.name, line?.presence, line?.wrapUps], ['Maria', 'available', 1])
  await say('a', { type: 'WrapUpFinished', data: { agent: 'maria' } })
  await say('a', { type: 'ConversationReopened', data: { by: { kind: 'customer' }, reason: 'wrote again' } })
  assert.equal(await desk(), { offers: [], tickets: [], wrapUps: 0, waiting: 1, longest: 0 })
  await say('a', { type: 'ConversationClosed', data: { reason: 'silent' } })
  assert.equal([(await desk()).waiting, Object.keys(running.state.cards)], [0, ['b']])
  stop.abort()
})

test('the words of who is forgotten leave the desk', async () => {
  const { clock, store, say, customer } = world()
  const stop = new AbortController()
  const running = runProjection({ store, clock, signal: stop.signal }, deskProjection())
  await say('a', opened('ana', 'whatsapp'), received('m1', 'My number is 12'), classified)
  await customer('ana', { type: 'CustomerForgotten', data: { reason: 'asked for it' } })
  await running.caughtUp()
  assert.not.match(JSON.stringify(running.state), /My number/)
  stop.abort()
})

test('the timeline holds everything with a person, over channels and merged identifiers', async () => {
  const { clock, store, at, say, customer } = world()
  const stop = new AbortController()
  const running = runProjection({ store, clock, signal: stop.signal }, customerIndexProjection())
  await say('a', opened('ana', 'whatsapp'), received('m1', 'Where is my order?'))
  await at(1)
  await say('b', opened('visitor', 'webchat'), received('m2', 'It is me again'))
  await at(2)
  await say('a', sent('m3', 'On its wya'), { type: 'MessageSent', data: { message: 'm3', providerId: 'p3' } })
  await say('a', {
    type: 'MessageEdited',
    data: { message: 'm3', content: { kind: 'text', text: 'On its way' } },
  })
  await say('a', { type: 'DeliveryAdvanced', data: { message: 'm3', to: 'read' } })
  await say('a', { type: 'DeliveryAdvanced', data: { message: 'm3', to: 'delivered' } })
  await say('z', opened('other', 'sms'), received('m9', 'Not of Ana'))
  await customer('ana', { type: 'CustomersMerged', data: { merged: 'visitor', evidence: { kind: 'agent' } } })
  await running.caughtUp()
  assert.equal(conversationsOf(running.state, 'visitor'), ['a', 'b'])
  const entries = await timelineOf(store, running.state, 'visitor')
  const lines = entries.map((e) =>
    e.kind === 'message'
      ? `${e.channel} ${e.direction} ${e.content?.kind === 'text' ? e.content.text : '-'} ${e.delivery ?? ''}`.trim()
      : `${e.channel} ${e.type}`,
  )
  assert.equal(lines, [
    'whatsapp ConversationOpened',
    'whatsapp in Where is my order?',
    'webchat ConversationOpened',
    'webchat in It is me again',
    'whatsapp out On its way read',
  ])
  await customer('ana', { type: 'CustomersSplit', data: { split: 'visitor', reason: 'another person' } })
  await running.caughtUp()
  assert.equal(conversationsOf(running.state, 'visitor'), ['b'])
  stop.abort()
})

test.run()
