import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, T0 } from '../test/desk.js'
import { ANA, offered, openLine, reported, stateOf } from '../test/line.js'
import { CALL, endsOf, type Line, placedIn, placing, right } from '../test/placed.js'

const test = suite('calls to customers')

const load = (desk: Line) => desk.ramal.router.state.agents.get('bia')?.load

test('an agent calls: their phone rings, the customer’s, they talk; it is a contact of its own, and theirs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-placed-'))
  const store = await sqliteStore(join(folder, 'log.db'))
  const desk = await openLine({}, { store })
  const { conversation, call, leg, placed } = await placing(desk)
  assert.equal(
    [placed.address, placed.to, placed.timeout, placed.toTimeout],
    ['PJSIP/bia', ANA, 25_000, 45_000],
  )
  const waiting = await stateOf(desk, conversation)
  assert.equal([waiting.assignee, waiting.call?.placed, waiting.call?.answered], ['bia', true, false])
  assert.is(load(desk), 1, 'it takes the place of any other contact')
  await desk.advance(9_000)
  await desk.say(reported({ kind: 'callAnswered', call, leg, at: T0 + 9_000 }))
  assert.is((await stateOf(desk, conversation)).call?.agent, 'bia')
  await desk.advance(60_000)
  await desk.say(reported({ kind: 'callEnded', call, by: 'customer', duration: 60_000, at: T0 + 69_000 }))
  assert.is((await endsOf(desk))[0]?.outcome, 'answered')
  right(await desk.ramal.resolve(conversation, 'bia', 'callback done'))
  await desk.ramal.settled()
  assert.is(load(desk), 0)
  assert.equal(await desk.facts(conversation), [
    'ConversationOpened',
    'CallPlaced',
    'PickRequested',
    'TicketPicked',
    'CallRang',
    'CallAnswered',
    'CallEnded',
    'ConversationResolved',
  ])
  const opened = (await desk.log()).find(({ type }) => type === 'ConversationOpened')
  assert.is((opened!.data as { direction: string }).direction, 'outbound')
  // Whom we call has not called us: no service level, no abandonment.
  const { total } = await firstValueFrom(desk.ramal.service())
  assert.equal([total.totals.answered, total.totals.abandoned], [0, 0])
  await desk.advance(9 * 86_400_000)
  assert.is((await desk.ramal.fcrReport({ by: ['channel'] })).total.closedCohort.of, 0)
  const { customer } = await stateOf(desk, conversation)
  const timeline = await desk.ramal.timeline(customer)
  assert.ok(timeline.some((entry) => entry.kind === 'happening' && entry.type === 'CallPlaced'))
  assert.equal((await desk.ramal.verify()).differences, [])
  assert.equal(desk.told(), [])
  assert.equal(desk.trouble, [])
  await desk.ramal.stop()
  await store.close()
  await rm(folder, { recursive: true })
})

for (const outcome of ['busy', 'noAnswer', 'rejected', 'failed'] as const)
  test(`a customer who is not reached (${outcome}): that is the outcome, and nobody has abandoned`, async () => {
    const desk = await openLine()
    const { conversation, call } = await placing(desk)
    await desk.say(reported({ kind: 'callEnded', call, by: 'customer', outcome, at: T0 + 20_000 }))
    assert.is((await endsOf(desk))[0]?.outcome, outcome)
    const { status, assignee } = await stateOf(desk, conversation)
    assert.equal([status, assignee], ['open', 'bia'], 'the agent says what comes of it')
    await desk.advance(60_000)
    assert.is((await stateOf(desk, conversation)).status, 'resolved')
    const facts = await desk.facts(conversation)
    assert.not.ok(facts.includes('ConversationAbandoned'))
    assert.is(load(desk), 0)
    await desk.ramal.stop()
  })

test('an agent who does not answer their own phone has called nobody', async () => {
  const desk = await openLine()
  const { conversation, call, leg } = await placing(desk)
  await desk.say(reported({ kind: 'callMissed', call, leg, cause: 'noAnswer', at: T0 + 25_000 }))
  const [{ outcome, cause, by } = {}] = await endsOf(desk)
  assert.equal([outcome, cause, by], ['cancelled', 'agent: noAnswer', 'system'])
  assert.is((await stateOf(desk, conversation)).assignee, 'bia')
  assert.is(desk.ramal.router.state.agents.get('bia')?.presence, 'available')
  // And again, in the same ticket.
  const again = right(await desk.ramal.dial({ ...CALL, id: 'again', to: { conversation } }))
  assert.is(again.conversation, conversation)
  await desk.ramal.settled()
  assert.is(placedIn(desk.told()).length, 1)
  await desk.ramal.stop()
})

test('a line that cannot call, and an agent without a telephone: it has failed, or is called off', async () => {
  const refuse = () => ({ class: 'content', reason: 'no trunk' }) as const
  const desk = await openLine({}, { refuse })
  await placing(desk)
  assert.equal((await endsOf(desk))[0]?.outcome, 'failed')
  assert.match(String(desk.trouble[0]), /no trunk/)
  await desk.ramal.stop()
  const none = await openLine({ addressOf: () => undefined })
  await none.ramal.signIn('bia', BIA)
  right(await none.ramal.dial(CALL))
  await none.ramal.settled()
  const [{ outcome, cause } = {}] = await endsOf(none)
  assert.equal([outcome, cause], ['cancelled', 'agent bia has no telephone'])
  assert.equal(none.told(), [])
  await none.ramal.stop()
})

test('a promised call back is made in its ticket, and may be put off again', async () => {
  const desk = await openLine()
  await desk.ramal.signIn('bia', BIA)
  const [ingested] = await desk.say(offered('c1'))
  const conversation = ingested!.conversation!
  const [rung] = desk.told()
  const { leg } = rung!.action as { leg: string }
  await desk.say(reported({ kind: 'callAnswered', call: 'c1', leg, at: T0 }))
  await desk.say(reported({ kind: 'callEnded', call: 'c1', by: 'customer', at: T0 }))
  const by = { kind: 'human', id: 'bia' } as const
  const until = T0 + 3_600_000
  right(await desk.ramal.conversation(conversation, { type: 'promiseCallback', by, at: until }))
  right(await desk.ramal.conversation(conversation, { type: 'park', by, until }))
  // The time after the call ends nothing that somebody means to come back to.
  await desk.advance(600_000)
  assert.is((await stateOf(desk, conversation)).status, 'open')
  await desk.advance(3_000_000)
  const [offer] = await firstValueFrom(desk.ramal.offers('bia'))
  assert.is(offer?.conversation, conversation)
  right(await desk.ramal.accept(conversation, offer!.offer, 'bia'))
  const dialled = right(await desk.ramal.dial({ ...CALL, to: { conversation } }))
  assert.is(dialled.conversation, conversation)
  await desk.ramal.settled()
  const [placed] = placedIn(desk.told())
  assert.equal([placed?.call, placed?.to], [dialled.call, ANA])
  const { call } = dialled
  await desk.say(reported({ kind: 'callAnswered', call, leg: placed!.leg, at: desk.clock.now() }))
  await desk.say(reported({ kind: 'callEnded', call, by: 'agent', at: desk.clock.now() + 1 }))
  assert.is((await endsOf(desk)).at(-1)?.outcome, 'answered')
  await desk.advance(60_000)
  assert.is((await stateOf(desk, conversation)).status, 'resolved')
  assert.equal((await desk.ramal.verify()).differences, [])
  assert.equal(desk.trouble, [])
  await desk.ramal.stop()
})

test('a provider that has names of its own is spoken to by them, and understood', async () => {
  const desk = await openLine()
  const { conversation, call, leg } = await placing(desk)
  await desk.say(reported({ kind: 'callNamed', call, name: 'CA-agent', at: T0 + 1 }))
  await desk.say(reported({ kind: 'callNamed', call, name: 'CA-customer', at: T0 + 2 }))
  await desk.say(reported({ kind: 'callNamed', call, name: 'CA-customer', at: T0 + 3 }))
  await desk.say(reported({ kind: 'callAnswered', call, leg, at: T0 + 4 }))
  assert.is((await desk.facts(conversation)).filter((type) => type === 'CallNamed').length, 2)
  right(await desk.ramal.call(conversation, 'bia', { kind: 'hangUp' }))
  assert.equal(
    desk.told().map(({ call: id, name, action }) => [id, name, action.kind]),
    [[call, 'CA-customer', 'hangUp']],
  )
  await desk.say(reported({ kind: 'callEnded', call: 'CA-customer', by: 'agent', at: T0 + 5 }))
  assert.is((await endsOf(desk))[0]?.outcome, 'answered')
  await desk.ramal.stop()
})

test('whom we have called can be passed on like anybody: they wait, and the next agent’s phone rings', async () => {
  const desk = await openLine()
  const { conversation, call, leg } = await placing(desk)
  await desk.say(reported({ kind: 'callAnswered', call, leg, at: T0 + 4 }))
  await desk.ramal.signIn('caio', BIA)
  const to = { kind: 'queue', queue: 'care' } as const
  const by = { kind: 'human', id: 'bia' } as const
  right(await desk.ramal.conversation(conversation, { type: 'transfer', to, mode: 'cold', by }))
  await desk.ramal.settled()
  const told = desk.told()
  assert.equal(told[0]?.action, { kind: 'release', leg })
  const connect = told.find(({ action }) => action.kind === 'connect')
  assert.is(connect?.call, call)
  await desk.ramal.stop()
})

test.run()
