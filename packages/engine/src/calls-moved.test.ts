import { suite } from '@ramal/testing'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, T0 } from '../test/desk.js'
import { ANA, connects, OURS, offered, openLine, reported, stateOf, talking } from '../test/line.js'

const test = suite('calls on their way')

test('only who has the ticket holds, resumes and passes on; passed on outside, it has left us', async () => {
  const desk = await talking()
  const { ramal, conversation } = desk
  desk.told()
  const other = await ramal.call(conversation, 'caio', { kind: 'hold' })
  assert.ok(isLeft(other) && 'reason' in other.left && other.left.reason === 'notAssigned')
  assert.equal(desk.told(), [])
  assert.ok(isRight(await ramal.call(conversation, 'bia', { kind: 'hold' })))
  assert.is((await stateOf(desk, conversation)).call?.held, true)
  assert.ok(isRight(await ramal.call(conversation, 'bia', { kind: 'resume' })))
  const on = { kind: 'transfer', address: '+5511900000000' } as const
  assert.ok(isRight(await ramal.call(conversation, 'bia', on)))
  assert.equal(
    desk.told().map(({ action }) => action.kind),
    ['hold', 'resume', 'transfer'],
  )
  await desk.say(reported({ kind: 'callEnded', call: 'c1', by: 'agent', at: T0 + 30_000 }))
  await desk.advance(100_000)
  const facts = await desk.facts(conversation)
  assert.ok(facts.includes('TicketTransferred'))
  assert.not.ok(
    facts.includes('ConversationAbandoned') || facts.includes('ConversationResolved'),
    facts.join(),
  )
  const none = await ramal.call(conversation, 'bia', { kind: 'hold' })
  assert.ok(isLeft(none) && 'reason' in none.left && none.left.reason === 'unknownCall')
  await ramal.stop()
})

test('transferred to a queue, the customer is taken from the phone and another agent is rung', async () => {
  const desk = await talking()
  const { ramal, conversation, leg } = desk
  await ramal.agent('bia', { type: 'becomeUnavailable', reason: 'lunch' })
  await ramal.signIn('caio', BIA)
  await ramal.settled()
  desk.told()
  const by = { kind: 'human', id: 'bia' } as const
  await ramal.conversation(conversation, {
    type: 'transfer',
    to: { kind: 'queue', queue: 'care' },
    mode: 'cold',
    by,
  })
  await ramal.settled()
  const told = desk.told()
  assert.equal(told[0]?.action, { kind: 'release', leg })
  assert.is(connects(told)[0]?.address, 'PJSIP/caio')
  await ramal.stop()
})

test('two engines on one log ring each phone once', async () => {
  const one = await openLine()
  const two = await openLine({}, { store: one.store, name: 'two', clock: one.clock, patience: 3_000 })
  await one.ramal.signIn('bia', BIA)
  await one.ramal.ingest('phone', [offered('c1')])
  await two.ramal.ingest('phone', [offered('c1')])
  await one.ramal.settled()
  await two.ramal.settled()
  assert.is(connects([...one.told(), ...two.told()]).length, 1)
  await Promise.all([one.ramal.stop(), two.ramal.stop()])
})

test('started again in the middle of a call, an engine knows it and goes on', async () => {
  const before = await talking()
  await before.ramal.stop()
  const after = await openLine({}, { store: before.store, name: 'again', clock: before.clock })
  assert.equal(after.told(), [])
  await after.say(offered('c1'))
  await after.say(reported({ kind: 'callEnded', call: 'c1', by: 'customer', at: T0 + 50_000 }))
  const types = await after.facts(before.conversation)
  assert.is(types.filter((type) => type === 'CallOffered').length, 1)
  assert.is(types.at(-1), 'CallEnded')
  await after.ramal.stop()
})

test('a caller who hides their number is routed, and is nobody else', async () => {
  const desk = await openLine()
  const [one, two] = await desk.say({ ...offered('c1'), peer: [] }, { ...offered('c2'), peer: [] })
  const customers = [one, two].map(async (it) => (await stateOf(desk, it!.conversation!)).customer)
  const [first, second] = await Promise.all(customers)
  assert.is.not(first, second)
  await desk.ramal.stop()
})

test('a call by somebody who writes to us joins what they write in, and rings who answers it', async () => {
  const desk = await openLine()
  const { ramal } = desk
  const peer = [{ kind: 'e164', value: ANA }] as const
  const message = {
    kind: 'message',
    dedupeKey: 'm1',
    providerId: 'm1',
    at: T0,
    endpoint: OURS,
    peer,
    content: { kind: 'text', text: 'may I call you?' },
  } as const
  await ramal.signIn('bia', BIA)
  const [written] = await desk.say(message)
  const [offer] = await firstValueFrom(ramal.offers('bia'))
  await ramal.accept(written!.conversation!, offer!.offer, 'bia')
  const [called] = await desk.say(offered('c1', T0 + 1))
  assert.is(called!.conversation, written!.conversation)
  const [rung] = connects(desk.told())
  await desk.say(reported({ kind: 'callAnswered', call: 'c1', leg: rung!.leg, at: T0 + 10 }))
  await desk.say(reported({ kind: 'callEnded', call: 'c1', by: 'customer', at: T0 + 20 }))
  await desk.advance(60_000)
  assert.is((await stateOf(desk, written!.conversation!)).status, 'open')
  await ramal.stop()
})

test('what is reported of a call that nobody knows is kept', async () => {
  const desk = await openLine()
  await desk.say(reported({ kind: 'callEnded', call: 'c9', by: 'customer', at: T0 }))
  const kept = (await desk.log()).find(({ type }) => type === 'ReportKept')
  assert.match(JSON.stringify(kept?.data), /no conversation of call c9 is known/)
  await desk.ramal.stop()
})

test.run()
