import { suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, T0 } from '../test/desk.js'
import { connects, OURS, offered, opened, openLine, reported, stateOf, talking } from '../test/line.js'

const test = suite('calls')

test('a call waits, rings who is offered it, is answered, talked in, ended, wrapped up and counted', async () => {
  const desk = await openLine()
  const { ramal } = desk
  const [ingested] = await desk.say(offered('c1'))
  const conversation = ingested!.conversation!
  assert.is((await stateOf(desk, conversation)).queue, 'care')
  assert.equal(desk.told(), [])
  await desk.advance(10_000)
  await ramal.signIn('bia', BIA)
  await ramal.settled()
  const [rung, ...others] = desk.told()
  assert.is(others.length, 0)
  assert.equal(rung, {
    endpoint: OURS,
    call: 'c1',
    action: { kind: 'connect', leg: connects([rung!])[0]!.leg, address: 'PJSIP/bia', timeout: 25_000 },
  })
  const { leg } = connects([rung!])[0]!
  await desk.advance(3_000)
  await desk.say(reported({ kind: 'callAnswered', call: 'c1', leg, at: T0 + 13_000 }))
  const talk = await stateOf(desk, conversation)
  assert.equal([talk.assignee, talk.call?.agent], ['bia', 'bia'])
  await desk.advance(60_000)
  await desk.say(
    reported({ kind: 'callEnded', call: 'c1', by: 'customer', duration: 60_000, at: T0 + 73_000 }),
  )
  assert.is((await stateOf(desk, conversation)).status, 'open')
  await desk.advance(5_000)
  assert.ok(isRight(await ramal.resolve(conversation, 'bia', 'refund')))
  await desk.advance(9 * 86_400_000)
  assert.equal(await desk.facts(conversation), [
    'ConversationOpened',
    'CallOffered',
    'TicketClassified',
    'OfferIssued',
    'CallRang',
    'OfferAccepted',
    'CallAnswered',
    'CallEnded',
    'ConversationResolved',
    'ConversationClosed',
  ])
  const { total } = await firstValueFrom(ramal.service())
  assert.equal([total.totals.answered, total.totals.abandoned], [1, 0])
  // A minute of talk, and five seconds after it.
  assert.is(total.aht, 65_000)
  const report = await ramal.fcrReport({ by: ['channel'] })
  assert.equal([report.total.closedCohort.rate, report.total.closedCohort.of], [1, 1])
  assert.equal(desk.told(), [])
  assert.equal((await ramal.verify()).differences, [])
  assert.equal(desk.trouble, [])
  await ramal.stop()
})

test('who hangs up while they wait has abandoned, with how long they waited, and no phone rings on', async () => {
  const desk = await opened()
  const [rung] = connects(desk.told())
  await desk.advance(7_000)
  await desk.say(reported({ kind: 'callEnded', call: 'c1', by: 'customer', at: T0 + 7_000 }))
  const abandoned = (await desk.log()).find(({ type }) => type === 'ConversationAbandoned')
  assert.equal(abandoned?.data, { waited: 7_000 })
  // The line knows itself that who rings for nobody is to be let go.
  assert.ok(rung)
  const { total } = await firstValueFrom(desk.ramal.service())
  assert.equal([total.totals.answered, total.totals.abandoned], [0, 1])
  const [again] = await desk.say(offered('c2', T0 + 9_000))
  assert.is.not(again!.conversation, desk.conversation)
  assert.is(
    (await stateOf(desk, again!.conversation!)).customer,
    (await stateOf(desk, desk.conversation)).customer,
  )
  await desk.ramal.stop()
})

test('a phone that nobody answers: the offer lapses, its agent is asked no more, and the next one is rung', async () => {
  const desk = await opened()
  const [bia] = connects(desk.told())
  await desk.ramal.signIn('caio', BIA)
  await desk.advance(20_000)
  const told = desk.told()
  assert.equal(told[0]?.action, { kind: 'release', leg: bia!.leg })
  assert.is(connects(told)[0]?.address, 'PJSIP/caio')
  assert.is(desk.ramal.router.state.agents.get('bia')?.presence, 'notResponding')
  // What the line says of it then is no news, and does not lose Caio the offer.
  await desk.say(
    reported({ kind: 'callMissed', call: 'c1', leg: bia!.leg, cause: 'noAnswer', at: T0 + 20_010 }),
  )
  assert.is((await stateOf(desk, desk.conversation)).assignee, undefined)
  await desk.say(reported({ kind: 'callAnswered', call: 'c1', leg: connects(told)[0]!.leg, at: T0 + 22_000 }))
  assert.is((await stateOf(desk, desk.conversation)).assignee, 'caio')
  assert.equal(desk.trouble, [])
  await desk.ramal.stop()
})

test('a network that gives up before the offer does is the same; a phone that is busy only declines', async () => {
  const desk = await opened()
  const [bia] = connects(desk.told())
  await desk.say(
    reported({ kind: 'callMissed', call: 'c1', leg: bia!.leg, cause: 'noAnswer', at: T0 + 9_000 }),
  )
  assert.is(desk.ramal.router.state.agents.get('bia')?.presence, 'notResponding')
  await desk.ramal.signIn('caio', BIA)
  await desk.ramal.settled()
  const [caio] = connects(desk.told())
  await desk.say(reported({ kind: 'callMissed', call: 'c1', leg: caio!.leg, cause: 'busy', at: T0 + 10_000 }))
  assert.is(desk.ramal.router.state.agents.get('caio')?.presence, 'available')
  const facts = await desk.facts(desk.conversation)
  assert.is(facts.filter((type) => type === 'OfferExpired').length, 1)
  assert.is(facts.filter((type) => type === 'OfferDeclined').length, 1)
  await desk.ramal.stop()
})

test('who picks up too late is let go, and the customer is asked about with the next', async () => {
  const desk = await opened()
  const [bia] = connects(desk.told())
  await desk.advance(20_000)
  desk.told()
  await desk.say(reported({ kind: 'callAnswered', call: 'c1', leg: bia!.leg, at: T0 + 20_100 }))
  assert.equal(
    desk.told().map(({ action }) => action),
    [{ kind: 'release', leg: bia!.leg }],
  )
  assert.is((await stateOf(desk, desk.conversation)).assignee, undefined)
  await desk.ramal.stop()
})

test('accepted at the desk: then it rings; who does not answer then loses the ticket again', async () => {
  const desk = await opened({ ring: 'accepted' })
  const { ramal, conversation } = desk
  assert.equal(desk.told(), [])
  const [offer] = await firstValueFrom(ramal.offers('bia'))
  assert.ok(isRight(await ramal.accept(conversation, offer!.offer, 'bia')))
  await ramal.settled()
  const [rung] = connects(desk.told())
  assert.equal([rung?.address, rung?.timeout], ['PJSIP/bia', 25_000])
  await desk.say(
    reported({ kind: 'callMissed', call: 'c1', leg: rung!.leg, cause: 'noAnswer', at: T0 + 25_000 }),
  )
  const { assignee, status } = await stateOf(desk, conversation)
  assert.equal([assignee, status], [undefined, 'open'])
  assert.is(ramal.router.state.agents.get('bia')?.presence, 'notResponding')
  assert.ok((await desk.facts(conversation)).includes('TicketRequeued'))
  await ramal.stop()
})

test('a line that cannot ring an agent counts as a phone that failed', async () => {
  const fault = { class: 'recipient', reason: 'Asterisk answered 500.' } as const
  const desk = await opened({}, { refuse: () => fault })
  const facts = await desk.facts(desk.conversation)
  assert.ok(facts.includes('CallMissed') && facts.includes('OfferDeclined'), facts.join())
  assert.match(String(desk.trouble[0]), /phone of agent bia could not be rung: Asterisk answered 500/)
  await desk.ramal.stop()
})

test('nobody ends the time after a call: it ends by itself, when the policy says', async () => {
  const desk = await talking()
  await desk.say(reported({ kind: 'callEnded', call: 'c1', by: 'agent', at: T0 + 60_000 }))
  await desk.clock.advanceTo(T0 + 89_999, () => desk.ramal.settled())
  assert.is((await stateOf(desk, desk.conversation)).assignee, 'bia')
  await desk.clock.advanceTo(T0 + 90_000, () => desk.ramal.settled())
  const resolved = (await desk.log()).find(({ type }) => type === 'ConversationResolved')
  assert.equal(resolved?.data, { by: { kind: 'system' }, disposition: 'callEnded' })
  assert.is(desk.ramal.router.state.agents.get('bia')?.load, 0)
  await desk.ramal.stop()
})

test.run()
