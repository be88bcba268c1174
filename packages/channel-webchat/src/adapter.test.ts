import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { type Answer, answerOf, sse, visitorOf } from '../test/client.js'
import { memoryHost } from '../test/host.js'
import { loopback } from '../test/server.js'
import { webchat } from './adapter.js'
import { signIdentity } from './token.js'

const test = suite('webchat over HTTP')

const clock = virtualClock(1_700_000_000_000)
const engine = memoryHost(clock)
const adapter = webchat({
  widgets: [
    { id: 'site', origins: ['https://shop.example'], identity: { secret: 'shared with the site' } },
    { id: 'other', origins: '*' },
  ],
  secrets: ['a secret that is long enough to sign with'],
})
const server = await loopback(adapter, engine.host)
test.after(() => server.cut())

const { post, open, poll } = visitorOf(server.base)
const message = (n: number, text = `message ${n}`) => ({ clientMsgId: `client-id-${n}`, text })
const hour = 60 * 60 * 1000
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const texts = (page: Answer) => page.events.map((event) => event.item.content.text)

test('a message sent twice, or ten times at once, is in the thread once', async () => {
  const { token } = await open()
  assert.is((await post('/messages', message(1), token)).status, 201)
  const again = await post('/messages', message(1), token)
  assert.is(again.status, 200)
  assert.equal(await answerOf(again), { clientMsgId: 'client-id-1', duplicate: true })
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('/messages', message(2), token)))
  assert.equal(answers.filter((a) => a.status === 201).length, 1)
  const page = await poll(token)
  assert.equal(texts(page), ['message 1', 'message 2'])
  assert.is(page.events[0]!.item.clientMsgId, 'client-id-1')
  assert.equal(await poll(token, page.cursor), { events: [], cursor: page.cursor, ready: true })
})

test('nothing is acknowledged that could not be written', async () => {
  const { token } = await open()
  engine.fail(true)
  assert.is((await post('/messages', message(1), token)).status, 500)
  engine.fail(false)
  assert.is((await post('/messages', message(1), token)).status, 201)
})

test('server-sent events resume after the last one seen, by header as a browser does it', async () => {
  const { token } = await open()
  await post('/messages', message(1), token)
  const first = await sse(`${server.base}/events?token=${token}`, {})
  assert.is(first.response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const seen = await first.next()
  assert.is(seen.event, 'item')
  assert.equal((await first.next()).data, { ready: true })
  first.close()
  const peer = engine.seen.at(-1)!.peer[0]!
  for (const text of ['a', 'b', 'c']) await engine.say('site', peer, text)
  const second = await sse(`${server.base}/events`, { ...bearer(token), 'last-event-id': seen.id! })
  const got: string[] = []
  while (got.length < 3) {
    const { event, data } = await second.next()
    if (event === 'item') got.push((data as { content: { text: string } }).content.text)
  }
  assert.equal(got, ['a', 'b', 'c'])
  await engine.say('site', peer, 'live')
  for (;;) {
    const { event, data } = await second.next()
    if (event === 'item') {
      assert.is((data as { content: { text: string } }).content.text, 'live')
      break
    }
  }
  second.close()
})

test('long polling waits for what comes', async () => {
  const { token } = await open()
  await post('/messages', message(1), token)
  const { cursor } = await poll(token)
  const waiting = poll(token, cursor, 20)
  await engine.say('site', engine.seen.at(-1)!.peer[0]!, 'at last')
  assert.equal(texts(await waiting), ['at last'])
})

test('an idle stream shows a sign of life every 25 s, and ends when its token does', async () => {
  const { token } = await open()
  const stop = new AbortController()
  const headers = { ...bearer(token), accept: 'text/event-stream' }
  const response = await fetch(`${server.base}/events`, { headers, signal: stop.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (wanted: RegExp) => {
    while (!wanted.test(text)) {
      const { done, value } = await reader.read()
      if (done) return
      text += value
    }
  }
  await until(/checkpoint/)
  await clock.advanceTo(clock.now() + 25_000)
  await until(/: still here/)
  await clock.advanceTo(clock.now() + hour)
  await until(/never/)
  assert.is((await reader.read()).done, true)
  stop.abort()
})

test('a token expires, and its renewal is the same visitor', async () => {
  const opened = await open()
  await post('/messages', message(1), opened.token)
  await clock.advanceTo(clock.now() + hour)
  const late = await post('/messages', message(2), opened.token)
  assert.is(late.status, 401)
  assert.is((await answerOf(late)).error.code, 'expired')
  const renewed = await open({ token: opened.token })
  assert.is(renewed.session, opened.session)
  assert.is((await post('/messages', message(1), renewed.token)).status, 200, 'its retry is still known')
  assert.equal(texts(await poll(renewed.token)), ['message 1'])
  await clock.advanceTo(clock.now() + 91 * 24 * hour)
  assert.is.not((await open({ token: renewed.token })).session, opened.session)
})

test('a login that the site has signed links the visitor; a logout leaves nothing to read', async () => {
  const anonymous = await open()
  await post('/messages', message(1), anonymous.token)
  const identity = {
    externalId: 'user-7',
    signature: signIdentity('shared with the site', 'user-7'),
    name: 'Ana',
  }
  const known = await open({ token: anonymous.token, identity })
  assert.is(known.session, anonymous.session)
  const link = engine.seen.at(-1)!
  assert.is(link.kind, 'identityLinked')
  assert.is(link.profileName, 'Ana')
  assert.equal(
    link.peer.map(({ kind, scope, value, verified }) => [
      kind,
      scope,
      kind === 'external_id' ? value : '',
      verified,
    ]),
    [
      ['webchat_visitor', 'site', '', undefined],
      ['external_id', undefined, 'user-7', true],
    ],
  )
  assert.equal(texts(await poll(known.token)), ['message 1'])
  const linked = engine.seen.length
  await open({ token: known.token, identity })
  assert.is(engine.seen.length, linked, 'a renewal links nothing again')
  for (const next of [
    {},
    { identity: { externalId: 'user-8', signature: signIdentity('shared with the site', 'user-8') } },
  ]) {
    const fresh = await open({ token: known.token, ...next })
    assert.is.not(fresh.session, known.session)
    assert.equal(texts(await poll(fresh.token)), [])
  }
})

test('an identity that is not signed by the site is refused', async () => {
  const signature = signIdentity('shared with the site', 'user-7')
  for (const [widget, identity] of [
    ['site', { externalId: 'user-8', signature }],
    ['site', { externalId: 'user-7', signature: `${signature}0` }],
    ['other', { externalId: 'user-7', signature }],
  ] as const)
    assert.is((await post('/sessions', { widget, identity })).status, 403)
})

test('a token that was changed, or that another secret signed, opens nothing', async () => {
  const { token } = await open()
  const [body, signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(body!, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...claims, visitor: 'another' })).toString('base64url')
  for (const bad of [`${forged}.${signature}`, `${body}.`, `${token}x`, 'x.y', `${body}.${signature}.z`])
    assert.is((await post('/messages', message(1), bad)).status, 401, bad)
  assert.is((await post('/messages', message(1))).status, 401)
})

test('only pages of the allowed sites get in', async () => {
  const { token } = await open()
  const headers = { origin: 'https://evil.example' }
  const refused = await post('/messages', message(1), token, headers)
  assert.is(refused.status, 403)
  assert.is((await answerOf(refused)).error.code, 'wrong_origin')
  assert.is((await post('/sessions', { widget: 'site' }, undefined, headers)).status, 403)
  assert.is((await post('/sessions', { widget: 'other' }, undefined, headers)).status, 201)
  const asked = await fetch(`${server.base}/messages`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  assert.is(asked.status, 204)
  assert.is(asked.headers.get('access-control-allow-origin'), 'https://shop.example')
  assert.match(asked.headers.get('access-control-allow-headers')!, /authorization/)
})

test('20 messages in 10 s are taken, the next is not, and later it is', async () => {
  const { token } = await open()
  for (let n = 0; n < 20; n++) assert.is((await post('/messages', message(n), token)).status, 201)
  const refused = await post('/messages', message(20), token)
  assert.is(refused.status, 429)
  assert.is(refused.headers.get('retry-after'), '10')
  await clock.advanceTo(clock.now() + 10_000)
  assert.is((await post('/messages', message(20), token)).status, 201)
})

test('what is malformed or too large is refused with its reason', async () => {
  const { token } = await open()
  const cases: readonly (readonly [unknown, number, string])[] = [
    ['{', 400, 'malformed'],
    [new Uint8Array([0x22, 0xff, 0x22]), 400, 'malformed'],
    [{ text: 'without an id' }, 400, 'malformed'],
    [{ clientMsgId: 'short', text: 'x' }, 400, 'malformed'],
    [{ clientMsgId: 'client-id-1' }, 400, 'malformed'],
    [{ ...message(1), attachment: 'and-a-file-too' }, 400, 'malformed'],
    [message(1, ' \n'), 400, 'malformed'],
    [message(1, 'ç'.repeat(4097)), 413, 'too_large'],
    [`"${'x'.repeat(70_000)}"`, 413, 'too_large'],
    [{ clientMsgId: 'client-id-1', attachment: 'nobody-has-this-one' }, 404, 'unknown_attachment'],
  ]
  for (const [body, status, code] of cases) {
    const response = await post('/messages', body, token)
    assert.is(response.status, status, JSON.stringify(body).slice(0, 60))
    assert.is((await answerOf(response)).error.code, code)
  }
  assert.is((await fetch(`${server.base}/messages`)).status, 405)
  assert.is((await fetch(`${server.base}/nothing`)).status, 404)
  assert.is((await post('/sessions', { widget: 'unknown' })).status, 404)
  assert.is((await poll(token, 'made-up')).error.code, 'unknown_cursor')
  assert.equal(texts(await poll(token)), [])
})

test('signs of typing and reading pass through; nobody has read what is to come', async () => {
  const { token } = await open()
  assert.is((await post('/typing', { on: true }, token)).status, 202)
  assert.is((await post('/read', { upTo: clock.now() + hour }, token)).status, 202)
  const [typing, read] = engine.passing.slice(-2)
  assert.is(typing!.kind === 'typing' && typing.on, true)
  assert.is(read!.kind === 'readCursor' && read.upTo, clock.now())
})

/** What a server holds of a request may be collected while its answer still streams. */
const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

test('a session has at most 8 connections at once, and those that are gone do not count', async () => {
  const { token } = await open()
  const lines = await Promise.all(
    Array.from({ length: 8 }, () => sse(`${server.base}/events`, bearer(token))),
  )
  assert.is((await fetch(`${server.base}/events?wait=0`, { headers: bearer(token) })).status, 429)
  await new Promise((resolve) => setTimeout(resolve, 20))
  collectGarbage()
  for (const line of lines) line.close()
  for (let i = 0; i < 100; i++) {
    if ((await fetch(`${server.base}/events?wait=0`, { headers: bearer(token) })).status === 200) break
    assert.ok(i < 99, 'a closed connection is free again')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
})

test('the widget is served packed to who takes that, and to pages of any site', async () => {
  const headers = { origin: 'https://anywhere.example' }
  const packed = await fetch(`${server.base}/widget.js`, { headers })
  assert.is(packed.headers.get('content-encoding'), 'gzip')
  assert.ok(['*', headers.origin].includes(packed.headers.get('access-control-allow-origin') ?? ''))
  assert.match(await packed.text(), /export \{ chatClient, mountChat \}/)
  const plain = await fetch(`${server.base}/widget.js`, {
    headers: { ...headers, 'accept-encoding': 'identity' },
  })
  assert.is(plain.headers.get('content-encoding'), null)
})

test('options that cannot work are refused at once', () => {
  const secrets = ['a secret that is long enough to sign with']
  const widgets = [{ id: 'site', origins: '*' as const }]
  for (const wrong of [
    { widgets: [], secrets },
    { widgets, secrets: [] },
    { widgets, secrets: ['short'] },
    { widgets: [...widgets, ...widgets], secrets },
    { widgets: [{ id: 'site', origins: ['https://shop.example/'] }], secrets },
  ])
    assert.throws(() => webchat(wrong), /^webchat: /)
})

test.run()
