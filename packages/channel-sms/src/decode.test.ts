import { type ChannelAdapter, type ChannelEvent, numberOf, peerOf } from '@ramal/channel'
import { answering, provider } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { form, json, TOKEN } from '../test/requests.js'
import {
  africasTalkingSms,
  infobipSms,
  jasminSms,
  kannelSms,
  messageBirdSms,
  plivoSms,
  vonageSignature,
  vonageSms,
  zenviaSms,
} from './index.js'

const test = suite('what SMS providers say')

const common = { numbers: [{ id: '+5511900001111' }, { id: '2020' }], webhookSecret: TOKEN }
const statusUrl = `https://sms.example/webhooks/x?token=${TOKEN}`
const gateway = {
  ...common,
  username: 'u',
  password: 'gateway-password',
  origin: 'http://127.0.0.1:9',
  statusUrl,
}
const vonage = vonageSms({ ...common, apiKey: 'k', apiSecret: 's' })
const zenvia = zenviaSms({ ...common, apiToken: 't' })
const one = (events: readonly ChannelEvent[]): ChannelEvent => {
  assert.is(events.length, 1)
  return events[0]!
}
const said = (adapter: ChannelAdapter, fields: Record<string, string>) =>
  one(adapter.decode(form(fields), 5000))

test('one number is one text, however it is written; a name has no number', () => {
  for (const number of ['+5511900001111', '5511900001111', '005511900001111', '+55 (11) 90000-1111'])
    assert.is(numberOf(number), '+5511900001111')
  assert.is(numberOf('2020'), '2020')
  assert.is(numberOf('011900001111'), '011900001111')
  assert.equal(peerOf('MTN'), [])
  fc.assert(fc.property(fc.string(), (text) => assert.is(numberOf(numberOf(text)), numberOf(text))))
})

test('an endpoint is named as it was configured', () => {
  const event = said(vonage, { msisdn: '5511987654321', to: '5511900001111', messageId: 'a', text: 'Oi' })
  assert.is(event.endpoint, '+5511900001111')
  const byName = said(vonage, { msisdn: 'BANK', to: '2020', messageId: 'b', text: 'Your code' })
  assert.equal([byName.kind, byName.endpoint, byName.peer], ['message', '2020', []])
})

test('parts of a message say that they are, the same whenever they come; one part is a whole', () => {
  const part = (n: number, total = '2') => ({
    msisdn: '5511987654321',
    to: '2020',
    messageId: `id-${n}`,
    text: `part ${n}`,
    concat: 'true',
    'concat-ref': '17',
    'concat-total': total,
    'concat-part': String(n),
    'message-timestamp': '2024-11-22 12:00:01',
  })
  const [first, second] = [said(vonage, part(1)), said(vonage, part(2))]
  assert.equal(
    [first, second].map((event) => event.kind === 'messagePart' && [event.part, event.total, event.text]),
    [
      [1, 2, 'part 1'],
      [2, 2, 'part 2'],
    ],
  )
  assert.is(first.kind === 'messagePart' && first.whole, second.kind === 'messagePart' && second.whole)
  assert.is(said(vonage, part(1, '1')).kind, 'message')
  for (const bad of ['0', 'x', '999']) assert.is(said(vonage, part(1, bad)).kind, 'message')
})

test('Vonage signs the fields: any change is refused, by any method', () => {
  for (const method of ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const) {
    const signature = { secret: 'signature-secret', method }
    const adapter = vonageSms({ ...common, apiKey: 'k', apiSecret: 's', signature })
    const fields = { msisdn: '5511987654321', to: '2020', messageId: 'a', text: 'a=b&c' }
    const sig = vonageSignature(fields, signature)
    assert.ok(E.isRight(adapter.verify(form({ ...fields, sig: sig.toUpperCase() }, ''), 0)))
    assert.ok(E.isRight(adapter.verify(json({ ...fields, sig }), 0)))
    assert.ok(E.isLeft(adapter.verify(form({ ...fields, text: 'other', sig }, ''), 0)))
    assert.ok(E.isLeft(adapter.verify(form(fields, ''), 0)))
  }
  // md5("&a=1&b=x_y" + "secret"), by openssl.
  const known = vonageSignature(
    { b: 'x=y', a: '1', sig: 'not signed' },
    { secret: 'secret', method: 'md5hash' },
  )
  assert.is(known, '0e8b0835d0b0239a0747a5ff5c5e8f26')
})

test('a shared secret is taken from the address or the authorization, and nothing else will do', () => {
  const request = (url: string, authorization?: string) => ({
    method: 'POST',
    url,
    headers: new Headers(authorization ? { authorization } : {}),
    body: new Uint8Array(),
  })
  const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`
  for (const good of [
    request(`/x?token=${TOKEN}`),
    request('/x', `Bearer ${TOKEN}`),
    request('/x', basic(TOKEN)),
  ])
    assert.ok(E.isRight(zenvia.verify(good, 0)))
  const status = (found: ReturnType<typeof zenvia.verify>) => (E.isLeft(found) ? found.left.status : 200)
  assert.is(status(zenvia.verify(request('/x'), 0)), 401)
  assert.is(status(zenvia.verify(request('/x?token='), 0)), 401)
  assert.is(status(zenvia.verify(request(`/x?token=${TOKEN}x`), 0)), 403)
  assert.is(status(zenvia.verify(request('/x', basic('wrong')), 0)), 403)
  assert.throws(() => zenviaSms({ ...common, apiToken: 't', webhookSecret: 'short' }), /at least 16/)
})

test('Zenvia: several contents are several messages; a status says why', () => {
  const message = {
    id: 'z1',
    from: '5511987654321',
    to: '2020',
    contents: [
      { type: 'text', text: 'see' },
      { type: 'file', fileUrl: 'https://files.example/1', fileMimeType: 'image/png' },
      { type: 'location', latitude: -23.5, longitude: -46.6 },
      { type: 'hologram' },
    ],
    visitor: { name: 'Ana' },
  }
  const events = zenvia.decode(
    json({ id: 'd', type: 'MESSAGE', timestamp: '2024-05-03T03:04:45Z', message }),
    0,
  )
  assert.equal(
    events.map((event) => event.kind === 'message' && [event.content.kind, event.profileName]),
    ['media', 'location', 'unrecognised'].map((kind) => [kind, 'Ana']),
  )
  const causes = [{ channelErrorCode: '7', details: 'blocked' }]
  const messageStatus = { code: 'REJECTED', causes }
  const status = one(zenvia.decode(json({ type: 'MESSAGE_STATUS', messageId: 'z2', messageStatus }), 0))
  assert.equal(status.kind === 'status' && [status.to, status.code, status.reason], [
    'failed',
    '7',
    'blocked',
  ])
})

test('what only one provider does', () => {
  const jasmin = jasminSms(gateway)
  const hex = Buffer.from('Olá', 'utf16le').swap16().toString('hex')
  const unicode = said(jasmin, {
    id: 'j',
    from: '5511987654321',
    to: '2020',
    coding: '8',
    binary: hex,
    content: '?',
  })
  assert.equal(unicode.kind === 'message' && unicode.content, { kind: 'text', text: 'Olá' })
  assert.equal(jasmin.acknowledge?.body, 'ACK/Jasmin')
  const report = said(kannelSms(gateway), { message: 'c.m1', status: '2' })
  assert.equal(report.kind === 'status' && [report.correlation, report.to], ['c.m1', 'failed'])
  const blocked = said(africasTalkingSms({ ...common, username: 'u', apiKey: 'k' }), {
    id: 'a',
    status: 'Failed',
    failureReason: 'UserInBlacklist',
    phoneNumber: '+254791541111',
  })
  assert.is(blocked.kind === 'status' && blocked.class, 'consent')
  const files = { originator: '5511987654321', recipient: '2020', id: 'm', mediaURLs: 'https://x.example/1' }
  const mms = said(messageBirdSms({ ...common, accessKey: 'k' }), files)
  assert.is(mms.kind === 'message' && mms.content.kind, 'media')
  const parts = plivoSms({ ...common, authId: 'p', authToken: 'plivo-token' })
  const child = said(parts, {
    MessageUUID: 'child',
    ParentMessageUUID: 'parent',
    status: 'delivered',
    To: '1',
    From: '2',
  })
  assert.is(child.kind === 'status' && child.providerId, 'parent')
})

test('one bad result costs no other', () => {
  const infobip = infobipSms({ ...common, apiKey: 'k', origin: 'http://127.0.0.1:9' })
  const good = { messageId: 'i1', from: '385916242493', to: '2020', text: 'Hi' }
  const events = infobip.decode(json({ results: [null, good, 7, { messageId: 'i2' }] }), 0)
  assert.equal(
    events.map((event) => event.kind),
    ['unrecognised', 'message', 'unrecognised', 'unrecognised'],
  )
})

test('a gateway that answers with words is understood', async () => {
  const sendBy = async (make: (origin: string) => ChannelAdapter, status: number, body: string) => {
    const stand = await provider(answering(status, body))
    const sent = await make(stand.origin).send({
      message: 'c.m1',
      endpoint: '2020',
      to: { kind: 'e164', value: '+5511987654321' },
      content: { kind: 'text', text: 'não' },
      sender: 'bot',
    })()
    await stand.close()
    return E.isRight(sent) ? sent.right.providerId : sent.left.class
  }
  const kannel = (origin: string) => kannelSms({ ...gateway, origin })
  const jasmin = (origin: string) => jasminSms({ ...gateway, origin })
  assert.is(await sendBy(kannel, 202, '0: Accepted for delivery'), 'c.m1')
  assert.is(await sendBy(kannel, 403, 'Authorization failed for sendsms'), 'channel')
  assert.is(await sendBy(kannel, 503, 'Temporal failure, try again later.'), 'retry')
  assert.is(await sendBy(jasmin, 200, 'Success "07033084-5cfd"'), '07033084-5cfd')
  assert.is(await sendBy(jasmin, 403, 'Error "User throughput exceeded"'), 'retry')
  const refused = '{"messages":[{"status":"1","error-text":"Throttled"}]}'
  const byVonage = (origin: string) => vonageSms({ ...common, apiKey: 'k', apiSecret: 's', origin })
  assert.is(await sendBy(byVonage, 200, refused), 'retry')
  const half = '{"messages":[{"status":"0","message-id":"a"},{"status":"1","error-text":"Throttled"}]}'
  assert.is(await sendBy(byVonage, 200, half), 'uncertain')
})

test.run()
