import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { inBridge, legChannel, openDesk, talk, talking, until, wait, waiting } from '../test/desk.js'
import { OURS } from '../test/fake-asterisk.js'

const test = suite('Asterisk: calls')

test('a call is offered, answered, and waits with music; what is no customer’s is left alone', async () => {
  const desk = await openDesk()
  desk.server.ring('', '', ['snoop'])
  const call = await waiting(desk)
  assert.ok(desk.server.bridges.get(wait)?.music)
  assert.is(desk.server.channels.get(call)?.state, 'Up')
  const [offered, ...others] = desk.events
  assert.is(others.length, 0)
  assert.equal(offered?.kind === 'callOffered' && { ...offered, at: 0 }, {
    kind: 'callOffered',
    dedupeKey: `ari:${call}:offered`,
    at: 0,
    endpoint: OURS,
    peer: [{ kind: 'e164', value: '+5511987654321' }],
    profileName: 'Maria Souza',
    call,
    direction: 'inbound',
    from: '+5511987654321',
    to: OURS,
  })
  await desk.close()
})

test('an agent is rung and joined to the customer; when the customer hangs up both are gone', async () => {
  const desk = await openDesk()
  const call = await talking(desk)
  assert.equal(inBridge(desk.server, talk(call)), [legChannel(call, 'leg1'), call])
  assert.equal(inBridge(desk.server, wait), [])
  desk.server.end(call)
  await until('nobody is left', () => desk.server.channels.size === 0 && !desk.server.bridges.has(talk(call)))
  assert.equal(desk.facts(), ['callOffered', 'callRang leg1', 'callAnswered leg1', 'callEnded by customer'])
  const ended = desk.events.at(-1)
  assert.ok(ended?.kind === 'callEnded' && ended.duration !== undefined && ended.duration < 5_000)
  assert.equal(desk.trouble, [])
  await desk.close()
})

test('when the agent hangs up the call is over, by the agent', async () => {
  const desk = await openDesk()
  const call = await talking(desk)
  desk.server.end(legChannel(call, 'leg1'))
  await until('the customer is gone', () => desk.server.channels.size === 0)
  await until('it is reported', () => desk.facts().includes('callEnded by agent'))
  assert.is(desk.facts().filter((fact) => fact.startsWith('callEnded')).length, 1)
  await desk.close()
})

test('who hangs up while they wait has ended the call, once', async () => {
  const desk = await openDesk()
  const call = await waiting(desk)
  desk.server.end(call)
  await until('it is reported', () => desk.events.length === 2)
  assert.equal(desk.facts(), ['callOffered', 'callEnded by customer'])
  await desk.close()
})

for (const [phone, cause] of [
  ['busy', 'busy'],
  ['rings', 'noAnswer'],
] as const)
  test(`a phone that ${phone === 'busy' ? 'is busy' : 'nobody answers'} is reported, and the customer waits on`, async () => {
    const desk = await openDesk()
    const call = await waiting(desk)
    desk.server.phones.set('PJSIP/bia', phone)
    const rung = await desk.act(call, { kind: 'connect', leg: 'leg1', address: 'PJSIP/bia', timeout: 700 })
    assert.ok(E.isRight(rung))
    await until('it is reported', () => desk.facts().includes(`callMissed leg1 ${cause}`))
    assert.equal(inBridge(desk.server, wait), [call])
    assert.equal([...desk.server.channels.keys()], [call])
    await desk.close()
  })

test('what cannot be rung is a fault, and what is rung twice rings once', async () => {
  const desk = await openDesk()
  const call = await waiting(desk)
  const connect = { kind: 'connect', leg: 'leg1', address: 'PJSIP/bia', timeout: 5_000 } as const
  const absent = await desk.act(call, connect)
  assert.match(E.isLeft(absent) ? absent.left.reason : '', /Asterisk answered 500/)
  desk.server.phones.set('PJSIP/bia', 'rings')
  assert.ok(E.isRight(await desk.act(call, connect)))
  assert.ok(E.isRight(await desk.act(call, connect)))
  assert.is([...desk.server.channels.keys()].filter((id) => id.startsWith('ramal.')).length, 1)
  const gone = await desk.act('1795375155.99', connect)
  assert.is(E.isLeft(gone) && gone.left.class, 'recipient')
  await desk.close()
})

test('a phone that is let go rings no more; an agent who is let go leaves the customer waiting', async () => {
  const desk = await openDesk()
  const call = await talking(desk)
  desk.server.phones.set('PJSIP/caio', 'rings')
  await desk.act(call, { kind: 'connect', leg: 'leg2', address: 'PJSIP/caio', timeout: 5_000 })
  await desk.act(call, { kind: 'release', leg: 'leg2' })
  assert.not.ok(desk.server.channels.has(legChannel(call, 'leg2')))
  assert.is(inBridge(desk.server, talk(call)).length, 2)
  await desk.act(call, { kind: 'release', leg: 'leg1' })
  await until('it is reported', () => desk.facts().includes('callMissed leg2 noAnswer'))
  assert.equal(inBridge(desk.server, wait), [call])
  assert.equal([...desk.server.channels.keys()], [call])
  assert.not.ok(desk.facts().some((fact) => fact.startsWith('callEnded')))
  await desk.close()
})

test('an agent who is gone when they are to be joined has missed the call, and the customer waits on', async () => {
  const desk = await openDesk()
  const call = await waiting(desk)
  desk.server.phones.set('PJSIP/bia', 'rings')
  await desk.act(call, { kind: 'connect', leg: 'leg1', address: 'PJSIP/bia', timeout: 5_000 })
  const picksUp = legChannel(call, 'leg1')
  desk.server.pickUp(picksUp)
  desk.server.end(picksUp)
  await until('it is reported', () => desk.facts().includes('callMissed leg1 failed'))
  assert.not.ok(desk.facts().includes('callAnswered leg1'))
  assert.equal(inBridge(desk.server, wait), [call])
  await desk.close()
})

test('let go in the moment in which they pick up, an agent leaves the customer waiting, for the next one', async () => {
  const desk = await openDesk({ record: true })
  const call = await waiting(desk)
  desk.server.phones.set('PJSIP/bia', 'rings')
  desk.server.phones.set('PJSIP/caio', 'answers')
  await desk.act(call, { kind: 'connect', leg: 'leg1', address: 'PJSIP/bia', timeout: 5_000 })
  desk.server.pickUp(legChannel(call, 'leg1'))
  // As when a ticket is transferred at once.
  await until('they are being joined', () => desk.server.bridges.has(talk(call)))
  assert.ok(E.isRight(await desk.act(call, { kind: 'release', leg: 'leg1' })))
  assert.equal(inBridge(desk.server, wait), [call])
  assert.equal([...desk.server.channels.keys()], [call])
  await desk.act(call, { kind: 'connect', leg: 'leg2', address: 'PJSIP/caio', timeout: 5_000 })
  await until('the next one talks', () => inBridge(desk.server, talk(call)).length === 2)
  await until('it is reported', () => desk.facts().includes('callAnswered leg2'))
  assert.not.ok(desk.facts().some((fact) => fact.startsWith('callEnded')))
  await desk.close()
})

test('hold takes the customer to the music and back, by us or by the agent’s phone', async () => {
  const desk = await openDesk()
  const call = await talking(desk)
  assert.ok(E.isRight(await desk.act(call, { kind: 'hold' })))
  assert.equal(inBridge(desk.server, wait), [call])
  assert.ok(E.isRight(await desk.act(call, { kind: 'resume' })))
  assert.is(inBridge(desk.server, talk(call)).length, 2)
  const channel = desk.server.shown(legChannel(call, 'leg1'))
  desk.server.send({ type: 'ChannelHold', musicclass: 'default', channel })
  desk.server.send({ type: 'ChannelUnhold', channel })
  await until('it is reported', () => desk.facts().includes('callResumed'))
  assert.ok(desk.facts().includes('callHeld'))
  // Held, and the agent hangs up.
  await desk.act(call, { kind: 'hold' })
  desk.server.end(legChannel(call, 'leg1'))
  await until('the customer is gone', () => desk.server.channels.size === 0)
  await desk.close()
})

test('passed on by us: the customer goes on in the dial plan, and the call has ended for us', async () => {
  const desk = await openDesk({ transferContext: 'outside' })
  const call = await talking(desk)
  assert.ok(E.isRight(await desk.act(call, { kind: 'transfer', address: '5511900000000' })))
  await until('it is reported', () => desk.facts().includes('callEnded by agent'))
  const ended = desk.events.at(-1)
  assert.is(ended?.kind === 'callEnded' && ended.transferredTo, '5511900000000')
  await until('nobody is left', () => desk.server.channels.size === 0)
  await desk.close()
  const without = await openDesk()
  const other = await talking(without)
  const refused = await without.act(other, { kind: 'transfer', address: '1' })
  assert.match(E.isLeft(refused) ? refused.left.reason : '', /transferContext/)
  assert.is(inBridge(without.server, talk(other)).length, 2)
  await without.close()
})

test('passed on by the agent’s phone: whoever takes their place talks on, and hangs up for both', async () => {
  const desk = await openDesk()
  const { server } = desk
  const call = await talking(desk)
  const leg = server.shown(legChannel(call, 'leg1'))
  const local = 'Local-1795375420.2'
  server.channels.set(local, {
    id: local,
    name: 'Local/2002@agents-00000000;1',
    state: 'Up',
    caller: { name: '', number: '' },
    app_data: 'cc',
    creationtime: '2026-11-22T19:23:40.134+0000',
  })
  server.send({ type: 'StasisStart', args: [], channel: server.shown(local), replace_channel: leg })
  server.enter(talk(call), local)
  server.send({
    type: 'BridgeBlindTransfer',
    channel: leg,
    exten: '2002',
    result: 'Success',
    is_external: true,
  })
  server.end(legChannel(call, 'leg1'))
  await until('it is reported', () => desk.facts().includes('callEnded by agent'))
  const ended = desk.events.find((event) => event.kind === 'callEnded')
  assert.is(ended?.kind === 'callEnded' && ended.transferredTo, '2002')
  await until('it was asked who is left', () => server.requests.includes(`GET bridges/${talk(call)}`))
  assert.equal(inBridge(server, talk(call)), [call, local])
  server.end(local)
  await until('nobody is left', () => server.channels.size === 0)
  await desk.close()
})

test('recordings are reported by their name, with how long they are', async () => {
  const desk = await openDesk({ record: true })
  const call = await talking(desk)
  await until('it is recorded', () => desk.server.requests.includes(`POST bridges/${talk(call)}/record`))
  const recording = { name: 'ramal-leg1', format: 'wav', target_uri: `bridge:${talk(call)}`, duration: 7 }
  desk.server.send({ type: 'RecordingFinished', recording })
  await until('it is reported', () => desk.facts().includes('callRecorded'))
  const recorded = desk.events.at(-1)
  assert.equal(recorded?.kind === 'callRecorded' && [recorded.call, recorded.recording, recorded.duration], [
    call,
    'ramal-leg1',
    7_000,
  ])
  await desk.close()
})

test('hung up by us, it is the agent who ended it; what a telephone cannot do is refused', async () => {
  const desk = await openDesk()
  const call = await talking(desk)
  assert.ok(E.isLeft(await desk.act(call, { kind: 'answer', session: {} })))
  assert.ok(E.isRight(await desk.act(call, { kind: 'hangUp' })))
  await until('it is reported', () => desk.facts().includes('callEnded by agent'))
  const peer = { kind: 'e164', value: '+5511987654321' } as const
  const content = { kind: 'text', text: 'Olá' } as const
  const sent = await desk.adapter().send({ message: 'm', endpoint: OURS, to: peer, content, sender: 'bot' })()
  assert.is(E.isLeft(sent) && sent.left.class, 'content')
  await desk.close()
})

test.run()
