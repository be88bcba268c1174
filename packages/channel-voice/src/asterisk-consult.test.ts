import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type Desk, inBridge, legChannel, openDesk, talk, talking, until, wait } from '../test/desk.js'
import type { Phone } from '../test/fake-asterisk.js'

const test = suite('Asterisk: asking before passing on')

const ask = { kind: 'consult', address: 'PJSIP/2002', timeout: 5_000 } as const
const complete = { kind: 'complete', address: 'PJSIP/2002' } as const
const asked = (call: string) => legChannel(call, 'consult')

/** Bia talks to a customer, and asks somebody whose telephone does that. */
const asking = async (phone: Phone): Promise<Desk & { readonly call: string }> => {
  const desk = await openDesk()
  const call = await talking(desk)
  desk.server.phones.set('PJSIP/2002', phone)
  assert.ok(E.isRight(await desk.act(call, ask)))
  assert.equal(inBridge(desk.server, wait), [call])
  if (phone === 'answers')
    await until('they talk', () => inBridge(desk.server, talk(call)).includes(asked(call)))
  return { ...desk, call }
}

test('the customer waits, and is passed on to who was asked; when they hang up the call is over', async () => {
  const { server, act, call, facts, close } = await asking('answers')
  assert.equal(inBridge(server, talk(call)), [legChannel(call, 'leg1'), asked(call)])
  assert.ok(E.isRight(await act(call, complete)))
  await until('the agent is gone', () => !server.channels.has(legChannel(call, 'leg1')))
  assert.equal(inBridge(server, talk(call)), [asked(call), call])
  server.end(asked(call))
  await until('nobody is left', () => server.channels.size === 0)
  await until('it is reported', () => facts().some((fact) => fact.startsWith('callEnded')))
  assert.not.ok(facts().includes('callResumed'))
  assert.equal(
    facts().filter((fact) => fact.startsWith('callAnswered')),
    ['callAnswered leg1'],
  )
  await close()
})

test('or is back with the agent, and who was asked has gone', async () => {
  const { server, act, call, facts, close } = await asking('answers')
  assert.ok(E.isRight(await act(call, { kind: 'endConsult' })))
  assert.not.ok(server.channels.has(asked(call)))
  assert.equal(inBridge(server, talk(call)), [legChannel(call, 'leg1'), call])
  assert.ok(E.isLeft(await act(call, { kind: 'endConsult' })))
  assert.ok(E.isLeft(await act(call, complete)))
  assert.not.ok(facts().some((fact) => fact.startsWith('callEnded')))
  // And somebody else can be asked.
  server.phones.set('PJSIP/2002', 'rings')
  assert.ok(E.isRight(await act(call, ask)))
  await close()
})

for (const phone of ['busy', 'rings'] as const)
  test(`who is asked ${phone === 'busy' ? 'is busy' : 'is waited for no longer'}: the customer is back`, async () => {
    const { server, act, call, facts, close } = await asking(phone)
    if (phone === 'rings') {
      assert.ok(E.isLeft(await act(call, ask)))
      assert.ok(E.isLeft(await act(call, complete)))
      server.end(asked(call), { cause: 19 })
    }
    await until('the customer is back', () => inBridge(server, talk(call)).length === 2)
    await until('it is reported', () => facts().includes('callResumed'))
    assert.not.ok(facts().some((fact) => fact.startsWith('callMissed')))
    await close()
  })

test('an agent who hangs up while asking has passed the customer on', async () => {
  const { server, call, events, close } = await asking('answers')
  server.end(legChannel(call, 'leg1'))
  await until('the customer talks', () => inBridge(server, talk(call)).includes(call))
  await until('it is reported', () => events.some(({ kind }) => kind === 'callEnded'))
  const ended = events.find((event) => event.kind === 'callEnded')
  assert.equal(ended?.kind === 'callEnded' && [ended.by, ended.transferredTo, ended.attended], [
    'agent',
    'PJSIP/2002',
    true,
  ])
  assert.equal(inBridge(server, talk(call)), [asked(call), call])
  server.end(call)
  await until('nobody is left', () => server.channels.size === 0)
  await close()
})

test('a customer who hangs up meanwhile leaves nobody ringing', async () => {
  const { server, call, close } = await asking('rings')
  server.end(call)
  await until('nobody is left', () => server.channels.size === 0)
  await close()
})

test('who cannot be rung is a fault, and the customer is back at once', async () => {
  const desk = await openDesk()
  const call = await talking(desk)
  assert.ok(E.isLeft(await desk.act(call, ask)))
  assert.equal(inBridge(desk.server, talk(call)), [legChannel(call, 'leg1'), call])
  await desk.close()
})

test.run()
