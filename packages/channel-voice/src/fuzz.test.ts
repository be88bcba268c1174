import { ensureAllValid } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { frames } from '../test/frames.js'
import { AUTH_TOKEN, CALL, OURS, PUBLIC_URL, webhook } from '../test/twilio.js'
import { asterisk, twilioVoice } from './index.js'

const test = suite('calls against arbitrary input')

const numbers = [{ id: OURS }]
const ari = asterisk({ origin: 'http://127.0.0.1:9', user: 'u', password: 'p', app: 'cc', numbers })
const twilio = twilioVoice({ accountSid: 'AC1', authToken: AUTH_TOKEN, publicUrl: PUBLIC_URL, numbers })

const id = fc.oneof(
  fc.constantFrom('1795375155.0', 'ramal.leg1.1795375155.0', 'ramal.talk.1795375155.0', 'ramal..', ''),
  fc.string({ unit: 'binary' }),
)
const channel = fc.record(
  {
    id,
    state: fc.constantFrom('Up', 'Ringing', 'Down', ''),
    caller: fc.oneof(fc.record({ name: fc.string(), number: fc.string() }), fc.anything({ maxDepth: 1 })),
    dialplan: fc.record({
      exten: fc.string(),
      app_data: fc.constantFrom('cc,inbound,1000', 'cc,inbound', 'cc', ',,,'),
    }),
  },
  { requiredKeys: [] },
)
const frame = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom(...frames.map(({ type }) => String(type)), 'ChannelLeftBridge'),
      fc.string(),
    ),
    timestamp: fc.oneof(
      fc.constantFrom('2026-11-22T19:19:15.289+0000', '-271821-04-20T00:00:00.000Z'),
      fc.string(),
    ),
    args: fc.oneof(
      fc.array(fc.string()),
      fc.constant(['inbound', '1000']),
      fc.constant(['inbound', 'x'.repeat(500)]),
    ),
    channel,
    peer: channel,
    transferer_first_leg: channel,
    transfer_target: channel,
    dialstatus: fc.constantFrom('RINGING', 'BUSY', ''),
    cause: fc.oneof(fc.integer(), fc.double()),
    result: fc.constantFrom('Success', 'Fail'),
    exten: fc.string({ unit: 'binary' }),
    recording: fc.record({
      name: id,
      target_uri: fc.string(),
      duration: fc.oneof(fc.double(), fc.integer()),
    }),
  },
  { requiredKeys: [] },
)

test('any frame is some events that can be written, and the same ones again', () => {
  fc.assert(
    fc.property(frame, (one) => {
      const body = new TextEncoder().encode(JSON.stringify(one))
      const request = { method: 'POST', url: '/', headers: new Headers(), body }
      const keys = (at: number) =>
        ensureAllValid(ari.decode(request, at), 'a drawn frame').map(({ dedupeKey }) => dedupeKey)
      assert.equal(keys(0), keys(86_400_000))
    }),
    { numRuns: 2_000 },
  )
})

const value = fc.oneof(
  fc.constantFrom(
    CALL,
    'completed',
    'busy',
    'in-progress',
    'ringing',
    'hangup',
    'queue-full',
    '+5511987654321',
    '-1',
  ),
  fc.string({ unit: 'binary' }),
)
const names = [
  'CallSid',
  'ParentCallSid',
  'CallStatus',
  'DialCallStatus',
  'QueueResult',
  'From',
  'To',
  'Direction',
]
const more = [
  'CallDuration',
  'DialCallDuration',
  'RecordingUrl',
  'RecordingStatus',
  'RecordingDuration',
  'CallerName',
]
const steps = ['', 'wait', 'left', 'leg', 'dialled', 'transferred', 'status', 'recorded', '__proto__']

test('any form is some events that can be written, and instructions that are XML', () => {
  const form = fc.dictionary(fc.constantFrom(...names, ...more), value)
  const step = fc.record({ step: fc.constantFrom(...steps), leg: value, call: value }, { requiredKeys: [] })
  fc.assert(
    fc.property(form, step, (fields, where) => {
      const request = webhook(fields, where)
      const keys = (at: number) =>
        ensureAllValid(twilio.decode(request, at), 'a drawn form').map(({ dedupeKey }) => dedupeKey)
      assert.equal(keys(0), keys(86_400_000))
      assert.match(twilio.instruct?.(request).body ?? '', /^<Response(\/>|>.*<\/Response>)$/)
    }),
    { numRuns: 2_000 },
  )
})

test.run()
