import { type Check, checks, missingFor, runCheck, type Subject } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import { AUTH_TOKEN, form, json, PUBLIC_URL, TOKEN, twilioForm } from '../test/requests.js'
import {
  africasTalkingSms,
  bandwidthSms,
  infobipSms,
  jasminSms,
  kannelSms,
  messageBirdSms,
  plivoSms,
  twilioSms,
  vonageSignature,
  vonageSms,
  zenviaSms,
} from './index.js'

const numbers = [{ id: '+15550001111', mms: true }]
const message = {
  message: 'conversation.m1',
  endpoint: '+15550001111',
  to: { kind: 'e164' as const, value: '+5511987654321' },
  content: { kind: 'text' as const, text: 'Olá!' },
  sender: 'human' as const,
}
const webhookSecret = TOKEN
const common = { numbers, webhookSecret }
const statusUrl = `https://sms.example/webhooks/x?token=${TOKEN}`
const signature = { secret: 'vonage-signature-secret', method: 'sha256' as const }
const vonageForm = (fields: Readonly<Record<string, string>>) =>
  form({ ...fields, sig: vonageSignature(fields, signature) }, '')

/** Each provider with webhooks as it sends them and the answer it gives. */
const subjects: Readonly<
  Record<string, Omit<Subject, 'secrets' | 'sending'> & { readonly status: number; readonly body: string }>
> = {
  twilio: {
    open: (origin, timeout) =>
      twilioSms({
        numbers,
        accountSid: 'AC1',
        authToken: AUTH_TOKEN,
        publicUrl: PUBLIC_URL,
        origin,
        timeout,
      }),
    requests: [
      twilioForm({
        MessageSid: 'SM1',
        From: '+5511987654321',
        To: '+15550001111',
        Body: 'Olá & oi',
        NumMedia: '0',
      }),
      twilioForm({ MessageSid: 'SM2', MessageStatus: 'delivered', To: '+5511987654321' }, '?message=c.m1'),
    ],
    json: false,
    status: 201,
    body: '{"sid":"SM9","num_segments":"1"}',
  },
  vonage: {
    open: (origin, timeout) =>
      vonageSms({ numbers, apiKey: 'k', apiSecret: 'vonage-api-secret', signature, origin, timeout }),
    requests: [
      vonageForm({
        msisdn: '5511987654321',
        to: '15550001111',
        messageId: 'v1',
        text: 'a=b&c',
        type: 'text',
      }),
      vonageForm({
        msisdn: '5511987654321',
        to: '15550001111',
        messageId: 'v2',
        status: 'delivered',
        'err-code': '0',
      }),
    ],
    json: false,
    status: 200,
    body: '{"message-count":"1","messages":[{"status":"0","message-id":"v9"}]}',
  },
  zenvia: {
    open: (origin, timeout) => zenviaSms({ ...common, apiToken: 'zenvia-api-token', origin, timeout }),
    requests: [
      json({
        id: 'd1',
        timestamp: '2024-05-03T03:04:45Z',
        type: 'MESSAGE',
        message: {
          id: 'z1',
          from: '5511987654321',
          to: '2020',
          direction: 'IN',
          contents: [{ type: 'text', text: 'Oi' }],
        },
      }),
      json({ type: 'MESSAGE_STATUS', messageId: 'z2', messageStatus: { code: 'DELIVERED' } }),
    ],
    unsigned: true,
    status: 200,
    body: '{"id":"z9"}',
  },
  infobip: {
    open: (origin, timeout) => infobipSms({ ...common, apiKey: 'infobip-api-key', origin, timeout }),
    requests: [
      json({
        results: [{ messageId: 'i1', from: '385916242493', to: '385921004026', text: 'Hi', smsCount: 1 }],
      }),
      json({ results: [{ messageId: 'i2', status: { groupName: 'DELIVERED' } }] }),
    ],
    unsigned: true,
    status: 200,
    body: '{"messages":[{"messageId":"i9","status":{"groupName":"PENDING"}}]}',
  },
  bandwidth: {
    open: (origin, timeout) =>
      bandwidthSms({
        ...common,
        accountId: '1',
        user: 'u',
        password: 'bandwidth-password',
        applicationId: 'a',
        origin,
        timeout,
      }),
    requests: [
      json([
        {
          type: 'message-received',
          time: '2024-09-14T18:20:16Z',
          to: '+15550001111',
          message: {
            id: 'b1',
            from: '+15552223333',
            to: ['+15550001111'],
            text: 'hello',
            owner: '+15550001111',
          },
        },
      ]),
      json([{ type: 'message-delivered', to: '+15552223333', message: { id: 'b2', owner: '+15550001111' } }]),
    ],
    unsigned: true,
    status: 202,
    body: '{"id":"b9","segmentCount":1}',
  },
  plivo: {
    open: (origin, timeout) =>
      plivoSms({ ...common, authId: 'p', authToken: 'plivo-auth-token', origin, timeout }),
    requests: [
      form({ MessageUUID: 'p1', From: '15552223333', To: '15550001111', Text: 'hello', Type: 'sms' }),
      form({ MessageUUID: 'p2', Status: 'delivered', To: '15552223333', From: '15550001111' }),
    ],
    unsigned: true,
    json: false,
    status: 202,
    body: '{"message_uuid":["p9"]}',
  },
  messagebird: {
    open: (origin, timeout) => messageBirdSms({ ...common, accessKey: 'messagebird-key', origin, timeout }),
    requests: [
      form({ message_id: 'm1', originator: '15552223333', recipient: '15550001111', body: 'hello' }),
      form({ id: 'm2', status: 'delivered', recipient: '15552223333' }),
    ],
    unsigned: true,
    json: false,
    status: 201,
    body: '{"id":"m9"}',
  },
  africastalking: {
    open: (origin, timeout) =>
      africasTalkingSms({ ...common, username: 'u', apiKey: 'africas-talking-key', origin, timeout }),
    requests: [
      form({ id: 'a1', from: '+254791541111', to: '21512', text: 'hello', date: '2024-05-03 06:04:45' }),
      form({ id: 'a2', status: 'Success', phoneNumber: '+254791541111' }),
    ],
    unsigned: true,
    json: false,
    status: 201,
    body: '{"SMSMessageData":{"Recipients":[{"statusCode":101,"messageId":"a9","status":"Success"}]}}',
  },
  kannel: {
    open: (origin, timeout) =>
      kannelSms({ ...common, username: 'u', password: 'kannel-password', statusUrl, origin, timeout }),
    requests: [
      form({ id: 'k1', from: '+254791541111', to: '24453', text: 'hello', ts: '1714716285' }),
      form({ message: 'c.m1', status: '1' }),
    ],
    unsigned: true,
    json: false,
    status: 202,
    body: '0: Accepted for delivery',
  },
  jasmin: {
    open: (origin, timeout) =>
      jasminSms({ ...common, username: 'u', password: 'jasmin-password', statusUrl, origin, timeout }),
    requests: [
      form({ id: 'j1', from: '254791541111', to: '24453', content: 'hello', coding: '0' }),
      form({ id: 'j2', message_status: 'DELIVRD', dlvrd: '1' }),
    ],
    unsigned: true,
    json: false,
    status: 200,
    body: 'Success "j9"',
  },
}

const secrets = [
  TOKEN,
  AUTH_TOKEN,
  signature.secret,
  'vonage-api-secret',
  'zenvia-api-token',
  'infobip-api-key',
]

for (const [name, { status, body, ...rest }] of Object.entries(subjects)) {
  const test = suite(`the contract of channels: ${name}`)
  const subject: Subject = {
    ...rest,
    secrets: [...secrets, 'bandwidth-password', 'plivo-auth-token', 'jasmin-password', 'kannel-password'],
    sending: { message, accepted: { status, body } },
  }
  // Vonage signs in the fields: its headers say nothing that could be missing.
  const applies = ({ name: check }: Check) =>
    name !== 'vonage' || check !== 'a request without its headers is refused'
  const able = (check: Check) => missingFor(check, subject) === undefined && applies(check)
  for (const check of checks.filter(able))
    test(check.name, () => runCheck(check, subject, { rounds: 100 }), { timeout: 30_000 })
  test.run()
}
