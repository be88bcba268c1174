import { type Check, checks, missingFor, runCheck, type Subject } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { frames } from '../test/frames.js'
import { AUTH_TOKEN, CALL, incoming, OURS, PUBLIC_URL, webhook } from '../test/twilio.js'
import { asterisk, twilioVoice } from './index.js'

const numbers = [{ id: OURS }]
const parent = { CallSid: CALL, From: '+5511987654321', To: OURS, Direction: 'inbound' }
const leg = { step: 'leg', leg: 'leg1', call: CALL }
const secrets = [AUTH_TOKEN, 'the-ari-password']

const subjects: Readonly<Record<string, Subject>> = {
  Asterisk: {
    open: (origin, timeout) =>
      asterisk({ origin, timeout, user: 'ramal', password: 'the-ari-password', app: 'cc', numbers }),
    requests: frames.map((frame) => ({
      method: 'POST',
      url: '/',
      headers: new Headers(),
      body: new TextEncoder().encode(JSON.stringify(frame)),
    })),
    unsigned: true,
    secrets,
  },
  'Twilio Voice': {
    open: (origin, timeout) =>
      twilioVoice({
        origin,
        timeout,
        accountSid: 'AC1',
        authToken: AUTH_TOKEN,
        publicUrl: PUBLIC_URL,
        numbers,
      }),
    requests: [
      webhook(incoming),
      webhook({ ...parent, CallSid: 'CAchild', ParentCallSid: CALL, CallStatus: 'in-progress' }, leg),
      webhook(
        { ...parent, DialCallStatus: 'busy', CallStatus: 'in-progress' },
        { step: 'dialled', leg: 'leg1' },
      ),
      webhook({ ...parent, CallStatus: 'completed' }, { step: 'status' }),
      webhook({ CallSid: CALL, RecordingUrl: 'https://api.twilio.com/RE1' }, { step: 'recorded' }),
    ],
    json: false,
    secrets,
  },
}

/** ARI's frames come by a connection that we make: there is no webhook to be let in. */
const noWebhook = new Set(['what the provider sends is let in'])

for (const [name, subject] of Object.entries(subjects)) {
  const test = suite(`the contract of channels: ${name}`)
  const applies = (check: Check) =>
    missingFor(check, subject) === undefined && !(name === 'Asterisk' && noWebhook.has(check.name))
  for (const check of checks.filter(applies))
    test(check.name, () => runCheck(check, subject, { rounds: 200 }), { timeout: 30_000 })
  test('only what needs a webhook or messages is left out', () => {
    const left = checks.filter((check) => !applies(check) && check.needs !== 'sending')
    assert.equal(
      left.map((check) => check.name),
      name === 'Asterisk'
        ? [...noWebhook, ...checks.filter((c) => c.needs === 'signed').map((c) => c.name)]
        : [],
    )
  })
  test.run()
}
