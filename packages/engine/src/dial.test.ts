import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallCommand } from '@ramal/channel'
import type { Identifier } from '@ramal/customer'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, T0 } from '../test/desk.js'
import { fakeChannel } from '../test/fake-channel.js'
import { ANA, line, offered, openLine, PHONE_POLICY, reported, stateOf } from '../test/line.js'
import { ana, CALL, endsOf, placedIn, right } from '../test/placed.js'
import { startRamal } from './index.js'

const test = suite('asking for a call to a customer')

test('whoever has no room calls nobody, unless it is said; nobody takes the ticket from under the call', async () => {
  const desk = await openLine()
  await desk.ramal.signIn('bia', { ...BIA, capacity: { total: 1 } })
  await desk.say(offered('c1', T0, '+5511900000001'))
  const first = desk.ramal.router.state.agents.get('bia')?.offers
  assert.is(first?.size, 1)
  desk.told()
  const { conversation } = right(await desk.ramal.dial(CALL))
  await desk.ramal.settled()
  assert.ok((await desk.facts(conversation)).includes('PickRefused'))
  const [{ outcome, cause } = {}] = await endsOf(desk)
  assert.equal([outcome, cause], ['cancelled', 'capacity'])
  assert.equal(placedIn(desk.told()), [])
  right(await desk.ramal.dial({ ...CALL, id: 'all the same', overcommit: true }))
  await desk.ramal.settled()
  assert.is(placedIn(desk.told()).length, 1)
  // She signs out: the call that nobody has any more is called off, also at the line.
  await desk.ramal.agent('bia', { type: 'signOut' })
  await desk.ramal.settled()
  assert.ok(desk.told().some(({ action }) => action.kind === 'hangUp'))
  assert.is((await endsOf(desk)).at(-1)?.outcome, 'cancelled')
  await desk.ramal.stop()
})

test('what the customer has not asked for is judged by the rules, and counts for them', async () => {
  const caps = [{ most: 1, per: 86_400_000, purposes: ['marketing'], channels: ['phone'] }]
  const desk = await openLine({}, { sending: { caps } })
  await desk.ramal.signIn('bia', BIA)
  await desk.ramal.customer('ana', { type: 'identify', identifiers: [ana] })
  const marketing = { ...CALL, to: { customer: 'ana' }, purpose: 'marketing' } as const
  const refused = async (id: string) => {
    const result = await desk.ramal.dial({ ...marketing, id })
    return E.isLeft(result) && result.left._tag === 'DialRefusal' ? result.left : undefined
  }
  assert.equal([(await refused('a'))?.reason, (await refused('a'))?.rule], ['notAllowed', 'consent.missing'])
  const consent = { channel: 'phone', purpose: 'marketing', source: 'signup' } as const
  await desk.ramal.customer('ana', { type: 'grantConsent', ...consent })
  const { call } = right(await desk.ramal.dial({ ...marketing, id: 'b' }))
  assert.is((await refused('c'))?.rule, 'frequencyCap')
  await desk.ramal.customer('ana', { type: 'withdrawConsent', ...consent, source: 'customer' })
  assert.is((await refused('d'))?.rule, 'consent.withdrawn')
  // What is asked for may be answered, and what was placed is placed.
  assert.is(right(await desk.ramal.dial({ ...marketing, id: 'b' })).call, call)
  right(await desk.ramal.dial({ ...CALL, id: 'e', to: { customer: 'ana' } }))
  const unknown = await desk.ramal.dial({ ...CALL, id: 'f', to: { customer: 'nobody' } })
  assert.ok(E.isLeft(unknown) && unknown.left._tag === 'NotifyRefusal')
  const nowhere = await desk.ramal.dial({ ...CALL, id: 'g', endpoint: 'other' })
  assert.ok(E.isLeft(nowhere) && nowhere.left._tag === 'DialRefusal' && nowhere.left.reason === 'cannotCall')
  await desk.ramal.stop()
})

test('asked for twice, on two engines at once, it is one call, and one of them makes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-placed-'))
  const store = await sqliteStore(join(folder, 'log.db'))
  const desk = await openLine({}, { store })
  await desk.ramal.signIn('bia', BIA)
  const theirs: CallCommand[] = []
  const other = await startRamal({
    ...{ store, clock: desk.clock, name: 'other', channels: [line(theirs)], patience: 1_000_000 },
    policy: { name: 'phones', classification: [{ queue: 'care' }], queues: { care: {} } },
    calls: { addressOf: (agent) => `PJSIP/${agent}` },
  })
  const results = await Promise.all([desk.ramal.dial(CALL), other.dial(CALL), desk.ramal.dial(CALL)])
  const calls = new Set(results.map((one) => `${right(one).conversation}/${right(one).call}`))
  assert.is(calls.size, 1)
  assert.is(results.filter((one) => !right(one).repeated).length, 1)
  await Promise.all([desk.ramal.settled(), other.settled()])
  assert.is(placedIn([...desk.told(), ...theirs]).length, 1)
  assert.is((await desk.log()).filter(({ type }) => type === 'CallPlaced').length, 1)
  await other.stop()
  await desk.ramal.stop()
  await store.close()
  await rm(folder, { recursive: true })
})

test('a call back that the policy promises outlives the call, a restart, and is made by whoever it is offered to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-placed-'))
  const store = await sqliteStore(join(folder, 'log.db'))
  const late = { name: 'late', when: { waited: 60_000 }, do: { callBack: { after: 3_600_000 } } }
  const policy = {
    ...PHONE_POLICY,
    queues: { care: { offerExpiresAfter: 20_000, escalations: [late] } },
  }
  const desk = await openLine({}, { store, policy })
  const [ingested] = await desk.say(offered('c1'))
  const conversation = ingested!.conversation!
  await desk.advance(60_000)
  assert.ok((await desk.facts(conversation)).includes('CallbackPromised'))
  // They are told so, and hang up: they have not given up.
  await desk.say(reported({ kind: 'callEnded', call: 'c1', by: 'customer', at: desk.clock.now() }))
  await desk.advance(3_600_000)
  const { status, parked } = await stateOf(desk, conversation)
  assert.equal([status, parked], ['open', undefined])
  await desk.ramal.stop()
  const next = await openLine({}, { store, policy, name: 'next', clock: desk.clock })
  await next.ramal.signIn('bia', BIA)
  await next.ramal.settled()
  const [offer] = await firstValueFrom(next.ramal.offers('bia'))
  assert.is(offer?.conversation, conversation)
  right(await next.ramal.accept(conversation, offer!.offer, 'bia'))
  const { call } = right(await next.ramal.dial({ ...CALL, to: { conversation } }))
  await next.ramal.settled()
  const [placed] = placedIn(next.told())
  assert.equal([placed?.call, placed?.to], [call, ANA])
  // Not reached: it stays promised, and with her.
  await next.say(reported({ kind: 'callEnded', call, by: 'customer', outcome: 'busy', at: desk.clock.now() }))
  const missed = await stateOf(next, conversation)
  assert.equal([missed.status, missed.assignee], ['open', 'bia'])
  const again = right(await next.ramal.dial({ ...CALL, id: 'again', to: { conversation } }))
  await next.ramal.settled()
  const { leg } = placedIn(next.told())[0]!
  const { now } = desk.clock
  await next.say(reported({ kind: 'callAnswered', call: again.call, leg, at: now() }))
  await next.say(reported({ kind: 'callEnded', call: again.call, by: 'customer', at: now() + 1 }))
  await desk.clock.advanceTo(now() + 60_000, () => next.ramal.settled())
  assert.is((await stateOf(next, conversation)).status, 'resolved')
  assert.not.ok((await next.facts(conversation)).includes('ConversationAbandoned'))
  assert.equal((await next.ramal.verify()).differences, [])
  await next.ramal.stop()
  await store.close()
  await rm(folder, { recursive: true })
})

test('only telephone numbers are called, and whoever has called is called back where they called from', async () => {
  const desk = await openLine()
  await desk.ramal.signIn('bia', BIA)
  const refused = async (identifier: Identifier) => {
    const result = await desk.ramal.dial({ ...CALL, id: identifier.value, to: { identifier } })
    return E.isLeft(result) && result.left._tag === 'NotifyRefusal' && result.left.reason
  }
  for (const value of ['+55119@evil', '1&Local/9@out', 'client:bia', '', '12'])
    assert.is(await refused({ kind: 'e164', value }), 'noAddress', value)
  assert.is(await refused({ kind: 'email', value: 'ana@shop.example' }), 'noAddress')
  const second = '+5511900000002'
  const identifiers = [ana, { kind: 'e164', value: second } as const]
  await desk.ramal.customer('ana', { type: 'identify', identifiers })
  await desk.say(offered('c0', T0, ANA))
  const [ingested] = await desk.say(offered('c1', T0, second))
  desk.told()
  const { conversation } = right(
    await desk.ramal.dial({ ...CALL, to: { conversation: ingested!.conversation! }, overcommit: true }),
  )
  await desk.ramal.settled()
  assert.is(placedIn(desk.told())[0]?.to, second)
  assert.is((await stateOf(desk, conversation)).customer, 'ana')
  // Nobody can be called who hides their number.
  const [hidden] = await desk.say({ ...offered('c2'), peer: [] })
  const nobody = await desk.ramal.dial({ ...CALL, id: 'h', to: { conversation: hidden!.conversation! } })
  assert.ok(E.isLeft(nobody) && nobody.left._tag === 'NotifyRefusal' && nobody.left.reason === 'noAddress')
  await desk.ramal.stop()
})

test('a call about a conversation of another channel is linked to it', async () => {
  const controls: CallCommand[] = []
  const chat = fakeChannel()
  const desk = await openLine({}, { channels: [line(controls), chat.adapter] })
  await desk.ramal.signIn('bia', BIA)
  const [written] = await desk.ramal.ingest('whatsapp', [
    {
      ...{ kind: 'message', dedupeKey: 'm1', providerId: 'm1', at: T0, endpoint: 'shop' },
      peer: [{ kind: 'wa_id', value: '5511987654321' }, ana],
      content: { kind: 'text', text: 'Call me' },
    },
  ])
  const { conversation, call } = right(
    await desk.ramal.dial({ ...CALL, to: { conversation: written!.conversation! } }),
  )
  await desk.ramal.settled()
  assert.is.not(conversation, written!.conversation)
  assert.equal((await stateOf(desk, conversation)).links, [written!.conversation])
  assert.is(
    (await stateOf(desk, conversation)).customer,
    (await stateOf(desk, written!.conversation!)).customer,
  )
  assert.equal(
    placedIn(controls).map((one) => [one.call, one.to]),
    [[call, ANA]],
  )
  const none = await desk.ramal.dial({ ...CALL, id: 'x', to: { conversation: 'none' } })
  assert.ok(E.isLeft(none) && none.left._tag === 'ConversationRefusal')
  await desk.ramal.stop()
})

test('what is asked for otherwise is told where, and nobody is called', async () => {
  const desk = await openLine()
  await desk.ramal.signIn('bia', BIA)
  const wrong: readonly (readonly [more: object, fault: RegExp])[] = [
    [{ to: undefined }, /to: expected { customer }, { identifier } or { conversation }, found undefined/],
    [{ to: {} }, /to: expected { customer }/],
    [{ purpose: 'spam' }, /purpose: expected "service" .*, found "spam"/],
    [{ purpose: 'all' }, /purpose: expected .*, found "all"/],
    [{ agent: '' }, /agent: expected a text that is not empty/],
  ]
  for (const [more, fault] of wrong)
    await desk.ramal.dial({ ...CALL, ...more } as never).then(
      () => assert.unreachable(JSON.stringify(more)),
      (error: Error) => assert.match(error.message, fault),
    )
  await desk.ramal.settled()
  assert.equal([placedIn(desk.told()), desk.trouble], [[], []])
  await desk.ramal.stop()
})

test.run()
