import { memoryStore, START, virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import { startRamal } from 'ramal'
import * as assert from 'uvu/assert'
import { AUTH_TOKEN, CALL, incoming, OURS, PUBLIC_URL, webhook } from '../test/twilio.js'
import { twilioVoice } from './index.js'

const test = suite('Twilio Voice through the engine')

const T0 = 1_780_000_000_000
const parent = { CallSid: CALL, From: incoming.From, To: OURS, Direction: 'inbound' }

/** An engine whose Twilio takes every change of a call. */
const open = async () => {
  const clock = virtualClock(T0)
  const store = memoryStore({ clock })
  const changes: URLSearchParams[] = []
  const ramal = await startRamal({
    store,
    clock,
    patience: 0,
    policy: {
      name: 'phones',
      classification: [{ queue: 'care' }],
      queues: { care: { offerExpiresAfter: 20_000 } },
      channels: { phone: { wrapUp: 30_000 } },
    },
    channels: [
      twilioVoice({
        accountSid: 'AC1',
        authToken: AUTH_TOKEN,
        publicUrl: PUBLIC_URL,
        numbers: [{ id: OURS }],
        clock,
        fetch: async (_, init) => {
          changes.push(new URLSearchParams(String(init?.body)))
          return Response.json({ sid: CALL })
        },
      }),
    ],
    calls: { addressOf: (agent) => `client:${agent}` },
  })
  const types = async () => {
    const found: string[] = []
    for await (const { events } of store.readAll({ after: START }))
      for (const { type, stream } of events) if (stream.startsWith('conversation-')) found.push(type)
    return found
  }
  return {
    ramal,
    clock,
    types,
    /** What Twilio was told since it was last asked. */
    told: () => changes.splice(0).map((change) => change.get('Twiml') ?? change.get('Status') ?? ''),
    /** Twilio posts, and is told what to do next. */
    async post(fields: Readonly<Record<string, string>>, step: Readonly<Record<string, string>> = {}) {
      const { method, url, headers, body } = webhook(fields, step)
      const request = new Request(url, { method, headers: headers as Headers, body: Buffer.from(body) })
      const response = await ramal.handle(request)
      await ramal.settled()
      return [response.status, await response.text()] as const
    },
  }
}

const agent = (capacity = 1) =>
  ({ kind: 'human', skills: {}, capacity: { total: capacity }, queues: ['care'] }) as const
const legIn = (twiml = '') => /leg=([0-9a-v]{16})/.exec(twiml)?.[1] ?? ''

test('a call waits by the answer to its webhook, rings an agent, who does not answer, then another, and ends', async () => {
  const { ramal, clock, types, told, post } = await open()
  const [status, wait] = await post(incoming)
  assert.equal(
    [status, wait],
    [200, `<Response><Enqueue action="${PUBLIC_URL}?step=left">ramal</Enqueue></Response>`],
  )
  assert.equal(told(), [])
  await ramal.signIn('bia', agent())
  await ramal.settled()
  const [ringBia] = told()
  assert.match(ringBia ?? '', '>bia</Client>')
  const bia = { step: 'leg', leg: legIn(ringBia), call: CALL }
  await post({ CallSid: 'CAbia', ParentCallSid: CALL, CallStatus: 'ringing' }, bia)
  // Nobody answers, and the router finds it out.
  await ramal.signIn('caio', agent())
  await clock.advanceTo(T0 + 20_000, () => ramal.settled())
  const [release, ringCaio] = told()
  assert.match(release ?? '', /^<Response><Enqueue/)
  assert.match(ringCaio ?? '', '>caio</Client>')
  assert.is(ramal.router.state.agents.get('bia')?.presence, 'notResponding')
  const caio = { step: 'leg', leg: legIn(ringCaio), call: CALL }
  await post({ CallSid: 'CAcaio', ParentCallSid: CALL, CallStatus: 'in-progress' }, caio)
  const over = { ...parent, DialCallStatus: 'completed', DialCallDuration: '42', CallStatus: 'in-progress' }
  assert.equal(await post(over, { step: 'dialled', leg: caio.leg }), [200, '<Response><Hangup/></Response>'])
  await post({ ...parent, CallStatus: 'completed', CallDuration: '70' }, { step: 'status' })
  await clock.advanceTo(T0 + 60_000, () => ramal.settled())
  assert.equal(await types(), [
    'ConversationOpened',
    'CallOffered',
    'TicketClassified',
    'OfferIssued',
    'CallRang',
    'OfferExpired',
    'OfferIssued',
    'CallReleased',
    'CallRang',
    'OfferAccepted',
    'CallAnswered',
    'CallEnded',
    'ConversationResolved',
  ])
  await ramal.stop()
})

test('a phone that is busy: Twilio lets the customer wait, and the next agent is rung', async () => {
  const { ramal, told, post, types } = await open()
  await ramal.signIn('bia', agent())
  await post(incoming)
  const [ringBia] = told()
  await ramal.signIn('caio', agent())
  const busy = { ...parent, DialCallStatus: 'busy', CallStatus: 'in-progress' }
  const [, answer] = await post(busy, { step: 'dialled', leg: legIn(ringBia) })
  assert.match(answer, /^<Response><Enqueue/)
  const [ringCaio] = told()
  assert.match(ringCaio ?? '', '>caio</Client>')
  await post({ ...parent, QueueResult: 'hangup', CallStatus: 'completed' }, { step: 'left' })
  const facts = await types()
  assert.ok(facts.includes('OfferDeclined'))
  assert.is(facts.at(-1), 'ConversationAbandoned')
  await ramal.stop()
})

test('a forged webhook is refused, and tells nothing to do', async () => {
  const { ramal, types } = await open()
  const { url, body } = webhook(incoming)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'AAAA' }
  const response = await ramal.handle(new Request(url, { method: 'POST', headers, body: Buffer.from(body) }))
  assert.is(response.status, 403)
  assert.not.match(await response.text(), 'Response')
  assert.equal(await types(), [])
  await ramal.stop()
})

test.run()
