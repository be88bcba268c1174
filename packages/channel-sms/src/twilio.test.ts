import { createHash } from 'node:crypto'
import type { ChannelEvent } from '@ramal/channel'
import { answering, type Provider, provider } from '@ramal/channel/conformance'
import { twilioSignature, verifyTwilio } from '@ramal/channel-twilio'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { AUTH_TOKEN, PUBLIC_URL, twilioForm } from '../test/requests.js'
import { twilioSms } from './twilio.js'

const test = suite('Twilio')

const options = {
  numbers: [{ id: '+15550001111', mms: true }],
  accountSid: 'AC1',
  authToken: AUTH_TOKEN,
  publicUrl: PUBLIC_URL,
}
const adapter = twilioSms(options)
const decode = (fields: Record<string, string>, query = '') => adapter.decode(twilioForm(fields, query), 1000)
const sms = { MessageSid: 'SM1', From: '+5511987654321', To: '+15550001111', NumMedia: '0' }
const kinds = (events: readonly ChannelEvent[]) => events.map((event) => event.kind)

test('signs an address and a form: names in order, each value of a name once and in order', () => {
  const pairs = [
    ['b', '2'],
    ['a', 'é'],
    ['b', '1'],
    ['b', '2'],
    ['B', ''],
  ] as const
  const signed = twilioSignature('token', 'https://x.example/y?z=1', pairs)
  const plain = twilioSignature('token', 'https://x.example/y?z=1Baéb1b2', [])
  assert.is(signed, plain)
  // HMAC-SHA1 of "https://x.example/" with "token", by openssl.
  assert.is(twilioSignature('token', 'https://x.example/', []), 'hPfoEE3MQNyFsmSFwoZnGLZTSM4=')
})

test('takes an address with and without a port, with a user, and with an apostrophe either way', () => {
  const fields = { A: "it's" }
  const signedAs = (url: string) => ({
    ...twilioForm(fields),
    headers: new Headers({
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(AUTH_TOKEN, url, Object.entries(fields)),
    }),
  })
  for (const [configured, signed] of [
    ['https://x.example/a', 'https://x.example:443/a'],
    ['https://x.example:8443/a', 'https://x.example/a'],
    ['http://x.example/a', 'http://x.example:80/a'],
    ['https://user:pw@x.example/a', 'https://user:pw@x.example:443/a'],
    ["https://x.example/o'a", 'https://x.example/o%27a'],
  ] as const)
    assert.ok(E.isRight(verifyTwilio(signedAs(signed), configured, [AUTH_TOKEN])), signed)
  const elsewhere = verifyTwilio(signedAs('https://evil.example/a'), 'https://x.example/a', [AUTH_TOKEN])
  assert.equal(E.isLeft(elsewhere) && elsewhere.left.status, 403)
})

test('asks what was configured and not what the request says of its host', () => {
  const request = twilioForm(sms)
  assert.ok(E.isRight(adapter.verify({ ...request, url: 'http://127.0.0.1:8080/anything' }, 0)))
  const other = twilioSms({ ...options, publicUrl: 'https://other.example/' })
  assert.ok(E.isLeft(other.verify({ ...request, url: PUBLIC_URL }, 0)))
})

test('signs JSON by the hash of the body in the address', () => {
  const body = Buffer.from('{"a":1}')
  const query = `?bodySHA256=${createHash('sha256').update(body).digest('hex')}`
  const signature = twilioSignature(AUTH_TOKEN, PUBLIC_URL + query, [])
  const headers = new Headers({ 'content-type': 'application/json', 'x-twilio-signature': signature })
  const request = { method: 'POST', url: query, headers, body }
  assert.ok(E.isRight(adapter.verify(request, 0)))
  assert.ok(E.isLeft(adapter.verify({ ...request, body: Buffer.from('{"a":2}') }, 0)))
})

test('two tokens are taken while one replaces the other', () => {
  const both = twilioSms({ ...options, authToken: ['the-new-one', AUTH_TOKEN] })
  assert.ok(E.isRight(both.verify(twilioForm(sms), 0)))
  assert.ok(E.isLeft(twilioSms({ ...options, authToken: 'the-new-one' }).verify(twilioForm(sms), 0)))
})

test('reads a text, and one with files', () => {
  const [text] = decode({ ...sms, Body: 'Oi' })
  assert.equal(text?.kind === 'message' && [text.content, text.peer, text.endpoint, text.providerId], [
    { kind: 'text', text: 'Oi' },
    [{ kind: 'e164', value: '+5511987654321' }],
    '+15550001111',
    'SM1',
  ])
  const file = { MediaUrl0: 'https://api.twilio.com/0', MediaContentType0: 'image/jpeg' }
  const [one, ...none] = decode({ ...sms, Body: 'look', NumMedia: '1', ...file })
  assert.is(none.length, 0)
  assert.is(one?.kind === 'message' && one.content.kind === 'media' && one.content.caption, 'look')
  const second = { MediaUrl1: 'https://api.twilio.com/1', MediaContentType1: 'audio/amr' }
  const three = decode({ ...sms, Body: 'look', NumMedia: '2', ...file, ...second })
  assert.equal(
    three.map((event) => event.kind === 'message' && [event.providerId, event.content.kind]),
    [
      ['SM1', 'text'],
      ['SM1/1', 'media'],
      ['SM1/2', 'media'],
    ],
  )
})

test('knows WhatsApp by its prefix, with a user id instead of a number', () => {
  const whatsapp = { ...sms, To: 'whatsapp:+15550001111', Body: 'Oi' }
  const [number] = decode({ ...whatsapp, From: 'whatsapp:+5511987654321', ExternalUserId: 'whatsapp:BR.1' })
  assert.equal(number?.peer, [
    { kind: 'wa_id', value: '5511987654321' },
    { kind: 'bsuid', value: 'BR.1' },
  ])
  const [id] = decode({ ...whatsapp, From: 'whatsapp:BR.1', ExternalUserId: 'whatsapp:BR.1' })
  assert.equal(id?.peer, [{ kind: 'bsuid', value: 'BR.1' }])
  assert.is(id?.endpoint, 'whatsapp:+15550001111')
})

test('a file is deleted at Twilio, and nowhere else; what is gone is gone', async () => {
  const asked: string[] = []
  let status = 204
  const twilio = await provider((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.writeHead(status).end()
  })
  const erase = (reference: string) =>
    twilioSms({ ...options, origin: twilio.origin }).eraseMedia!(reference)()
  const media = `${twilio.origin}/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1`
  assert.ok(E.isRight(await erase(media)))
  const authorization = `Basic ${Buffer.from(`AC1:${AUTH_TOKEN}`).toString('base64')}`
  assert.equal(asked, [`DELETE /2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1 ${authorization}`])
  status = 404
  assert.ok(E.isRight(await erase(media)))
  status = 500
  const failed = await erase(media)
  assert.ok(E.isLeft(failed) && !failed.left.final)
  // The credentials go to nobody else.
  for (const other of ['https://evil.example/ME1', 'http://127.0.0.1:9/ME1', 'not an address'])
    assert.ok(E.isRight(await erase(other)))
  assert.is(asked.length, 3)
  await twilio.close()
})

test('takes no and yes for an answer', () => {
  const stop = decode({ ...sms, Body: 'PARAR', OptOutType: 'STOP' })
  assert.equal(kinds(stop), ['message', 'consent'])
  assert.equal(stop[1]?.kind === 'consent' && [stop[1].granted, stop[1].words], [false, 'PARAR'])
  const start = decode({ ...sms, Body: 'START', OptOutType: 'START' })[1]
  assert.is(start?.kind === 'consent' && start.granted, true)
  assert.equal(kinds(decode({ ...sms, Body: 'AJUDA', OptOutType: 'HELP' })), ['message'])
  const blocked = decode({
    MessageSid: 'SM2',
    MessageStatus: 'failed',
    ErrorCode: '21610',
    To: '+5511987654321',
  })
  assert.equal(kinds(blocked), ['status', 'consent'])
  assert.is(blocked[0]?.kind === 'status' && blocked[0].class, 'consent')
})

test('a status says whose it is by our own id, and each step is a fact of its own', () => {
  const steps = ['queued', 'sent', 'delivered', 'read'].map(
    (MessageStatus) => decode({ MessageSid: 'SM2', MessageStatus }, '?message=c.m1')[0],
  )
  assert.equal(
    steps.map((step) => step?.kind === 'status' && [step.to, step.correlation]),
    ['sent', 'sent', 'delivered', 'read'].map((to) => [to, 'c.m1']),
  )
  assert.is(new Set(steps.map((step) => step?.dedupeKey)).size, 4)
})

const message = {
  message: 'c.m1',
  endpoint: '+15550001111',
  to: { kind: 'e164' as const, value: '+5511987654321' },
  content: { kind: 'text' as const, text: 'ã'.repeat(71) },
  sender: 'human' as const,
}
const sendTo = async (status: number, body: string) => {
  const twilio: Provider = await provider(answering(status, body))
  const sent = await twilioSms({ ...options, origin: twilio.origin }).send(message)()
  await twilio.close()
  return sent
}

test('sends once, and says what to do about a refusal', async () => {
  assert.equal(await sendTo(201, '{"sid":"SM9"}'), E.right({ providerId: 'SM9', parts: 2 }))
  for (const [code, kind] of [
    [21610, 'consent'],
    [21211, 'recipient'],
    [21617, 'content'],
    [20003, 'channel'],
    [63016, 'window'],
  ] as const) {
    const sent = await sendTo(400, JSON.stringify({ code, message: 'because' }))
    assert.equal(sent, E.left({ class: kind, reason: 'because', code: String(code) }))
  }
  const limited = await sendTo(429, '{"code":20429,"message":"slow down"}')
  assert.is(E.isLeft(limited) && limited.left.class, 'retry')
  const broken = await sendTo(500, 'oops')
  assert.is(E.isLeft(broken) && broken.left.class, 'uncertain')
})

test('what is not one of its numbers, or no SMS, is refused before it is sent', async () => {
  const elsewhere = await adapter.send({ ...message, endpoint: '+1' })()
  assert.is(E.isLeft(elsewhere) && elsewhere.left.class, 'channel')
  const menu = { kind: 'menu' as const, text: 'x', options: [] }
  const refused = await adapter.send({ ...message, content: menu })()
  assert.is(E.isLeft(refused) && refused.left.class, 'content')
})

test('any form is read, whatever stands in it', () => {
  const name = fc.constantFrom(
    ...[
      'MessageSid',
      'From',
      'To',
      'Body',
      'NumMedia',
      'MediaUrl0',
      'MessageStatus',
      'SmsStatus',
      'ErrorCode',
    ],
    ...['OptOutType', 'Latitude', 'Longitude', 'ButtonPayload', 'ExternalUserId', 'ProfileName', '__proto__'],
  )
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('constructor', 'STOP', 'sent', '1e9', 'NaN', '-1', 'whatsapp:'),
  )
  fc.assert(
    fc.property(fc.dictionary(name, value), (fields) => {
      const events = decode(fields)
      assert.ok(events.length > 0)
      for (const event of events) assert.equal(JSON.parse(JSON.stringify(event)), event)
    }),
    { numRuns: 1000 },
  )
})

test.run()
