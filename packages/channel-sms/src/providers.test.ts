import { createHash, createHmac } from 'node:crypto'
import type { ChannelAdapter, ChannelEvent, RawRequest } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { form, json, TOKEN } from '../test/requests.js'
import { africasTalkingSms, bandwidthSms, infobipSms, messageBirdSms, plivoSms, vonageSms } from './index.js'

const test = suite('what SMS providers say beside the common')

const common = { numbers: [{ id: '+15550001111' }], webhookSecret: TOKEN }
const all = (adapter: ChannelAdapter, request: RawRequest) => adapter.decode(request, 5000)
const one = (adapter: ChannelAdapter, request: RawRequest): ChannelEvent => {
  const events = all(adapter, request)
  assert.is(events.length, 1, JSON.stringify(events))
  return events[0]!
}

const vonage = vonageSms({ ...common, apiKey: 'k', apiSecret: 's' })
const uuid = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab'

test('Vonage: messages and statuses of its Messages API', () => {
  const incoming = {
    channel: 'sms',
    message_uuid: uuid,
    to: '15550001111',
    from: '5511987654321',
    timestamp: '2025-02-03T12:14:25Z',
    message_type: 'text',
    text: 'Olá',
    sms: { num_messages: '1', keyword: 'OLÁ' },
  }
  const event = one(vonage, json(incoming))
  assert.equal(event.kind === 'message' && [event.dedupeKey, event.endpoint, event.at, event.content], [
    `vonage:${uuid}`,
    '+15550001111',
    Date.UTC(2025, 1, 3, 12, 14, 25),
    { kind: 'text', text: 'Olá' },
  ])
  assert.equal(event.peer, [{ kind: 'e164', value: '+5511987654321' }])
  const picture = { url: 'https://api.nexmo.com/v3/media/1', caption: 'look' }
  const mms = one(
    vonage,
    json({ ...incoming, channel: 'mms', message_type: 'image', text: undefined, image: picture }),
  )
  assert.equal(
    mms.kind === 'message' &&
      mms.content.kind === 'media' && [mms.content.media, mms.content.reference, mms.content.caption],
    ['image', picture.url, 'look'],
  )
  const button = { ...incoming, message_type: 'reply', text: undefined, reply: { id: 'r1', title: 'Yes' } }
  const chosen = one(vonage, json(button))
  assert.equal(chosen.kind === 'message' && chosen.content, { kind: 'choice', id: 'r1', title: 'Yes' })
  const odd = one(vonage, json({ ...incoming, message_type: 'hologram', text: undefined }))
  assert.equal(odd.kind === 'message' && odd.content, { kind: 'unrecognised', type: 'hologram' })
  const failed = one(
    vonage,
    json({
      message_uuid: uuid,
      to: '5511987654321',
      from: '15550001111',
      timestamp: '2025-02-03T12:14:26Z',
      status: 'undeliverable',
      error: { title: '1260', detail: 'Destination unreachable' },
      channel: 'sms',
      client_ref: 'c.m',
    }),
  )
  assert.equal(
    failed.kind === 'status' && [failed.to, failed.code, failed.class, failed.reason, failed.correlation],
    ['failed', '1260', 'recipient', 'Destination unreachable', 'c.m'],
  )
})

test('Vonage: webhooks signed by a token that names their body', () => {
  const secret = 'a secret to sign with'
  const signed = vonageSms({ ...common, apiKey: 'k', apiSecret: 's', signature: { secret, method: 'jwt' } })
  const body = Buffer.from('{"message_uuid":"x"}')
  const token = (claims: object, key = secret, alg = 'HS256') => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = `${part({ typ: 'JWT', alg })}.${part(claims)}`
    return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`
  }
  const claims = { iss: 'Vonage', payload_hash: createHash('sha256').update(body).digest('hex') }
  const check = (bearer: string | undefined, bytes: Uint8Array = body) => {
    const headers = new Headers(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` })
    const verified = signed.verify({ method: 'POST', url: '/', headers, body: bytes }, 0)
    return E.isRight(verified) ? 200 : verified.left.status
  }
  assert.is(check(token(claims)), 200)
  assert.is(check(undefined), 401)
  assert.is(check(token(claims, 'another')), 403)
  assert.is(check(token(claims), Buffer.from('{}')), 403)
  assert.is(check(token({ iss: 'Vonage' })), 403)
  assert.is(check(token(claims, secret, 'none')), 403)
  for (const odd of ['', 'a.b', 'a.b.c', '..', `${token(claims)}.x`]) assert.ok(check(odd) >= 401, odd)
})

test('Plivo: who said STOP is not written to again', () => {
  const plivo = plivoSms({ ...common, authId: 'a', authToken: 't' })
  const status = (ErrorCode: string) => {
    const event = one(
      plivo,
      form({ MessageUUID: 'u', From: '15550001111', To: '5511987654321', Status: 'undelivered', ErrorCode }),
    )
    return event.kind === 'status' && [event.to, event.code, event.class]
  }
  assert.equal(status('200'), ['failed', '200', 'consent'])
  assert.equal(status('50'), ['failed', '50', 'recipient'])
  assert.equal(status('30'), ['failed', '30', 'content'])
  const mms = all(
    plivo,
    form({
      ...{ MessageUUID: 'v', From: '5511987654321', To: '15550001111', Body: 'look' },
      ...{ Media0: 'https://media.plivo.com/a/b.jpg' },
    }),
  )
  assert.equal(
    mms.map(
      (e) => e.kind === 'message' && e.content.kind === 'media' && [e.content.media, e.content.caption],
    ),
    [['image', 'look']],
  )
})

test('Africa’s Talking: who opts out of a sender is not written to again', () => {
  const adapter = africasTalkingSms({ ...common, username: 'u', apiKey: 'k' })
  const event = one(adapter, form({ senderId: 'ACME', phoneNumber: '+254700000000' }))
  assert.equal(event.kind === 'consent' && [event.granted, event.purpose, event.source, event.peer], [
    false,
    'all',
    'provider',
    [{ kind: 'e164', value: '+254700000000' }],
  ])
})

test('what went well has no reason why it failed', () => {
  const infobip = infobipSms({ ...common, apiKey: 'k', origin: 'https://a.api.infobip.com' })
  const delivered = one(
    infobip,
    json({
      results: [
        {
          ...{ messageId: 'i', to: '5511987654321', doneAt: '2025-02-03T12:14:25.000+0000' },
          status: { groupName: 'DELIVERED', name: 'DELIVERED_TO_HANDSET' },
          error: { id: 0, name: 'NO_ERROR', permanent: false },
        },
      ],
    }),
  )
  assert.equal(delivered.kind === 'status' && [delivered.to, delivered.reason, delivered.code], [
    'delivered',
    undefined,
    undefined,
  ])
  const bird = messageBirdSms({ ...common, accessKey: 'k' })
  const step = (status: string, statusErrorCode: string, statusReason: string) => {
    const event = one(
      bird,
      form({ id: 'b', recipient: '5511987654321', status, statusErrorCode, statusReason }),
    )
    return event.kind === 'status' && [event.to, event.reason, event.code]
  }
  assert.equal(step('delivered', '0', 'successfully delivered'), ['delivered', undefined, undefined])
  assert.equal(step('delivery_failed', '1', 'unknown subscriber'), ['failed', 'unknown subscriber', '1'])
})

test('a file without a type is known by the end of its name', () => {
  const bandwidth = bandwidthSms({ ...common, accountId: 'a', user: 'u', password: 'p', applicationId: 'x' })
  const media = ['a.JPG', 'b.mp4', 'c.amr', 'd.pdf', 'e'].map(
    (name) => `https://messaging.bandwidth.com/m/${name}?x=1`,
  )
  const message = { id: 'w', from: '+5511987654321', owner: '+15550001111', text: '', media }
  const events = all(bandwidth, json([{ type: 'message-received', time: '2025-02-03T12:14:25Z', message }]))
  assert.equal(
    events.map((e) => e.kind === 'message' && e.content.kind === 'media' && e.content.media),
    ['image', 'video', 'audio', 'document', 'document'],
  )
})

test('what has an empty id or nobody to answer to is kept; JSON is no form', () => {
  const nobody = one(vonage, json({ to: '15550001111', messageId: 'm1', msisdn: '', text: 'hi' }))
  assert.equal(nobody.kind === 'unrecognised' && nobody.reason, 'It has no sender.')
  const nameless = one(
    vonage,
    json({ to: '15550001111', messageId: '', msisdn: '5511987654321', text: 'hi' }),
  )
  assert.equal(nameless.kind === 'unrecognised' && nameless.reason, 'It has no id.')
  const fields = { to: '15550001111', messageId: 'm1', msisdn: '5511987654321', text: 'hi' }
  assert.equal(one(vonage, json(fields)).raw, fields)
})

test.run()
