import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type ChannelAdapter, MAX_BODY_BYTES } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { openDesk, sign, text, webhook } from '../test/desk.js'

const test = suite('behind node:http')

/** An engine behind a server on loopback. */
const openServer = async (options: Parameters<typeof openDesk>[0] = {}) => {
  const desk = await openDesk(options)
  const server = createServer(desk.ramal.listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...desk,
    port,
    url: `http://127.0.0.1:${port}/webhooks`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await desk.ramal.stop()
    },
  }
}

const hello = webhook({
  contacts: [{ wa_id: '15550111', profile: { name: 'Ana' } }],
  messages: [text('15550111', 'm1', 'olá 👋')],
})
const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'X-Hub-Signature-256': sign(body), ...headers } })

test('a webhook is stored before it is answered, and once', async () => {
  const desk = await openServer()
  for (let i = 0; i < 2; i++) {
    const response = await post(`${desk.url}/whatsapp?from=proxy`, hello)
    assert.equal([response.status, await response.text()], [200, ''])
    assert.is((await desk.log()).filter(({ type }) => type === 'MessageReceived').length, 1)
  }
  await desk.close()
})

test('it answers as the Fetch handler does', async () => {
  const desk = await openServer()
  const query = 'hub.mode=subscribe&hub.verify_token=check&hub.challenge=123'
  const cases: readonly (readonly [string, string, RequestInit?])[] = [
    ['the check of the address', `/whatsapp?${query}`],
    ['no such channel', '/nobody', { method: 'POST', body: hello }],
    ['nothing there', '/../elsewhere'],
    ['unsigned', '/whatsapp', { method: 'POST', body: hello }],
    [
      'forged',
      '/whatsapp',
      { method: 'POST', body: hello, headers: { 'x-hub-signature-256': sign(`${hello} `) } },
    ],
    ['malformed', '/whatsapp', { method: 'POST', body: '{', headers: { 'x-hub-signature-256': sign('{') } }],
  ]
  for (const [what, path, init] of cases) {
    const here = await fetch(desk.url + path, init)
    const there = await desk.ramal.handle(new Request(desk.url + path, init))
    assert.equal([here.status, await here.text()], [there.status, await there.text()], what)
    assert.is(here.headers.get('content-type'), there.headers.get('content-type'), what)
  }
  await desk.close()
})

test('a body that is too large is refused while it comes, and the connection ends', async () => {
  const desk = await openServer()
  const refused = async (headers: Record<string, string | number>, bytes: number) => {
    const request = httpRequest(`${desk.url}/whatsapp`, { method: 'POST', headers })
    request.on('error', () => {})
    request.flushHeaders()
    if (bytes > 0) request.write(Buffer.alloc(bytes))
    const response = await new Promise<IncomingMessage>((resolve) => request.on('response', resolve))
    request.destroy()
    return [response.statusCode, response.headers.connection]
  }
  assert.equal(await refused({ 'content-length': 20 * 1024 * 1024 }, 0), [413, 'close'])
  assert.equal(await refused({ 'transfer-encoding': 'chunked' }, MAX_BODY_BYTES + 1), [413, 'close'])
  assert.is(desk.ramal.refusals.get('whatsapp: body too large'), 2)
  await desk.close()
})

test('a sender who hangs up in the middle leaves nothing, and costs nobody else', async () => {
  const desk = await openServer()
  const before = await desk.store.head()
  for (let i = 0; i < 20; i++) {
    const socket = connect(desk.port, '127.0.0.1')
    await new Promise<void>((resolve) => socket.on('connect', resolve))
    socket.write(
      `POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: ${hello.length * 2}\r\n\r\n${hello}`,
    )
    socket.resetAndDestroy()
  }
  assert.is((await post(`${desk.url}/whatsapp`, hello)).status, 200)
  const events = (await desk.log()).filter(({ position }) => position > before)
  assert.is(events.filter(({ type }) => type === 'MessageReceived').length, 1)
  assert.equal(desk.trouble, [])
  await desk.close()
})

test('what may not be stored is answered with 503, whatever broke', async () => {
  const desk = await openServer()
  await desk.store.close()
  desk.ramal.ended.catch(() => {})
  const response = await post(`${desk.url}/whatsapp`, hello)
  assert.is(response.status, 503)
  assert.ok(desk.trouble.length > 0)
  await desk.close().catch(() => {})
})

/** A channel whose protocol is its own: it answers with a stream until the other side is gone. */
const streaming = (told: string[]): ChannelAdapter => ({
  channel: 'own',
  id: 'own',
  endpoints: [{ id: 'e', capabilities: { maxText: 10 } }],
  verify: () => E.right(undefined),
  decode: () => [],
  send: () => async () => E.left({ class: 'channel', reason: 'never' }),
  async handle(request) {
    if (request.method === 'PUT') throw new Error('broken')
    if (request.method === 'POST') {
      const headers = new Headers({ 'x-query': new URL(request.url).search })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      return new Response(await request.text(), { status: 201, headers })
    }
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode('data: x\n\n'))
        await new Promise((resolve) => setTimeout(resolve, 5))
      },
      cancel: () => void told.push('cancelled'),
    })
    request.signal.addEventListener('abort', () => told.push('aborted'))
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  },
})

test('channels with a protocol of their own get Fetch requests and answer with streams', async () => {
  const told: string[] = []
  const desk = await openServer({ channels: [streaming(told)] })
  const echo = await fetch(`${desk.url}/own/x?y=1`, { method: 'POST', body: 'what was said' })
  assert.equal([echo.status, await echo.text(), echo.headers.get('x-query')], [201, 'what was said', '?y=1'])
  assert.equal(echo.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.is((await fetch(`${desk.url}/own`, { method: 'PUT', body: '' })).status, 503)
  const gone = new AbortController()
  const stream = await fetch(`${desk.url}/own`, { signal: gone.signal })
  const reader = stream.body!.getReader()
  assert.match(new TextDecoder().decode((await reader.read()).value), /^data: x/)
  gone.abort()
  await reader.read().catch(() => {})
  for (let i = 0; i < 200 && told.length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal([...told].sort(), ['aborted', 'cancelled'])
  await desk.close()
})

test.run()
