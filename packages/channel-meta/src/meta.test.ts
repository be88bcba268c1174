import { createHmac } from 'node:crypto'
import type { HttpAnswer, RawRequest } from '@ramal/channel'
import { answering, provider } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { graph } from './graph.js'
import { faultOfAnswer, graphErrorOf, reasonOf } from './graph-error.js'
import { answerHandshake } from './handshake.js'
import { verifySignature } from './signature.js'

const request = (method: string, url: string, body = '', headers = {}): RawRequest => ({
  method,
  url,
  headers: new Headers(headers),
  body: Buffer.from(body),
})

const test = suite('what the channels of Meta have in common')

test('the challenge goes back, as text, to whoever knows the token', () => {
  const ask = (query: string, token = 'my token') =>
    answerHandshake(request('GET', `/webhooks/x?${query}`), token)
  const right = 'hub.mode=subscribe&hub.verify_token=my%20token&hub.challenge=1158201444'
  assert.equal(
    [ask(right)?.status, ask(right)?.body, ask(right)?.headers?.['content-type']],
    [200, '1158201444', 'text/plain; charset=utf-8'],
  )
  assert.is(
    answerHandshake(request('GET', `https://host.example/webhooks/x?${right}#f`), 'my token')?.body,
    '1158201444',
  )
  const wrong = [
    '',
    'hub.mode=subscribe&hub.challenge=1',
    right.replace('my', 'your'),
    right.replace('=subscribe', '='),
    'hub.mode=subscribe&hub.verify_token=my+token',
  ]
  for (const query of wrong) assert.equal([ask(query)?.status, ask(query)?.body], [403, undefined], query)
  const script = ask('hub.mode=subscribe&hub.verify_token=my+token&hub.challenge=<script>')
  assert.is(script?.headers?.['x-content-type-options'], 'nosniff')
  assert.is(answerHandshake(request('POST', `/?${right}`), 'my token'), undefined)
})

test('the signature is over the bytes: the same JSON written otherwise is another body', () => {
  // Computed with: printf '%s' '{"text":"ol\u00e1"}' | openssl dgst -sha256 -hmac topsecret
  const body = '{"text":"ol\\u00e1"}'
  const signature = 'sha256=fd8351fa566e697b5e347ecc98166f508e82047d3825a6b828c1c2b11806accf'
  assert.is(`sha256=${createHmac('sha256', 'topsecret').update(body).digest('hex')}`, signature)
  const check = (b: string, headers: object) => verifySignature(request('POST', '/', b, headers), 'topsecret')
  assert.ok(E.isRight(check(body, { 'X-Hub-Signature-256': signature })))
  const rewritten = JSON.stringify(JSON.parse(body))
  assert.is.not(rewritten, body)
  assert.ok(E.isLeft(check(rewritten, { 'x-hub-signature-256': signature })))
  const sha1 = createHmac('sha1', 'topsecret').update(body).digest('hex')
  assert.ok(E.isLeft(check(body, { 'x-hub-signature': `sha1=${sha1}` })), 'the old header is not looked at')
})

test('errors are read in both layouts', () => {
  assert.equal(graphErrorOf({ code: 1, title: 'Old', details: 'how' }), {
    code: 1,
    message: 'Old',
    details: 'how',
  })
  assert.equal(
    graphErrorOf({
      code: 10,
      error_subcode: 2018278,
      message: 'New',
      error_data: { details: 'how' },
      is_transient: false,
    }),
    { code: 10, subcode: 2018278, message: 'New', details: 'how', transient: false },
  )
  assert.is(reasonOf({ code: 10, subcode: 7, message: 'New', details: 'how' }), 'New: how (10/7)')
  assert.is(reasonOf({ code: 5 }), 'The provider refused (5)')
  assert.equal(graphErrorOf({ code: '10' }), { code: 10 })
  for (const odd of [null, 'x', {}, { code: 'ten' }]) assert.is(graphErrorOf(odd), undefined)
})

test('an answer is judged by its code, else by its status', () => {
  const answer = (status: number, text: string, headers = {}): HttpAnswer => ({
    status,
    text,
    headers: new Headers(headers),
  })
  const judge = (a: HttpAnswer) => faultOfAnswer(a, ({ code }) => (code === 7 ? 'consent' : undefined), 0)
  assert.is(judge(answer(400, '{"error":{"code":7}}')).class, 'consent')
  assert.is(judge(answer(400, '{"error":{"code":8}}')).class, 'content')
  assert.is(judge(answer(500, '{"error":{"code":8,"is_transient":true}}')).class, 'retry')
  assert.is(judge(answer(502, '<html>')).class, 'uncertain')
  assert.is(judge(answer(429, '{"error":{"code":7}}', { 'retry-after': '3' })).retryAfter, 3_000)
})

test('a call carries the token in its header, never in its address', async () => {
  let seen = ''
  const server = await provider((r, response, body) => {
    seen = `${r.method} ${r.url} ${r.headers.authorization} ${body}`
    answering(200, '{"ok":true}')(r, response, body)
  })
  const api = graph({ accessToken: () => 'T1', baseUrl: `${server.origin}/`, apiVersion: 'v9.9' })
  assert.equal(await api.call('POST', 'me/x', () => undefined, { a: 1 }), E.right({ ok: true }))
  assert.is(seen, 'POST /v9.9/me/x Bearer T1 {"a":1}')
  await server.close()
})

test.run()
