import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'

/**
 * Cases in which routers in use have gone wrong; each comment says what would make the test fail. 10 to 13 are in
 * `traps-ranking.test.ts`, 14 to 22 in `traps-time.test.ts`, 23 and 24 in `traps.test.ts` of `@ramal/fcr`, and 23
 * in `live.test.ts` of `@ramal/service-metrics` too.
 */
const test = suite('routing, traps')

const SKILLED = onePolicy(
  {},
  {
    classification: [
      { when: { intent: 'law' }, queue: 'main', requirements: [{ skill: 'law', level: 1 }] },
      { queue: 'main' },
    ],
  },
)

test('trap 1: a hundred tickets that nobody can take block none behind them', () => {
  // Fails where only the first so many are tried, or the pass stops at a head that nobody can take.
  const s = scene(SKILLED)
  for (let i = 0; i < 100; i++) s.come(`t${i}`, { intent: 'law' })
  s.wait(1000)
  s.come('last')
  s.hire('bia')
  assert.equal(s.offered('last'), ['bia'])
  assert.is(s.ticket('t0').place, 'queued')
})

test('trap 2: who waited while all were full goes before who comes when a place is free', () => {
  // Fails where only what arrives is matched, and what waits is left to a job that comes by later.
  const s = scene()
  s.hire('bia')
  s.come('first')
  s.accept('first')
  s.come('waits')
  s.wait(1000)
  const by = { kind: 'human', id: 'bia' } as const
  s.w.conversation('first', { type: 'resolve', by, disposition: 'done' })
  s.comeTogether('late')
  assert.equal(s.offered('waits'), ['bia'])
  assert.equal(s.offered('late'), [])
})

test('trap 3: the last place of an agent is claimed once, by however many queues at once', () => {
  // Fails where each queue counts the agent's tickets by itself, or counts first and claims afterwards.
  const policy = onePolicy(
    {},
    {
      classification: [{ when: { channel: 'sms' }, queue: 'other' }, { queue: 'main' }],
      queues: { main: {}, other: {} },
    },
  )
  const s = scene(policy)
  s.hire('bia', { capacity: { total: 1 }, queues: ['main', 'other'] })
  const content = { kind: 'text', text: 'x' } as const
  for (const [id, channel] of [
    ['a', 'whatsapp'],
    ['b', 'sms'],
    ['c', 'sms'],
  ] as const)
    s.w.conversation(id, {
      type: 'receive',
      message: 'm',
      content,
      opening: { channel, endpoint: 'e', customer: id },
    })
  s.rest()
  assert.is(s.w.log.filter(({ type }) => type === 'OfferIssued').length, 1)
  assert.is(s.w.state.agents.get('bia')!.load, 1)
})

test('trap 4: a rule and a person give a ticket away at the same moment: one of them does', () => {
  // Fails where the assignee is a field that the last writer wins. Both are events of one stream, one after another.
  const s = scene()
  s.hire('bia')
  s.come('t')
  s.hire('caio')
  const offer = s.offerOf('t', 'bia')
  const by = { kind: 'human', id: 'boss' } as const
  s.w.conversation('t', { type: 'pick', agent: 'caio', by })
  s.w.conversation('t', { type: 'acceptOffer', ...offer })
  s.rest()
  assert.is(s.ticket('t').assigned?.agent, 'bia', 'she accepted before the router had answered')
  assert.equal(s.story('t').slice(-2), ['PickRequested', 'OfferAccepted'])
  assert.is(s.w.state.agents.get('caio')!.load, 0)
  const other = scene()
  other.hire('bia')
  other.come('t')
  other.hire('caio')
  const stale = other.offerOf('t', 'bia')
  other.command('t', { type: 'pick', agent: 'caio', by })
  const refusal = other.command('t', { type: 'acceptOffer', ...stale })
  assert.is((refusal as { reason: string }).reason, 'offerGone')
  assert.is(other.ticket('t').assigned?.agent, 'caio')
})

for (const [onWake, outcome] of [
  ['overcommit', 'bia has it, and it is said that it is too much'],
  ['requeue', 'it goes to the queue'],
  ['wait', 'it waits for room'],
] as const)
  test(`trap 5: a dormant chat wakes while its agent is full: ${outcome}`, () => {
    // Fails where it comes back on top of what the agent has, and nothing says so.
    const dormancy = { after: 60_000, keeps: 0, onWake }
    const s = scene(onePolicy({}, { channels: { whatsapp: { cost: 1, dormancy } } }))
    s.hire('bia')
    s.come('sleeps')
    s.accept('sleeps')
    s.wait(60_000)
    assert.is(s.w.state.agents.get('bia')!.load, 0)
    s.come('other')
    s.accept('other')
    s.come('sleeps')
    const { assigned, place } = s.ticket('sleeps')
    const awoke = s.w.log.find(({ type }) => type === 'TicketAwoke')?.data as { overcommitted?: boolean }
    if (onWake === 'overcommit') {
      assert.is(awoke.overcommitted, true)
      assert.equal(s.w.overcommitted(), ['bia'])
    } else assert.equal(s.w.overcommitted(), [])
    if (onWake === 'requeue') assert.is(place, 'queued')
    if (onWake !== 'wait') return
    assert.is(assigned?.cost, 0)
    s.resolve('other')
    assert.is(s.ticket('sleeps').assigned?.cost, 1)
  })

for (const onWake of ['overcommit', 'requeue'] as const)
  test(`an agent who is full writes in a chat of theirs that sleeps, and keeps it; with ${onWake}`, () => {
    const dormancy = { after: 60_000, keeps: 0, onWake }
    const s = scene(onePolicy({}, { channels: { whatsapp: { cost: 1, dormancy } } }))
    s.hire('bia')
    s.come('sleeps')
    s.accept('sleeps')
    s.wait(60_000)
    s.come('other')
    s.accept('other')
    const write = (message: string, by: { kind: 'human' | 'system'; id?: string }) =>
      s.command('sleeps', { type: 'send', message, content: { kind: 'text', text: 'x' }, by })
    write('sleeps.1', { kind: 'system' })
    assert.ok(s.ticket('sleeps').assigned?.dormantSince, 'what nobody has written wakes nobody')
    write('sleeps.2', { kind: 'human', id: 'bia' })
    assert.is(s.ticket('sleeps').assigned?.agent, 'bia')
    const awoke = s.w.log.find(({ type }) => type === 'TicketAwoke')?.data as { overcommitted?: boolean }
    assert.is(awoke.overcommitted, true)
  })

test('trap 6: the only agent on a break is not present', () => {
  // Fails where whoever is signed in counts as there: then nothing that waits for nobody being there happens.
  const escalations = [{ name: 'nobody', when: { nobodyPresent: true as const }, do: { queue: 'other' } }]
  const s = scene(onePolicy({ escalations }, { queues: { main: { escalations }, other: {} } }))
  s.hire('bia')
  s.come('served')
  assert.is(s.ticket('served').queue, 'main')
  s.decline('served')
  s.agent('bia', { type: 'becomeUnavailable', reason: 'lunch' })
  assert.is(s.ticket('served').queue, 'other')
})

test('trap 7: the only agent who can declines for ever: asked as often as the policy says, and then not', () => {
  // Fails where the ticket is offered again at once without end, or where nothing is done about it after the last.
  const escalations = [{ name: 'help', when: { offers: 3 }, do: { queue: 'other' } }]
  const queues = { main: { declineRetryAfter: 10_000, maxDeclines: 3, escalations }, other: {} }
  const s = scene(onePolicy({}, { queues }))
  s.hire('bia')
  s.come('t')
  for (let i = 0; i < 2; i++) {
    s.decline('t', 'bia')
    s.wait(9999)
    assert.equal(s.offered('t'), [], 'not before it is time')
    s.wait(1)
    assert.equal(s.offered('t'), ['bia'])
  }
  s.decline('t', 'bia')
  assert.is(s.ticket('t').queue, 'other')
  const still = scene(onePolicy({ declineRetryAfter: 10_000, maxDeclines: 2 }))
  still.hire('bia')
  still.come('t')
  still.decline('t')
  still.wait(10_000)
  still.decline('t')
  still.wait(100_000_000)
  assert.equal(still.offered('t'), [])
})

test('trap 8: who declines is not first again', () => {
  // Fails where a decline leaves the agent as idle as before: then the next ticket is theirs again, and again.
  const s = scene(onePolicy({ ranking: ['longestIdle'], declineRetryAfter: 1 }))
  for (const id of ['bia', 'caio', 'dora']) {
    s.hire(id)
    s.wait(1000)
  }
  s.come('t1')
  assert.equal(s.offered('t1'), ['bia'])
  s.decline('t1', 'bia')
  s.accept('t1', 'caio')
  s.wait(1000)
  s.come('t2')
  // Bia was asked a second ago; dora has been idle for two.
  assert.equal(s.offered('t2'), ['dora'])
})

test('trap 9: an offer that loses the race gives back what it held, at once', () => {
  // Fails where the loser stays reserved until somebody sets them free by hand.
  const s = scene(onePolicy({ concurrentOffers: 3 }))
  for (const id of ['bia', 'caio', 'dora']) s.hire(id)
  s.come('t')
  assert.is(s.offered('t').length, 3)
  s.accept('t', 'caio')
  for (const id of ['bia', 'dora']) {
    const { load, offers, counts } = s.w.state.agents.get(id)!
    assert.equal([load, offers.size, counts.size], [0, 0, 0])
  }
  s.come('next')
  assert.equal([...s.offered('next')].sort(), ['bia', 'dora'])
})

test.run()
