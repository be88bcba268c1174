import type { ChannelAdapter } from '@ramal/channel'
import { ensureAllValid } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { form, json, TOKEN } from '../test/requests.js'
import {
  africasTalkingSms,
  bandwidthSms,
  infobipSms,
  jasminSms,
  kannelSms,
  messageBirdSms,
  plivoSms,
  vonageSms,
  zenviaSms,
} from './index.js'

const test = suite('SMS providers against arbitrary fields')

const common = { numbers: [{ id: '2020' }], webhookSecret: TOKEN, origin: 'http://127.0.0.1:9' }
const gateway = { ...common, username: 'u', password: 'p', statusUrl: 'https://sms.example/' }
const adapters: readonly ChannelAdapter[] = [
  vonageSms({ ...common, apiKey: 'k', apiSecret: 's' }),
  zenviaSms({ ...common, apiToken: 't' }),
  infobipSms({ ...common, apiKey: 'k' }),
  bandwidthSms({ ...common, accountId: '1', user: 'u', password: 'p', applicationId: 'a' }),
  plivoSms({ ...common, authId: 'p', authToken: 't' }),
  messageBirdSms({ ...common, accessKey: 'k' }),
  africasTalkingSms({ ...common, username: 'u', apiKey: 'k' }),
  kannelSms(gateway),
  jasminSms(gateway),
]

/** Every field that some provider names. */
const name = fc.constantFrom(
  ...[
    'id',
    'messageId',
    'MessageUUID',
    'ParentMessageUUID',
    'message_id',
    'uuid',
    'from',
    'From',
    'to',
    'To',
  ],
  ...[
    'msisdn',
    'sender',
    'originator',
    'recipient',
    'receiver',
    'text',
    'Text',
    'message',
    'body',
    'content',
  ],
  ...['status', 'Status', 'message_status', 'dlvrd', 'err-code', 'scts', 'type', 'data', 'binary', 'coding'],
  ...['concat', 'concat-ref', 'concat-total', 'concat-part', 'message-timestamp', 'ts', 'date', 'mediaURLs'],
  ...[
    'results',
    'contents',
    'messageStatus',
    'time',
    'owner',
    'media',
    'code',
    'causes',
    'recipients',
    'items',
  ],
  ...['direction', '__proto__', 'constructor'],
)
const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'true',
    '1',
    '2',
    '8',
    'mt',
    'delivered',
    'DELIVERED',
    'message-received',
    '+5511987654321',
    '0041',
  ),
  fc.constantFrom('2024-11-22 12:00:01', '99999999999999', '1493735509', '-1', 'NaN', 'Infinity', '1e400'),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.jsonValue(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 8 }),
}))

test('any form is read: each gives events that the log takes, the same each time', () => {
  fc.assert(
    fc.property(fc.dictionary(name, word), (fields) => {
      for (const adapter of adapters) {
        const events = ensureAllValid(adapter.decode(form(fields), 5000), adapter.id)
        assert.ok(events.length > 0, adapter.id)
        assert.equal(adapter.decode(form(fields), 5000), events)
      }
    }),
    { numRuns: 400 },
  )
})

test('any JSON is read, of the names that they use or of others', () => {
  const body = fc.oneof(
    value,
    fc.dictionary(name, value),
    fc.array(fc.dictionary(name, value), { maxLength: 3 }),
  )
  fc.assert(
    fc.property(body, (content) => {
      for (const adapter of adapters)
        assert.ok(ensureAllValid(adapter.decode(json(content), 5000), adapter.id).length > 0, adapter.id)
    }),
    { numRuns: 400 },
  )
})

test.run()
