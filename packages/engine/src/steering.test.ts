import { suite } from '@ramal/testing'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { isNone, isSome } from 'fp-ts/lib/Option.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, type Desk, openDesk, POLICY, T0, text } from '../test/desk.js'

const test = suite('steering')

const writes = (desk: Desk, from: string, id: string) =>
  desk.post({
    contacts: [{ wa_id: from, profile: { name: from } }],
    messages: [text(from, id, 'hello', desk.clock.now())],
  })

const conversationOf = async (desk: Desk, nth: number): Promise<string> =>
  (await desk.log())
    .filter(({ type }) => type === 'ConversationOpened')
    [nth]!.stream.slice('conversation-'.length)

const acceptAll = async (desk: Desk, agent: string): Promise<void> => {
  for (const { conversation, offer } of await firstValueFrom(desk.ramal.offers(agent)))
    assert.ok(isRight(await desk.ramal.accept(conversation, offer, agent)))
  await desk.ramal.settled()
}

test('a ticket is taken by hand within capacity, beyond it only when that is said, from others only when that is said', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  const one = { ...BIA, capacity: { total: 1 } }
  await writes(desk, '15550111', 'm1')
  await writes(desk, '15550112', 'm2')
  const [first, second] = [await conversationOf(desk, 0), await conversationOf(desk, 1)]
  await ramal.agent('bia', { type: 'register', profile: one })
  await ramal.agent('bia', { type: 'signIn' })

  // Signed in but not available: nothing is offered, and by hand she may take one.
  assert.ok(isRight(await ramal.pick(first, 'bia')))
  const refused = await ramal.pick(second, 'bia')
  assert.ok(isLeft(refused))
  assert.is((refused.left as { verdict?: string }).verdict, 'capacity')
  assert.match(
    (refused.left as { message: string }).message,
    'cannot be given to bia: capacity (needs 1, has 0 of 1)',
  )
  const boss = { kind: 'human', id: 'boss' } as const
  assert.ok(isRight(await ramal.pick(second, 'bia', { by: boss, overcommit: true })))

  await ramal.signIn('cid', one)
  const taken = await ramal.pick(second, 'cid', { by: boss })
  assert.ok(isLeft(taken))
  assert.is((taken.left as { reason?: string }).reason, 'alreadyAssigned')
  assert.ok(isRight(await ramal.pick(second, 'cid', { by: boss, reassign: true })))
  const { tickets } = await firstValueFrom(ramal.inbox('cid'))
  assert.equal(
    tickets.map(({ conversation }) => conversation),
    [second],
  )
  assert.is(ramal.router.state.agents.get('bia')!.load, 1)
  assert.equal((await ramal.verify()).differences, [])
  await ramal.stop()
})

test('the answer to an offer is that of who was asked, once; whoever else gives it is refused, also after them', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  await ramal.signIn('bia', { ...BIA, capacity: { total: 1 } })
  await writes(desk, '15550111', 'm1')
  const { conversation, offer } = desk.offer('bia')
  const reasonOf = (result: Awaited<ReturnType<typeof ramal.accept>>) =>
    isLeft(result) && 'reason' in result.left ? result.left.reason : 'carried out'
  assert.is(reasonOf(await ramal.accept(conversation, offer, 'cid')), 'notYourOffer')
  assert.is(reasonOf(await ramal.accept(conversation, offer, 'bia')), 'carried out')
  assert.is(reasonOf(await ramal.accept(conversation, offer, 'bia')), 'carried out', 'the same again')
  assert.is(reasonOf(await ramal.accept(conversation, offer, 'cid')), 'notYourOffer')
  assert.is(reasonOf(await ramal.decline(conversation, offer, 'cid')), 'notYourOffer')
  await writes(desk, '15550112', 'm2')
  await ramal.signIn('cid', { ...BIA, capacity: { total: 1 } })
  await ramal.settled()
  const second = desk.offer('cid')
  assert.is(reasonOf(await ramal.decline(second.conversation, second.offer, 'cid')), 'carried out')
  assert.is(reasonOf(await ramal.decline(second.conversation, second.offer, 'bia')), 'notYourOffer')
  await ramal.stop()
})

test('why a ticket waits, and what would free it', async () => {
  const desk = await openDesk()
  await writes(desk, '15550111', 'm1')
  await desk.ramal.agent('bia', { type: 'register', profile: BIA })
  const why = await desk.ramal.explainWait(await conversationOf(desk, 0))
  assert.ok(isSome(why))
  assert.equal(why.value.changes[0], {
    agent: 'bia',
    verdicts: ['unavailable'],
    what: ['signs in and becomes available'],
    at: undefined,
  })
  assert.ok(isNone(await desk.ramal.explainWait('nowhere')))
  await desk.ramal.stop()
})

test('another policy holds from the moment that it is published; a wrong one changes nothing', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  await ramal.signIn('bia', { ...BIA, queues: ['late'] })
  await writes(desk, '15550111', 'm1')
  assert.is((await firstValueFrom(ramal.offers('bia'))).length, 0)
  const refused = await ramal.publish({ ...POLICY, classification: [{ queue: 'nowhere' }] })
  assert.ok(isLeft(refused))
  assert.match(refused.left.faults.join(), 'there is no queue "nowhere"')
  const late = {
    ...POLICY,
    classification: [{ queue: 'late' }],
    queues: { late: {} },
    onPublish: 'reclassify',
  }
  assert.ok(isRight(await ramal.publish(late)))
  await ramal.settled()
  assert.is((await firstValueFrom(ramal.offers('bia'))).length, 1)
  assert.equal((await ramal.verify()).differences, [])
  await ramal.stop()
})

test('expected resolution is taken from the log, published, and decides from then on', async () => {
  const ranked = { ...POLICY, queues: { care: { ranking: ['expectedResolution', 'longestIdle'] } } }
  const desk = await openDesk({ policy: ranked })
  const { ramal } = desk
  const room = { ...BIA, capacity: { total: 1 } }
  // Bia's customers come back the next day, Cid's do not.
  await ramal.signIn('bia', room)
  for (let i = 0; i < 3; i++) {
    await writes(desk, '15550111', `b${i}`)
    await acceptAll(desk, 'bia')
    await ramal.resolve(await conversationOf(desk, i), 'bia', 'solved')
    await desk.advance(26 * 3_600_000)
  }
  await ramal.agent('bia', { type: 'signOut' })
  await ramal.signIn('cid', room)
  for (let i = 0; i < 3; i++) {
    await writes(desk, `1555012${i}`, `c${i}`)
    await acceptAll(desk, 'cid')
    await ramal.resolve(await conversationOf(desk, 3 + i), 'cid', 'solved')
    await desk.advance(26 * 3_600_000)
  }
  await desk.advance(40 * 86_400_000)
  const { estimates, prior } = await ramal.estimateResolution({ weight: 1 })
  const of = (agent: string) => estimates.find((one) => one.agent === agent)!.permille
  assert.ok(of('bia') < prior && prior < of('cid'), JSON.stringify({ estimates, prior }))

  // Bia has been idle for longer, and is asked second all the same.
  await ramal.signIn('bia', room)
  await ramal.agent('cid', { type: 'becomeUnavailable', reason: 'lunch' })
  await desk.advance(1000)
  await ramal.agent('cid', { type: 'becomeAvailable' })
  await writes(desk, '15550199', 'z')
  assert.is((await firstValueFrom(ramal.offers('cid'))).length, 1)
  assert.is((await firstValueFrom(ramal.offers('bia'))).length, 0)
  assert.equal((await ramal.verify()).differences, [])
  assert.ok(desk.clock.now() > T0)
  await ramal.stop()
})

test('rules ask for the segment that the brand has put a customer in', async () => {
  const policy = {
    ...POLICY,
    classification: [{ when: { segment: 'gold' }, queue: 'care', band: 1 }, { queue: 'care' }],
  }
  const desk = await openDesk({ policy })
  const { ramal } = desk
  await writes(desk, '15550111', 'm1')
  await writes(desk, '15550112', 'm2')
  const gold = (await desk.log())
    .find(({ type }) => type === 'CustomerIdentified')!
    .stream.slice('customer-'.length)
  assert.ok(isRight(await ramal.customer(gold, { type: 'assignSegment', segment: 'gold' })))
  await desk.advance(30 * 86_400_000)
  for (const conversation of [await conversationOf(desk, 0), await conversationOf(desk, 1)])
    await ramal.conversation(conversation, { type: 'close', reason: 'test' })
  await ramal.settled()
  // The other one comes first, and waits longer.
  await writes(desk, '15550112', 'm3')
  await desk.advance(60_000)
  await writes(desk, '15550111', 'm4')
  await ramal.signIn('bia', { ...BIA, capacity: { total: 1 } })
  await ramal.settled()
  const [offer] = await firstValueFrom(ramal.offers('bia'))
  assert.is(offer?.conversation, await conversationOf(desk, 3))
  await ramal.stop()
})

test('a shadow policy is only logged', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  await ramal.signIn('bia', BIA)
  const shadow = { ...POLICY, name: 'shadow', classification: [{ queue: 'other' }], queues: { other: {} } }
  assert.ok(isRight(await ramal.publishShadow(shadow)))
  await writes(desk, '15550111', 'm1')
  const [report] = await ramal.shadowReport()
  assert.equal([report?.offers, report?.nobody, report?.sameQueue], [1, 1, 0])
  await ramal.withdrawShadow()
  await writes(desk, '15550112', 'm2')
  assert.is((await ramal.shadowReport())[0]?.offers, 1)
  assert.equal((await ramal.verify()).differences, [])
  await ramal.stop()
})

test.run()
