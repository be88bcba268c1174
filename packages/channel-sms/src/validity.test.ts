import type { ChannelAdapter, OutboundMessage } from '@ramal/channel'
import { provider } from '@ramal/channel/conformance'
import { virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { AUTH_TOKEN, PUBLIC_URL, TOKEN } from '../test/requests.js'
import {
  bandwidthSms,
  infobipSms,
  jasminSms,
  kannelSms,
  messageBirdSms,
  twilioSms,
  vonageSms,
} from './index.js'
import { smppValidity } from './validity.js'

const test = suite('how long a provider may try')
const HOUR = 3_600_000
const T0 = Date.UTC(2026, 2, 2, 15)

const message = (validFor?: number): OutboundMessage => ({
  message: 'c.m1',
  endpoint: '+15550001111',
  to: { kind: 'e164', value: '+5511987654321' },
  content: { kind: 'text', text: 'Hi' },
  sender: 'system',
  ...(validFor === undefined ? {} : { validFor }),
})

/** What the provider is sent: the query and the body, as it reads them. */
const asked = async (open: (origin: string) => ChannelAdapter, validFor?: number): Promise<string> => {
  let seen = ''
  const server = await provider((request, response, body) => {
    seen = `${request.url} ${body.toString('utf8')}`
    response.end('{}')
  })
  await open(server.origin).send(message(validFor))()
  await server.close()
  return seen
}

const numbers = [{ id: '+15550001111' }]
const common = { numbers, webhookSecret: TOKEN }
const gateway = { ...common, username: 'u', password: 'gateway-password', statusUrl: 'https://sms.example/x' }

/** Each provider; what it is told of two hours, of no time at all, and of a year. */
const table: readonly (readonly [
  string,
  (origin: string) => ChannelAdapter,
  field: RegExp,
  readonly [string, string, string],
])[] = [
  [
    'twilio',
    (origin) =>
      twilioSms({ numbers, accountSid: 'AC1', authToken: AUTH_TOKEN, publicUrl: PUBLIC_URL, origin }),
    /ValidityPeriod=(\d+)/,
    ['7200', '1', '36000'],
  ],
  [
    'vonage',
    (origin) => vonageSms({ ...common, apiKey: 'k', apiSecret: 'vonage-api-secret', origin }),
    /ttl=(\d+)/,
    ['7200999', '20000', '604800000'],
  ],
  [
    'messagebird',
    (origin) => messageBirdSms({ ...common, accessKey: 'messagebird-key', origin }),
    /"validity":(\d+)/,
    ['7200', '1', '604800'],
  ],
  [
    'infobip',
    (origin) => infobipSms({ ...common, apiKey: 'infobip-key', origin }),
    /"validityPeriod":(\d+)/,
    ['120', '1', '2880'],
  ],
  ['kannel', (origin) => kannelSms({ ...gateway, origin }), /[?&]validity=(\d+)/, ['120', '1', '40320']],
  [
    'jasmin',
    (origin) => jasminSms({ ...gateway, origin }),
    /[?&]validity-period=(\d+)/,
    ['120', '1', '40320'],
  ],
]

for (const [name, open, field, expected] of table)
  test(`${name} is told for how long a message is of use, within what it takes`, async () => {
    const told = async (validFor?: number) => field.exec(await asked(open, validFor))?.[1]
    assert.equal([await told(2 * HOUR + 999), await told(1), await told(365 * 24 * HOUR)], expected)
    assert.is(await told(), undefined, 'nothing is said of a message that says nothing')
  })

test('bandwidth is told until when', async () => {
  const open = (origin: string) =>
    bandwidthSms({
      ...{ ...common, origin, clock: virtualClock(T0) },
      ...{ accountId: '9', applicationId: 'a', user: 'u', password: 'bandwidth-password' },
    })
  const told = async (validFor?: number) => /"expiration":"([^"]+)"/.exec(await asked(open, validFor))?.[1]
  assert.equal([await told(2 * HOUR), await told()], ['2026-03-02T17:00:00.000Z', undefined])
})

test('SMPP counts the days, and what is left of the last', () => {
  assert.is(smppValidity(message()), undefined)
  assert.is(smppValidity(message(1)), '000000000001000R')
  assert.is(smppValidity(message(26 * HOUR + 61_000)), '000001020101000R')
  assert.is(smppValidity(message(365 * 24 * HOUR)), '000028000000000R')
})

test.run()
