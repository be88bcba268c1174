import { type CallAction, placedCall } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type Desk, inBridge, legChannel, openDesk, talk, until } from '../test/desk.js'
import type { Phone } from '../test/fake-asterisk.js'

const test = suite('Asterisk: calls to customers')

const ANA = '+5511987654321'
const CALL = placedCall('c1')
const trunk = (number: string, from: string) => `PJSIP/${number}@trunk-${from}`
const CUSTOMER = trunk(ANA, '551140028922')
const PLACE: CallAction = {
  ...{ kind: 'place', leg: 'leg1', address: 'PJSIP/bia', timeout: 5_000 },
  ...{ to: ANA, toTimeout: 5_000 },
}
const agentChannel = legChannel(CALL, 'leg1')

const placing = async (agent: Phone, customer: Phone): Promise<Desk> => {
  const desk = await openDesk({ trunk })
  desk.server.phones.set('PJSIP/bia', agent)
  desk.server.phones.set(CUSTOMER, customer)
  assert.ok(E.isRight(await desk.act(CALL, PLACE)))
  return desk
}

const ended = (desk: Desk) => desk.facts().filter((fact) => fact.startsWith('callEnded'))

test('the agent is rung, then the customer, who is joined to them when they answer; whoever hangs up ends it', async () => {
  const desk = await placing('answers', 'answers')
  const { server, facts, events, close } = desk
  await until('they talk', () => inBridge(server, talk(CALL)).length === 2)
  assert.equal(inBridge(server, talk(CALL)), [agentChannel, CALL])
  await until('it is reported', () => facts().includes('callAnswered leg1'))
  // The agent hears it ring, and hears no more of it when they talk.
  const asked = server.requests.filter((one) => one.includes('/ring') || one === 'POST channels')
  assert.equal(asked, [
    'POST channels',
    `POST channels/${agentChannel}/ring`,
    'POST channels',
    `DELETE channels/${agentChannel}/ring`,
  ])
  assert.is(server.channels.get(agentChannel)?.caller.number, ANA, 'the agent sees whom they call')
  assert.is(server.channels.get(CALL)?.caller.number, '551140028922', 'the customer sees us')
  server.end(CALL)
  await until('it is over', () => ended(desk).length === 1)
  await until('nobody is left', () => server.channels.size === 0)
  assert.equal(facts(), ['callRang leg1', 'callAnswered leg1', 'callEnded by customer'])
  const end = events.at(-1)
  assert.ok(end?.kind === 'callEnded' && end.duration !== undefined && end.outcome === undefined)
  await close()
})

test('an agent who hangs up while they talk ends the call', async () => {
  const desk = await placing('answers', 'answers')
  await until('they talk', () => inBridge(desk.server, talk(CALL)).length === 2)
  desk.server.end(agentChannel)
  await until('it is over', () => ended(desk).length === 1)
  assert.equal(ended(desk), ['callEnded by agent'])
  await until('nobody is left', () => desk.server.channels.size === 0)
  await desk.close()
})

for (const [how, outcome] of [
  ['busy', 'busy'],
  ['rings', 'noAnswer'],
  ['absent', 'failed'],
] as const)
  test(`a customer whose phone ${how === 'rings' ? 'nobody answers' : `is ${how}`}: ${outcome}, and the agent is let go`, async () => {
    const desk = await placing('answers', how)
    if (how === 'rings') {
      await until('it rings', () => desk.server.channels.has(CALL))
      desk.server.end(CALL, { cause: 19 })
    }
    await until('it is over', () => ended(desk).length === 1)
    assert.match(ended(desk)[0]!, new RegExp(` ${outcome}$`))
    await until('nobody is left', () => desk.server.channels.size === 0)
    assert.not.ok(desk.facts().some((fact) => fact.startsWith('callAnswered')))
    await desk.close()
  })

test('an agent who does not answer: the customer is never called', async () => {
  const desk = await placing('busy', 'answers')
  await until('it is said', () => desk.facts().includes('callMissed leg1 busy'))
  assert.is(desk.server.channels.size, 0)
  assert.is(desk.server.requests.filter((one) => one === 'POST channels').length, 1)
  await desk.close()
})

test('an agent who hangs up while it rings, and a call that is called off: cancelled, and nobody rings on', async () => {
  const hung = await placing('answers', 'rings')
  await until('it rings', () => hung.server.channels.has(CALL))
  hung.server.end(agentChannel)
  await until('it is over', () => ended(hung).length === 1)
  assert.equal(ended(hung), ['callEnded by agent cancelled'])
  await until('nobody is left', () => hung.server.channels.size === 0)
  await hung.close()

  const off = await placing('answers', 'rings')
  await until('it rings', () => off.server.channels.has(CALL))
  assert.ok(E.isRight(await off.act(CALL, { kind: 'hangUp' })))
  await until('it is over', () => ended(off).length === 1)
  assert.equal(ended(off), ['callEnded by agent cancelled'])
  await until('nobody is left', () => off.server.channels.size === 0)
  await off.close()

  const early = await placing('rings', 'answers')
  assert.ok(E.isRight(await early.act(CALL, { kind: 'hangUp' })))
  await until('nobody is left', () => early.server.channels.size === 0)
  assert.not.ok(early.server.requests.includes(`POST channels/${agentChannel}/ring`))
  await early.close()
})

test('a connection that breaks while it rings calls it off; one that breaks while they talk leaves them alone', async () => {
  const desk = await placing('answers', 'rings')
  const { server } = desk
  await until('it rings', () => server.channels.has(CALL))
  server.drop()
  await until('it is over', () => ended(desk).length === 1)
  assert.match(ended(desk)[0]!, / failed$/)
  await until('nobody is left', () => server.channels.size === 0)
  await desk.close()

  const talks = await placing('answers', 'answers')
  await until('they talk', () => inBridge(talks.server, talk(CALL)).length === 2)
  await talks.restart()
  await until('it is back', () => talks.server.connections() === 1)
  await until(
    'it has looked',
    () => talks.server.requests.filter((one) => one === 'GET bridges').length === 2,
  )
  assert.equal(inBridge(talks.server, talk(CALL)), [agentChannel, CALL])
  talks.server.end(CALL)
  await until('it is over', () => ended(talks).length === 1)
  assert.not.ok(talks.facts().includes('callOffered'))
  await talks.close()
})

test('who was called can be held and passed on like anybody', async () => {
  const desk = await placing('answers', 'answers')
  const { server, act } = desk
  await until('they talk', () => inBridge(server, talk(CALL)).length === 2)
  assert.ok(E.isRight(await act(CALL, { kind: 'hold' })))
  assert.equal(inBridge(server, 'ramal.wait.cc'), [CALL])
  assert.ok(E.isRight(await act(CALL, { kind: 'resume' })))
  assert.ok(E.isRight(await act(CALL, { kind: 'release', leg: 'leg1' })))
  await until('the agent is gone', () => !server.channels.has(agentChannel))
  server.phones.set('PJSIP/caio', 'answers')
  assert.ok(
    E.isRight(await act(CALL, { kind: 'connect', leg: 'leg2', address: 'PJSIP/caio', timeout: 5_000 })),
  )
  await until('they talk', () => inBridge(server, talk(CALL)).length === 2)
  server.end(CALL)
  await until('it is over', () => ended(desk).length === 1)
  await desk.close()
})

test('without a connection nobody is called, since nobody would hear what becomes of it', async () => {
  const desk = await openDesk({ trunk, timeout: 100 })
  desk.server.phones.set('PJSIP/bia', 'answers')
  desk.server.listen(false)
  desk.server.drop()
  await until('it is gone', () => desk.trouble.length > 0)
  const refused = await desk.act(CALL, PLACE)
  assert.ok(E.isLeft(refused) && refused.left.class === 'retry')
  assert.is(desk.server.channels.size, 0)
  desk.server.listen(true)
  await until('it is back', () => desk.server.connections() === 1)
  assert.ok(E.isRight(await desk.act(CALL, PLACE)))
  await desk.close()
})

test('without a trunk nobody is called', async () => {
  const desk = await openDesk()
  desk.server.phones.set('PJSIP/bia', 'answers')
  const refused = await desk.act(CALL, PLACE)
  assert.ok(E.isLeft(refused) && refused.left.class === 'content' && /trunk/.test(refused.left.reason))
  assert.is(desk.server.channels.size, 0)
  await desk.close()
})

test.run()
