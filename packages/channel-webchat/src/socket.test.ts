import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { visitorOf } from '../test/client.js'
import { memoryHost } from '../test/host.js'
import { loopback } from '../test/server.js'
import { webchat } from './adapter.js'
import { serveSockets } from './socket.js'

const test = suite('webchat over WebSocket')

const origin = 'https://shop.example'
const engine = memoryHost()
const adapter = webchat({
  widgets: [{ id: 'site', origins: [origin] }],
  secrets: ['a secret that is long enough to sign with'],
  messageRate: { count: 5, window: 60_000 },
})
const server = await loopback(adapter, engine.host)
const stopping = new AbortController()
const stopped = adapter.start!(engine.host, stopping.signal)
const stopSockets = await serveSockets(adapter, server.server())
test.after(async () => {
  stopSockets()
  stopping.abort()
  await stopped
  await server.cut()
})
const { open } = visitorOf(server.base)

interface Told {
  readonly t: string
  readonly cursor: string
  readonly clientMsgId: string
  readonly duplicate: boolean
  readonly item: { readonly content: { readonly text: string } }
  readonly error: { readonly code: string }
  readonly on: boolean
}

const dial = async (from = origin) => {
  const socket = new WebSocket(`${server.base.replace('http', 'ws')}/socket`, { origin: from })
  const told: Told[] = []
  let wake = () => {}
  socket.on('message', (data) => {
    told.push(JSON.parse(String(data)))
    wake()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return {
    socket,
    closed,
    say: (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    /** The next frame of a type; others before it are passed over. */
    async next(t: string): Promise<Told> {
      for (;;) {
        const frame = told.shift()
        if (frame?.t === t) return frame
        if (!frame)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
}

test('messages go in, the thread comes out, and a new socket resumes after the last cursor', async () => {
  const { token } = await open()
  const first = await dial()
  first.say({ t: 'resume', token })
  await first.next('checkpoint')
  first.say({ t: 'message', clientMsgId: 'client-id-1', text: 'hello' })
  assert.is((await first.next('accepted')).duplicate, false)
  first.say({ t: 'message', clientMsgId: 'client-id-1', text: 'hello' })
  assert.is((await first.next('accepted')).duplicate, true)
  const peer = engine.seen.at(-1)!.peer[0]!
  await engine.say('site', peer, 'welcome')
  for (;;) {
    const { item, cursor } = await first.next('item')
    if (item.content.text !== 'welcome') continue
    first.socket.terminate()
    await engine.say('site', peer, 'said while nobody listened')
    const second = await dial()
    second.say({ t: 'resume', token, after: cursor })
    assert.is((await second.next('item')).item.content.text, 'said while nobody listened')
    second.socket.close()
    return
  }
})

test('an agent who types is shown, and one frame that is refused costs no other', async () => {
  const { token } = await open()
  const line = await dial()
  line.say({ t: 'resume', token })
  await line.next('checkpoint')
  line.say({ t: 'message', clientMsgId: 'client-id-1', text: '' })
  const refused = await line.next('refused')
  assert.equal([refused.clientMsgId, refused.error.code], ['client-id-1', 'malformed'])
  line.say({ t: 'dance' })
  assert.is((await line.next('refused')).error.code, 'malformed')
  line.say('{')
  assert.is((await line.next('refused')).error.code, 'malformed')
  line.say({ t: 'message', clientMsgId: 'client-id-1', text: 'x' })
  await line.next('accepted')
  await adapter.indicate!({
    endpoint: 'site',
    to: engine.seen.at(-1)!.peer[0]!,
    indication: { kind: 'typing', on: true },
  })()
  assert.is((await line.next('typing')).on, true)
  for (let n = 2; n <= 5; n++) line.say({ t: 'message', clientMsgId: `client-id-${n}`, text: 'x' })
  assert.is((await line.next('refused')).error.code, 'too_many')
  line.socket.close()
})

test('who does not say who it is, or comes from another site, is closed with the reason in the code', async () => {
  const { token } = await open()
  const unknown = await dial()
  unknown.say({ t: 'resume', token: `${token}x` })
  assert.is((await unknown.next('error')).error.code, 'no_session')
  assert.is(await unknown.closed, 4401)
  const elsewhere = await dial('https://evil.example')
  elsewhere.say({ t: 'resume', token })
  assert.is(await elsewhere.closed, 4403)
  const cursor = await dial()
  cursor.say({ t: 'resume', token, after: 'made-up' })
  assert.is(await cursor.closed, 4400)
  const large = await dial()
  large.say('x'.repeat(100_000))
  assert.is(await large.closed, 1009)
})

test('a flood of frames ends the connection', async () => {
  const { token } = await open()
  const line = await dial()
  line.say({ t: 'resume', token })
  await line.next('checkpoint')
  for (let n = 0; n < 1000; n++) line.say({ t: 'typing', on: true })
  assert.is(await line.closed, 4429)
})

test('an adapter that stops ends its connections', async () => {
  const { token } = await open()
  const line = await dial()
  line.say({ t: 'resume', token })
  await line.next('checkpoint')
  stopping.abort()
  await stopped
  assert.is(await line.closed, 1001)
})

test.run()
