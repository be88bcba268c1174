import type { ChannelEvent } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { type Desk, NUMBER, openDesk, T0 } from '../test/desk.js'

const test = suite('threads that another application has')

const ANA = { kind: 'wa_id', value: '15550111', verified: true } as const

let count = 0
const base = () => ({ dedupeKey: `e${++count}`, at: T0 + count, endpoint: NUMBER, peer: [ANA] })

const says = (words: string, elsewhere: boolean): ChannelEvent => ({
  ...base(),
  kind: 'message',
  providerId: `wamid.${count}`,
  content: { kind: 'text', text: words },
  ...(elsewhere ? { elsewhere: true } : {}),
})

const passed = (owner: 'us' | 'other'): ChannelEvent => ({ ...base(), kind: 'threadControl', owner })

const hear = async (desk: Desk, ...events: readonly ChannelEvent[]) => {
  const [first] = await desk.ramal.ingest('whatsapp', events)
  await desk.ramal.settled()
  return first!.conversation!
}

const typesOf = async (desk: Desk): Promise<readonly string[]> =>
  (await desk.log())
    .filter(({ stream }) => stream.startsWith('conversation-'))
    .map(({ type }) => type)
    .filter((type) => type !== 'TicketClassified')

const open = async () => {
  const desk = await openDesk()
  await desk.ramal.signIn('bia', { kind: 'human', skills: {}, capacity: { total: 3 }, queues: ['care'] })
  await desk.ramal.settled()
  return desk
}

test('nobody is asked for what another application answers, until the thread is ours', async () => {
  const desk = await open()
  const conversation = await hear(desk, says('hi', true))
  await hear(desk, says('where is my order?', true), passed('other'))
  assert.equal(await typesOf(desk), [
    'ConversationOpened',
    'ThreadControlChanged',
    'MessageReceived',
    'TicketParked',
    'MessageReceived',
  ])
  await hear(desk, passed('us'))
  assert.equal((await typesOf(desk)).slice(5), ['ThreadControlChanged', 'TicketWoken', 'OfferIssued'])
  const found = await desk.ramal.find(conversation)
  assert.ok(isSome(found) && found.value.control === 'us')
  await desk.ramal.stop()
})

test('an offer is taken back when another application takes the thread; a message to us brings it again', async () => {
  const desk = await open()
  await hear(desk, says('hi', false))
  await hear(desk, passed('other'))
  assert.equal((await typesOf(desk)).slice(2), [
    'OfferIssued',
    'ThreadControlChanged',
    'OfferRevoked',
    'TicketParked',
  ])
  await hear(desk, says('hello?', false))
  assert.equal((await typesOf(desk)).slice(6), [
    'ThreadControlChanged',
    'TicketWoken',
    'MessageReceived',
    'OfferIssued',
  ])
  await desk.ramal.stop()
})

test('who has the ticket keeps it, and cannot answer meanwhile', async () => {
  const desk = await open()
  const conversation = await hear(desk, says('hi', false))
  const offer = (await desk.log()).find(({ type }) => type === 'OfferIssued')!.data as {
    readonly offer: string
  }
  assert.ok(E.isRight(await desk.ramal.accept(conversation, offer.offer, 'bia')))
  await hear(desk, says('and you, robot?', true))
  assert.ok(!(await typesOf(desk)).includes('TicketParked'))
  const found = await desk.ramal.find(conversation)
  assert.ok(isSome(found))
  assert.equal([found.value.assignee, found.value.control], ['bia', 'other'])
  await desk.ramal.stop()
})

test('what is told late changes nothing', async () => {
  const desk = await open()
  const [late, lateToo] = [passed('other'), says('said to the other', true)]
  await hear(desk, says('hi', false), passed('other'))
  await hear(desk, passed('us'))
  const before = await typesOf(desk)
  await hear(desk, late, lateToo)
  assert.equal((await typesOf(desk)).slice(before.length), ['MessageReceived'])
  await desk.ramal.stop()
})

test('a stop is a stop, whoever has the thread', async () => {
  const desk = await open()
  await hear(desk, says('STOP', true))
  const types = (await desk.log()).map(({ type }) => type)
  assert.ok(types.includes('ConsentWithdrawn'))
  assert.ok(!types.includes('TicketClassified'))
  await desk.ramal.stop()
})

test.run()
