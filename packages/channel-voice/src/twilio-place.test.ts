import { answering, provider } from '@ramal/channel/conformance'
import { memoryStore, type Recorded, START, virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { startRamal } from 'ramal'
import * as assert from 'uvu/assert'
import { ANA, AUTH_TOKEN, OURS, PUBLIC_URL, webhook } from '../test/twilio.js'
import { twilioVoice } from './index.js'

const test = suite('Twilio Voice: calls to customers')

const T0 = 1_780_000_000_000
const PARENT = 'CAagent'
const CHILD = 'CAcustomer'

/** Bia calls Ana: what Twilio is asked for, by real HTTP, and the steps that come back. */
const placing = async () => {
  const clock = virtualClock(T0)
  const store = memoryStore({ clock })
  const asked: { readonly path: string; readonly form: URLSearchParams }[] = []
  const twilio = await provider((request, response, body) => {
    asked.push({ path: request.url ?? '', form: new URLSearchParams(body.toString()) })
    answering(201, JSON.stringify({ sid: PARENT }))(request, response, body)
  })
  const options = { accountSid: 'AC1', authToken: AUTH_TOKEN, publicUrl: PUBLIC_URL, origin: twilio.origin }
  const ramal = await startRamal({
    ...{ store, clock, patience: 0 },
    policy: { name: 'phones', classification: [{ queue: 'care' }], queues: { care: {} } },
    channels: [twilioVoice({ ...options, numbers: [{ id: OURS }] })],
    calls: { addressOf: (agent) => `client:${agent}` },
  })
  await ramal.signIn('bia', { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['care'] })
  const to = { identifier: { kind: 'e164', value: ANA } } as const
  const dialled = await ramal.dial({ agent: 'bia', to, endpoint: OURS })
  if (E.isLeft(dialled)) throw new Error(JSON.stringify(dialled.left))
  await ramal.settled()
  const { conversation, call } = dialled.right
  const first = asked.shift()!
  const leg = new URL(first.form.get('StatusCallback')!).searchParams.get('leg')!
  const facts = async () => {
    const all: Recorded[] = []
    for await (const { events } of store.readAll({ after: START, categories: ['conversation'] }))
      all.push(...events)
    return all
  }
  return {
    ...{ ramal, conversation, call, leg, first, asked, facts },
    /** Twilio posts what has become of one of the two calls, and is told what to do next. */
    async post(step: string, fields: Readonly<Record<string, string>>) {
      const { method, url, headers, body } = webhook(fields, { step, leg, call })
      const request = new Request(url, { method, headers: headers as Headers, body: Buffer.from(body) })
      const response = await ramal.handle(request)
      await ramal.settled()
      return [response.status, await response.text()] as const
    },
    outcome: async () =>
      (await facts()).flatMap(({ type, data }) =>
        type === 'CallEnded' ? [(data as { outcome?: string }).outcome] : [],
      ),
    async close() {
      await ramal.stop()
      await twilio.close()
    },
  }
}

const agent = (status: string) => ({ CallSid: PARENT, CallStatus: status, Direction: 'outbound-api' })
const customer = (status: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ CallSid: CHILD, ParentCallSid: PARENT, CallStatus: status, Direction: 'outbound-dial' },
  ...more,
})

test('Twilio is asked to ring the agent, and to give them the customer; they talk, and it ends', async () => {
  const { ramal, conversation, call, leg, first, asked, post, outcome, facts, close } = await placing()
  assert.is(first.path, '/2010-04-01/Accounts/AC1/Calls.json')
  assert.equal(
    ['To', 'From', 'Timeout'].map((name) => first.form.get(name)),
    ['client:bia', OURS, '25'],
  )
  assert.equal(first.form.getAll('StatusCallbackEvent'), ['initiated', 'completed'])
  const query = `leg=${leg}&amp;call=${call}`
  assert.is(
    first.form.get('Twiml'),
    `<Response><Dial answerOnBridge="true" timeout="45" callerId="${OURS}" action="${PUBLIC_URL}?step=reached&amp;${query}">` +
      `<Number statusCallback="${PUBLIC_URL}?step=customer&amp;${query}" statusCallbackEvent="initiated ringing answered completed">${ANA}</Number></Dial></Response>`,
  )
  await post('placed', agent('initiated'))
  await post('customer', customer('initiated'))
  await post('customer', customer('ringing'))
  const found = await ramal.find(conversation)
  assert.is(found._tag === 'Some' && found.value.call?.answered, false)
  await post('customer', customer('in-progress'))
  // From here on it is the customer's call that is acted on.
  const passed = await ramal.call(conversation, 'bia', { kind: 'hangUp' })
  assert.ok(E.isRight(passed))
  assert.equal(
    asked.map(({ path, form }) => [path, form.get('Status')]),
    [[`/2010-04-01/Accounts/AC1/Calls/${CHILD}.json`, 'completed']],
  )
  await post('customer', customer('completed', { CallDuration: '42' }))
  assert.equal(await outcome(), ['answered'])
  const reached = await post('reached', { ...agent('in-progress'), DialCallStatus: 'completed' })
  assert.equal(reached, [200, '<Response><Hangup/></Response>'])
  await post('placed', agent('completed'))
  assert.equal(
    (await facts()).map(({ type }) => type),
    [
      ...['ConversationOpened', 'CallPlaced', 'PickRequested', 'TicketPicked', 'CallRang', 'CallNamed'],
      ...['CallNamed', 'CallAnswered', 'CallEnded', 'ConversationResolved'],
    ],
  )
  const ended = (await facts()).find(({ type }) => type === 'CallEnded')
  assert.is((ended!.data as { duration: number }).duration, 42_000)
  await close()
})

for (const [status, outcome] of [
  ['busy', 'busy'],
  ['no-answer', 'noAnswer'],
  ['failed', 'failed'],
  ['canceled', 'cancelled'],
] as const)
  test(`a customer who is not reached (${status}): ${outcome}, once, and the agent is let go`, async () => {
    const desk = await placing()
    await desk.post('placed', agent('initiated'))
    await desk.post('customer', customer('initiated'))
    await desk.post('customer', customer(status))
    const [, next] = await desk.post('reached', { ...agent('in-progress'), DialCallStatus: status })
    assert.is(next, '<Response><Hangup/></Response>')
    await desk.post('placed', agent('completed'))
    assert.equal(await desk.outcome(), [outcome])
    assert.not.ok((await desk.facts()).some(({ type }) => type === 'ConversationAbandoned'))
    await desk.close()
  })

test('an agent who does not answer, or hangs up before the customer does, has called nobody', async () => {
  for (const status of ['no-answer', 'busy', 'completed']) {
    const desk = await placing()
    await desk.post('placed', agent('initiated'))
    await desk.post('placed', agent(status))
    assert.equal(await desk.outcome(), ['cancelled'], status)
    await desk.close()
  }
})

test('a customer whom we called and who is passed on waits, and is rung by the next agent', async () => {
  const { ramal, conversation, asked, post, outcome, close } = await placing()
  await post('placed', agent('initiated'))
  await post('customer', customer('in-progress'))
  await ramal.agent('bia', { type: 'becomeUnavailable', reason: 'lunch' })
  await ramal.signIn('caio', { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['care'] })
  const to = { kind: 'queue', queue: 'care' } as const
  const by = { kind: 'human', id: 'bia' } as const
  await ramal.conversation(conversation, { type: 'transfer', to, mode: 'cold', by })
  await ramal.settled()
  const paths = new Set(asked.map(({ path }) => path))
  assert.equal([...paths], [`/2010-04-01/Accounts/AC1/Calls/${CHILD}.json`])
  const twiml = asked.map(({ form }) => form.get('Twiml') ?? '')
  assert.match(twiml[0]!, /^<Response><Enqueue/)
  assert.match(twiml.at(-1)!, '>caio</Client>')
  // The first agent's end is not the customer's.
  await post('reached', { ...agent('in-progress'), DialCallStatus: 'completed' })
  await post('placed', agent('completed'))
  assert.equal(await outcome(), [])
  await post('customer', customer('completed', { CallDuration: '90' }))
  assert.equal(await outcome(), ['answered'])
  await close()
})

test('what Twilio has not named yet cannot be acted on', async () => {
  const { ramal, conversation, post, asked, close } = await placing()
  const early = await ramal.call(conversation, 'bia', { kind: 'hangUp' })
  assert.ok(E.isLeft(early) && 'class' in early.left && early.left.class === 'recipient')
  await post('placed', agent('initiated'))
  assert.ok(E.isRight(await ramal.call(conversation, 'bia', { kind: 'hangUp' })))
  assert.is(asked[0]?.path, `/2010-04-01/Accounts/AC1/Calls/${PARENT}.json`)
  await close()
})

test.run()
