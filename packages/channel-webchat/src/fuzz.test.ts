import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { answerOf } from '../test/client.js'
import { memoryHost } from '../test/host.js'
import { parseEvent, thread } from '../widget/thread.js'
import { webchat } from './adapter.js'
import { readCursor, signCursor } from './cursor.js'
import { settingsOf } from './options.js'
import { sniff } from './sniff.js'
import { readToken, signToken } from './token.js'

const test = suite('webchat against arbitrary input')

const options = {
  widgets: [{ id: 'site', origins: '*' as const, identity: { secret: 'shared with the site' } }],
  secrets: ['a secret that is long enough to sign with'],
  messageRate: { count: 1_000_000, window: 1 },
}
const adapter = webchat(options)
const engine = memoryHost()
const base = 'http://chat.example/webhooks/webchat'

const call = async (method: string, path: string, body: string | Uint8Array | undefined, token?: string) => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const init = body === undefined || method === 'GET' ? { method, headers } : { method, headers, body }
  return adapter.handle!(new Request(base + path, init), engine.host)
}
const opened = await call('POST', '/sessions', JSON.stringify({ widget: 'site' }))
const { token } = await answerOf(opened!)

const body = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .record(
      {
        widget: fc.constantFrom('site', 'x', 1),
        token: fc.oneof(fc.constant(token), fc.string()),
        identity: fc.oneof(fc.anything(), fc.record({ externalId: fc.string(), signature: fc.string() })),
        clientMsgId: fc.oneof(fc.uuid(), fc.string(), fc.anything()),
        text: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        attachment: fc.oneof(fc.string(), fc.anything()),
        choice: fc.oneof(fc.anything(), fc.record({ id: fc.string(), title: fc.string() })),
        sentAt: fc.anything(),
        on: fc.anything(),
        upTo: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify(fields, (_, v) => (typeof v === 'bigint' ? String(v) : v))),
)

test('every request is answered: taken, or refused with a reason', async () => {
  const path = fc.constantFrom('/sessions', '/messages', '/typing', '/read', '/attachments', '/attachments/x')
  const method = fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'OPTIONS')
  await fc.assert(
    fc.asyncProperty(method, path, body, fc.boolean(), async (how, where, what, known) => {
      const response = await call(how, where, what, known ? token : undefined)
      assert.ok(response, 'the path is one of ours')
      assert.ok(response.status < 500)
      if (response.status < 400) return
      const { error } = await answerOf(response)
      assert.type(error.code, 'string')
      assert.type(error.message, 'string')
    }),
    { numRuns: 1500 },
  )
})

test('every message that is taken is one that the log takes', async () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 3000 })
  await fc.assert(
    fc.asyncProperty(fc.uuid(), text, async (clientMsgId, said) => {
      const response = await call('POST', '/messages', JSON.stringify({ clientMsgId, text: said }), token)
      assert.ok([200, 201, 400, 413].includes(response!.status), `${response!.status}`)
      if (response!.status === 400) assert.is(said.trim(), '')
    }),
    { numRuns: 300 },
  )
})

test('no token and no cursor but ours is read', () => {
  const settings = settingsOf(options)
  const ours = signToken(settings.secrets, { widget: 'site', session: 's', visitor: 'v', expiresAt: 1 })
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), fc.nat(200), (noise, at) => {
      assert.is(readToken(settings.secrets, noise), undefined)
      const changed = `${ours.slice(0, at)}${noise.slice(0, 1)}${ours.slice(at + 1)}`
      if (changed !== ours) assert.is(readToken(settings.secrets, changed), undefined)
      if (noise !== '') assert.throws(() => readCursor(settings, noise), /none of ours/)
      if (noise !== '') assert.is(readCursor(settings, signCursor(settings, noise)), noise)
    }),
  )
})

test('any bytes have a type or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const found = sniff(bytes)
      assert.ok(found === undefined || found.mimeType.includes('/'))
      assert.not.ok(found?.mimeType.includes('html'))
    }),
    { numRuns: 2000 },
  )
})

/** A log of so many messages, delivered in pieces: some repeated, some lost, some told by another tab. */
test('however pieces of the log come to the browser, it shows each message once and in order', async () => {
  const piece = fc.record({ from: fc.nat(30), length: fc.integer({ min: 1, max: 6 }) })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const log = thread('', () => {})
      const cursorOf = (n: number) => (n === 0 ? '' : `c${n}`)
      const framesFrom = (from: number, length: number) =>
        Array.from({ length: Math.min(length, 30 - from) }, (_, i) => from + i + 1).map((n) => ({
          event: 'item' as const,
          cursor: cursorOf(n),
          item: { kind: 'message', id: `m${n}`, from: 'agent' as const, at: n, content: { kind: 'text' } },
        }))
      for (const { from, length } of pieces) {
        const continued = log.apply(framesFrom(from, length), cursorOf(from))
        // Where it did not fit, the browser reads on from where it is.
        const known = Number(log.cursor().slice(1))
        if (!continued) log.apply(framesFrom(known, 2), log.cursor())
        const shown = log.messages().map((message) => message.id)
        assert.equal(
          shown,
          Array.from({ length: shown.length }, (_, i) => `m${i + 1}`),
        )
      }
    }),
  )
})

test('a browser takes what the server writes, and passes over comments', () => {
  assert.is(parseEvent(': still here'), undefined)
  assert.is(parseEvent('retry: 1000'), undefined)
  assert.equal(parseEvent('event: typing\ndata: {"on":true}'), { event: 'typing', on: true })
})

test.run()
