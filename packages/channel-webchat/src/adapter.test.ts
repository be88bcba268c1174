import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { memoryHost } from '../test/host.js'
import { loopback } from '../test/server.js'
import { webchat } from './adapter.js'

const test = suite('webchat over HTTP')

const engine = memoryHost()
const adapter = webchat({
  widgets: [{ id: 'site', origins: ['https://shop.example'] }],
  secrets: ['a secret that is long enough to sign with'],
  heartbeat: 50,
})
const server = await loopback(adapter, engine.host)
test.after(() => server.cut())

const origin = 'https://shop.example'
const post = (path: string, body: unknown, token?: string, headers: Record<string, string> = {}) =>
  fetch(server.base + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const open = async () => (await post('/sessions', { widget: 'site' })).json()

test('a message goes in once and comes out as an event', async () => {
  const { token } = await open()
  const body = { clientMsgId: 'message-1', text: 'Olá, cadê meu pedido?' }
  const first = await post('/messages', body, token)
  const second = await post('/messages', body, token)
  assert.is(first.status, 201)
  assert.is(second.status, 200)
  assert.equal(await second.json(), { clientMsgId: 'message-1', duplicate: true })
  const poll = await fetch(`${server.base}/events?wait=0`, { headers: { authorization: `Bearer ${token}` } })
  const { events, ready } = await poll.json()
  assert.is(events.length, 1)
  assert.is(ready, true)
  assert.is(events[0].item.clientMsgId, 'message-1')
})

test.run()
