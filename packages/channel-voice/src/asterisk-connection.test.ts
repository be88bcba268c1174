import type { ChannelHost } from '@ramal/channel'
import { systemClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { inBridge, legChannel, openDesk, talk, talking, until, wait, waiting } from '../test/desk.js'
import { fakeAsterisk, OURS } from '../test/fake-asterisk.js'
import { APP, USER } from '../test/fake-asterisk-line.js'
import { asterisk } from './index.js'

const test = suite('Asterisk: the connection')

test('what happened while the connection was lost is found out when it is back', async () => {
  const desk = await openDesk()
  const { server } = desk
  const gone = await waiting(desk)
  const stays = await waiting(desk)
  const joined = await waiting(desk)
  server.phones.set('PJSIP/bia', 'rings')
  await desk.act(joined, { kind: 'connect', leg: 'leg1', address: 'PJSIP/bia', timeout: 5_000 })
  await until('it rings', () => desk.facts().includes('callRang leg1'))
  server.listen(false)
  server.drop()
  await until('it is down', () => server.connections() === 0)
  server.end(gone)
  server.pickUp(legChannel(joined, 'leg1'))
  const came = server.ring('+5511900000001', 'Ana')
  assert.is(desk.events.filter(({ kind }) => kind === 'callOffered').length, 3)
  server.listen(true)
  await until('who came waits', () => inBridge(server, wait).includes(came))
  await until('who picked up is joined', () => inBridge(server, talk(joined)).length === 2)
  const ended = desk.events.filter((event) => event.kind === 'callEnded')
  assert.equal(
    ended.map((event) => event.kind === 'callEnded' && [event.call, event.by]),
    [[gone, 'unknown']],
  )
  assert.ok(inBridge(server, wait).includes(stays))
  assert.is(desk.events.filter(({ kind }) => kind === 'callOffered').length, 4)
  const health = () => desk.events.flatMap((event) => (event.kind === 'endpointHealth' ? [event.level] : []))
  await until('it is well again', () => health().length === 2)
  assert.equal(health(), ['down', 'ok'])
  // It is reported once they are joined, and before all is said to be well.
  assert.is(desk.facts().filter((fact) => fact === 'callAnswered leg1').length, 1)
  await desk.close()
})

test('a process that is started again disturbs nobody who talks, and knows who talks with whom', async () => {
  const desk = await openDesk()
  const { server } = desk
  const call = await talking(desk)
  const held = await talking(desk, 'leg2')
  await desk.act(held, { kind: 'hold' })
  const before = server.requests.length
  await desk.restart()
  await until('it has looked', () => server.requests.slice(before).includes('GET bridges'))
  await until('it is connected', () => server.connections() === 1)
  await systemClock.sleep(100)
  assert.equal(inBridge(server, talk(call)), [legChannel(call, 'leg1'), call])
  assert.is(desk.facts().filter((fact) => fact === 'callOffered').length, 2)
  assert.ok(E.isRight(await desk.act(held, { kind: 'resume' })))
  assert.is(inBridge(server, talk(held)).length, 2)
  server.end(legChannel(call, 'leg1'))
  await until('the customer is gone', () => !server.channels.has(call))
  await desk.close()
})

test('what cannot be stored is kept and stored later, in order; the customer waits with music all the same', async () => {
  const desk = await openDesk()
  desk.fail(1)
  const call = desk.server.ring()
  await until('the log failed', () => desk.trouble.length === 1)
  desk.server.end(call)
  await until('both are stored', () => desk.events.length === 2)
  assert.equal(desk.facts(), ['callOffered', 'callEnded by customer'])
  await desk.close()
})

test('a connection that gives no sign of life is ended, and another one made', async () => {
  const desk = await openDesk({ pingEvery: 30, timeout: 60 })
  desk.server.deafen()
  await until('it was ended', () => desk.trouble.length > 0)
  assert.match(desk.trouble[0]!, /closed with 1006/)
  await until('another one is there', () => desk.server.connections() === 1)
  await desk.close()
})

test('another connection takes the application: this one says so and stays silent', async () => {
  const desk = await openDesk()
  desk.server.replace()
  await until('it is reported', () => desk.events.some((event) => event.kind === 'endpointHealth'))
  await until('it is closed', () => desk.server.connections() === 0)
  await systemClock.sleep(100)
  assert.is(desk.server.connections(), 0)
  assert.match(desk.trouble.join(), /Another connection has taken the application cc/)
  await desk.close()
})

test('a server that refuses is asked again, ever more rarely; the password is told to nobody else', async () => {
  const server = await fakeAsterisk()
  const reasons: string[] = []
  const password = 'a-password-that-is-wrong'
  const options = { origin: server.origin, user: USER, password, app: APP, numbers: [{ id: OURS }] }
  const adapter = asterisk({
    ...options,
    longestPause: 40,
    onTrouble: (error) => reasons.push(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`),
  })
  const stopping = new AbortController()
  const events: unknown[] = []
  const host: ChannelHost = {
    clock: systemClock,
    ingest: async (reported) => {
      events.push(...reported)
      return reported.map((event) => ({ event, duplicate: false }))
    },
    threads: {
      read: () => {
        throw new Error('nobody reads')
      },
    },
    liveCalls: async () => [],
  }
  const running = adapter.start?.(host, stopping.signal)
  await until('it was tried again', () => reasons.length >= 3)
  const done = await adapter.control?.({ endpoint: OURS, call: '1', action: { kind: 'hangUp' } })()
  assert.is(done && E.isLeft(done) && done.left.class, 'channel')
  stopping.abort()
  await running
  const told = JSON.stringify([reasons, events, done, server.requests])
  assert.not.match(told, password)
  assert.not.match(told, Buffer.from(`${USER}:${password}`).toString('base64'))
  // One fact, however often it was tried.
  assert.is(events.length, 1)
  await server.close()
})

test('stopping releases the connection at once, also while it is not there', async () => {
  const desk = await openDesk()
  desk.server.listen(false)
  desk.server.drop()
  await until('it is down', () => desk.trouble.length > 0)
  const began = Date.now()
  await desk.close()
  assert.ok(Date.now() - began < 2_000)
})

test('options that cannot work are refused', () => {
  const options = { origin: 'http://127.0.0.1:8088', user: 'u', password: 'p', numbers: [{ id: OURS }] }
  for (const wrong of [{ origin: 'asterisk' }, { user: '' }, { password: '' }, { numbers: [] }])
    assert.throws(() => asterisk({ ...options, ...wrong }), /asterisk needs/)
})

test.run()
