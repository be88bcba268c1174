import type { CallAction, ChannelEvent, RawRequest } from '@ramal/channel'
import { type Provider, provider } from '@ramal/channel/conformance'
import { twilioSignature } from '@ramal/channel-twilio'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { ANA, AUTH_TOKEN, CALL, incoming, OURS, PUBLIC_URL, webhook } from '../test/twilio.js'
import { twilioVoice } from './index.js'
import { escapeXml } from './twiml.js'

const test = suite('Twilio Voice')

const options = { accountSid: 'AC1', authToken: AUTH_TOKEN, publicUrl: PUBLIC_URL, numbers: [{ id: OURS }] }
const adapter = twilioVoice(options)
const decode = (request: RawRequest) => adapter.decode(request, 1_000)
const told = (request: RawRequest, by = adapter) => by.instruct?.(request).body ?? ''
const parentOf = { CallSid: CALL, From: ANA, To: OURS, Direction: 'inbound' }
const only = (events: readonly ChannelEvent[]) => {
  assert.is(events.length, 1)
  return events[0]!
}

test('the signature of Twilio’s own documentation is taken', () => {
  // Twilio, "Validating requests": token, address and parameters of the example, with the signature given there.
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  }
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2'
  assert.is(twilioSignature('12345', url, Object.entries(fields)), 'RSOYDt4T1cUTdK1PDd93/VVr8B8=')
})

test('what is not signed by the token, over the public address, is not let in', () => {
  const request = webhook(incoming)
  assert.ok(E.isRight(adapter.verify(request, 0)))
  const behindProxy = { ...request, url: 'http://10.0.0.1:8080/webhooks/voice-twilio' }
  assert.ok(E.isRight(adapter.verify(behindProxy, 0)))
  const step = webhook(incoming, { step: 'left' })
  assert.ok(E.isRight(adapter.verify(step, 0)))
  assert.ok(E.isLeft(adapter.verify({ ...step, url: `${PUBLIC_URL}?step=dialled` }, 0)))
  const forged = twilioVoice({ ...options, authToken: 'another-token' })
  assert.ok(E.isLeft(forged.verify(request, 0)))
})

test('a call comes in and is told to wait; told again it is the same fact', () => {
  const event = only(decode(webhook(incoming)))
  assert.equal(event.kind === 'callOffered' && [event.call, event.endpoint, event.peer, event.direction], [
    CALL,
    OURS,
    [{ kind: 'e164', value: ANA }],
    'inbound',
  ])
  assert.is(only(decode(webhook({ ...incoming, CallStatus: 'in-progress' }))).dedupeKey, event.dedupeKey)
  assert.is(
    told(webhook(incoming)),
    `<Response><Enqueue action="${PUBLIC_URL}?step=left">ramal</Enqueue></Response>`,
  )
  const hidden = only(decode(webhook({ ...incoming, From: '+266696687' })))
  assert.equal(hidden.peer, [])
})

test('music of one’s own is played to those who wait', () => {
  const music = twilioVoice({ ...options, music: 'https://cdn.example/a.mp3?x=1&y=2' })
  assert.match(
    told(webhook(incoming), music),
    'waitUrl="https://voice.example/webhooks/voice-twilio?step=wait"',
  )
  assert.is(
    told(webhook(parentOf, { step: 'wait' }), music),
    '<Response><Play loop="0">https://cdn.example/a.mp3?x=1&amp;y=2</Play></Response>',
  )
})

test('who hangs up while they wait has ended the call; a queue that is full is said, and tried again', () => {
  const left = { step: 'left' }
  const hung = only(decode(webhook({ ...parentOf, QueueResult: 'hangup', CallStatus: 'completed' }, left)))
  assert.equal(hung.kind === 'callEnded' && [hung.by, hung.call], ['customer', CALL])
  const full = webhook({ ...parentOf, QueueResult: 'queue-full', CallStatus: 'in-progress' }, left)
  const health = only(decode(full))
  assert.equal(health.kind === 'endpointHealth' && [health.level, health.what], [
    'degraded',
    'queue: queue-full',
  ])
  assert.match(told(full), /<Pause length="5"\/><Enqueue/)
  const redirected = webhook({ ...parentOf, QueueResult: 'redirected', CallStatus: 'in-progress' }, left)
  assert.equal(decode(redirected), [])
  assert.is(told(redirected), '<Response/>')
})

test('an agent’s phone rings, is answered, and hangs up; each is a fact of the attempt', () => {
  const leg = { step: 'leg', leg: 'leg1', call: CALL }
  const child = { CallSid: 'CAchild', ParentCallSid: CALL }
  const rang = only(decode(webhook({ ...child, CallStatus: 'ringing' }, leg)))
  assert.equal(rang.kind === 'callRang' && [rang.call, rang.leg], [CALL, 'leg1'])
  const answered = only(decode(webhook({ ...child, CallStatus: 'in-progress' }, leg)))
  assert.equal(answered.kind === 'callAnswered' && [answered.call, answered.leg], [CALL, 'leg1'])
  const dialled = {
    ...parentOf,
    DialCallStatus: 'completed',
    DialCallDuration: '42',
    CallStatus: 'in-progress',
  }
  const over = webhook(dialled, { step: 'dialled', leg: 'leg1' })
  const ended = only(decode(over))
  assert.equal(ended.kind === 'callEnded' && [ended.by, ended.duration], ['agent', 42_000])
  assert.is(told(over), '<Response><Hangup/></Response>')
  const byCustomer = webhook({ ...dialled, CallStatus: 'completed' }, { step: 'dialled', leg: 'leg1' })
  assert.is((only(decode(byCustomer)) as { by: string }).by, 'customer')
  assert.is(told(byCustomer), '<Response/>')
})

for (const [status, cause] of [
  ['no-answer', 'noAnswer'],
  ['busy', 'busy'],
  ['failed', 'failed'],
] as const)
  test(`a phone that ends with ${status} is reported, and the customer waits on`, () => {
    const request = webhook(
      { ...parentOf, DialCallStatus: status, CallStatus: 'in-progress' },
      { step: 'dialled', leg: 'leg1' },
    )
    const missed = only(decode(request))
    assert.equal(missed.kind === 'callMissed' && [missed.leg, missed.cause, missed.call], [
      'leg1',
      cause,
      CALL,
    ])
    assert.match(told(request), '<Enqueue')
  })

test('statuses and recordings are facts; the end is one, whichever webhook tells it first', () => {
  const status = only(
    decode(webhook({ ...parentOf, CallStatus: 'completed', CallDuration: '50' }, { step: 'status' })),
  )
  assert.equal(status.kind === 'callEnded' && [status.by, status.duration], ['unknown', 50_000])
  const left = only(decode(webhook({ ...parentOf, QueueResult: 'hangup' }, { step: 'left' })))
  assert.is(left.dedupeKey, status.dedupeKey)
  assert.equal(decode(webhook({ ...parentOf, CallStatus: 'in-progress' }, { step: 'status' })), [])
  const fields = {
    CallSid: CALL,
    RecordingSid: 'RE1',
    RecordingUrl: 'https://api.twilio.com/RE1',
    RecordingDuration: '7',
  }
  const recorded = only(decode(webhook({ ...fields, RecordingStatus: 'completed' }, { step: 'recorded' })))
  assert.equal(recorded.kind === 'callRecorded' && [recorded.recording, recorded.duration], [
    'https://api.twilio.com/RE1',
    7_000,
  ])
  assert.equal(decode(webhook({ ...fields, RecordingStatus: 'in-progress' }, { step: 'recorded' })), [])
})

test('what comes from no step of ours is kept', () => {
  assert.is(only(decode(webhook(incoming, { step: 'dance' }))).kind, 'unrecognised')
  assert.is(only(decode(webhook({ From: ANA }))).kind, 'unrecognised')
  assert.is(only(decode(webhook(parentOf, { step: 'dialled' }))).kind, 'unrecognised')
})

/** What the API was asked for an action, as a form, and what the adapter made of its answer. */
const act = async (action: CallAction, status = 200, body = '{}', more: object = {}) => {
  const asked: { path: string; form: URLSearchParams; authorization: string }[] = []
  const api: Provider = await provider((request, response, bytes) => {
    const { url: path = '', headers } = request
    asked.push({
      path,
      form: new URLSearchParams(bytes.toString()),
      authorization: headers.authorization ?? '',
    })
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const own = twilioVoice({ ...options, ...more, origin: api.origin })
  const done = await own.control!({ endpoint: OURS, call: CALL, action })()
  await api.close()
  return { asked, done }
}

test('an agent is rung by the customer’s call being sent to them', async () => {
  const connect = { kind: 'connect', leg: 'leg1', address: '+5511900000000', timeout: 25_000 } as const
  const { asked, done } = await act(connect)
  assert.ok(E.isRight(done))
  assert.is(asked[0]?.path, `/2010-04-01/Accounts/AC1/Calls/${CALL}.json`)
  assert.is(asked[0]?.authorization, `Basic ${Buffer.from(`AC1:${AUTH_TOKEN}`).toString('base64')}`)
  assert.is(
    asked[0]?.form.get('Twiml'),
    '<Response><Dial answerOnBridge="true" timeout="25" ' +
      `action="${PUBLIC_URL}?step=dialled&amp;leg=leg1"><Number statusCallback="${PUBLIC_URL}?step=leg&amp;` +
      `leg=leg1&amp;call=${CALL}" statusCallbackEvent="ringing answered">+5511900000000</Number></Dial></Response>`,
  )
  const client = await act({ ...connect, address: 'client:bia' }, 200, '{}', { record: true })
  const twiml = client.asked[0]?.form.get('Twiml') ?? ''
  assert.match(twiml, '>bia</Client>')
  assert.match(twiml, `recordingStatusCallback="${PUBLIC_URL}?step=recorded"`)
  const sip = await act({ ...connect, address: 'sip:bia@pbx.example;a=<b>' })
  assert.match(sip.asked[0]?.form.get('Twiml') ?? '', '>sip:bia@pbx.example;a=&lt;b&gt;</Sip>')
})

test('customers are let wait, passed on and hung up; what Twilio cannot do is a fault and asks nothing', async () => {
  const released = await act({ kind: 'release', leg: 'leg1' })
  assert.match(released.asked[0]?.form.get('Twiml') ?? '', '<Enqueue')
  const passed = await act({ kind: 'transfer', address: '+5511900000000' })
  const passedOn = `<Dial answerOnBridge="true" action="${PUBLIC_URL}?step=transferred"><Number>+5511900000000</Number>`
  assert.match(passed.asked[0]?.form.get('Twiml') ?? '', passedOn)
  assert.is((await act({ kind: 'hangUp' })).asked[0]?.form.get('Status'), 'completed')
  for (const kind of ['hold', 'resume'] as const) {
    const { asked, done } = await act({ kind })
    assert.is(asked.length, 0)
    assert.is(E.isLeft(done) && done.left.class, 'content')
  }
})

test('a call that is over is no trouble of the channel; a wrong token is; neither tells the token', async () => {
  const over = await act({ kind: 'hangUp' }, 400, '{"code":21220,"message":"Call is not in-progress."}')
  assert.equal(over.done, E.left({ class: 'recipient', reason: 'The call is over.', code: '21220' }))
  const wrong = await act({ kind: 'hangUp' }, 401, '{"code":20003}')
  assert.is(E.isLeft(wrong.done) && wrong.done.left.class, 'channel')
  assert.not.match(JSON.stringify(wrong.done), AUTH_TOKEN)
})

test('whatever an address says, the instructions stay XML with one phone in them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeXml(text)
      assert.not.match(escaped, /[<>"']|&(?!(amp|lt|gt|quot|apos);)/)
      assert.ok(escaped.isWellFormed())
    }),
  )
})

test.run()
