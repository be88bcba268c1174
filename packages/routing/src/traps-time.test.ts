import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, scene, T0 } from '../test/scene.js'
import type { PolicyData } from './index.js'

const test = suite('routing, traps of time and change')
const HOUR = 3_600_000
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const weekly = (from: string, to: string) => [{ days: [...EVERY_DAY], from, to }]

const openFrom = (from: string, rest: Partial<PolicyData> = {}): PolicyData =>
  onePolicy(
    { hours: 'office' },
    { calendars: { office: { timeZone: 'UTC', weekly: weekly(from, '18:00') } }, ...rest },
  )

test('trap 14: a calendar that is edited while tickets wait holds from then on', () => {
  // Fails where the moment at which the queue opens is computed once, when the ticket comes.
  const s = scene(openFrom('12:00'))
  s.hire('bia')
  s.come('t')
  s.publish(openFrom('10:00'))
  s.wait(HOUR - 1)
  assert.equal(s.offered('t'), [])
  s.wait(1)
  assert.equal(s.offered('t'), ['bia'])
  const later = scene(openFrom('10:00'))
  later.hire('bia')
  later.come('t')
  later.publish(openFrom('12:00'))
  later.wait(2 * HOUR)
  assert.equal(later.offered('t'), [], 'the old hour passes')
  later.wait(HOUR)
  assert.equal(later.offered('t'), ['bia'])
})

const LAST = onePolicy({}, { reopenPrefersLastFor: 60_000, transferWaits: 60_000 })

/** Bia solves a ticket; then something happens to her, and the customer writes again. */
const reopenedAfter = (happens: (s: ReturnType<typeof scene>) => void) => {
  const s = scene(LAST)
  s.hire('bia')
  s.come('t')
  s.accept('t', 'bia')
  s.resolve('t')
  s.hire('caio')
  happens(s)
  s.come('t')
  return s
}

test('trap 15: what is reopened goes to who had it, unless they have left, lost the queue, or are full too long', () => {
  // Fails where a reopened ticket keeps its assignee, whoever that is by now.
  assert.equal(reopenedAfter(() => {}).offered('t'), ['bia'])
  assert.equal(reopenedAfter((s) => s.agent('bia', { type: 'signOut' })).offered('t'), ['caio'])
  assert.equal(reopenedAfter((s) => s.agent('bia', { type: 'drain' })).offered('t'), ['caio'])
  assert.equal(reopenedAfter((s) => s.agent('bia', { type: 'changeQueues', queues: ['x'] })).offered('t'), [
    'caio',
  ])
  const full = reopenedAfter((s) => s.agent('bia', { type: 'changeCapacity', capacity: { total: 0 } }))
  assert.equal(full.offered('t'), [])
  full.wait(60_000)
  assert.equal(full.offered('t'), ['caio'])
})

test('trap 16: a step is skipped when nobody is present who could serve it, and only then', () => {
  // Fails where the skip is decided by the queue being empty, or by nobody being free, or waits for the step's time.
  const relaxation = [{ after: 600_000, borrow: ['other'], skipToWhenNobodyPresent: true }]
  const policy = onePolicy({ relaxation }, { queues: { main: { relaxation }, other: {} } })
  const s = scene(policy)
  s.hire('other', { queues: ['other'] })
  s.come('t')
  assert.equal(s.offered('t'), ['other'], 'nobody of the queue is there: at once')
  const busy = scene(policy)
  busy.hire('bia')
  busy.hire('other', { queues: ['other'] })
  busy.come('first')
  assert.equal(busy.offered('first'), ['bia'], 'somebody is free: nothing is skipped')
  assert.is(busy.ticket('first').step, 0)
  busy.accept('first')
  busy.come('second')
  assert.equal(busy.offered('second'), [], 'somebody is there, and busy: it waits for the time of the step')
  busy.wait(600_000)
  assert.equal(busy.offered('second'), ['other'])
})

const VIP = (onPublish: 'keep' | 'reclassify'): PolicyData =>
  onePolicy({}, { onPublish, queues: { main: {}, vip: {} }, classification: [{ queue: 'vip', priority: 9 }] })

test('trap 17: under a new policy tickets that wait stay as they were, or are classified anew: as the policy says', () => {
  // Fails where that follows from how the router is built, and nobody can choose.
  const kept = scene()
  kept.come('t')
  kept.publish(VIP('keep'))
  assert.equal([kept.ticket('t').queue, kept.ticket('t').priority], ['main', 0])
  const anew = scene()
  anew.come('t')
  anew.wait(5000)
  anew.publish(VIP('reclassify'))
  const { queue, priority, since } = anew.ticket('t')
  assert.equal([queue, priority, since], ['vip', 9, T0], 'and the wait goes on')
})

test('trap 17, while somebody is asked: they may accept; when they do not it is classified anew', () => {
  const offered = (onPublish: 'keep' | 'reclassify') => {
    const s = scene(onePolicy({ concurrentOffers: 2 }))
    for (const id of ['a', 'b']) s.hire(id)
    s.come('t')
    s.publish(VIP(onPublish))
    assert.equal([s.ticket('t').queue, s.offered('t').length], ['main', 2])
    s.decline('t', 'a')
    assert.equal([s.ticket('t').queue, s.offered('t')], ['main', ['b']])
    return s
  }
  const accepted = offered('reclassify')
  accepted.accept('t', 'b')
  assert.is(accepted.ticket('t').queue, 'main')
  const declined = offered('reclassify')
  declined.decline('t', 'b')
  assert.equal([declined.ticket('t').queue, declined.ticket('t').priority], ['vip', 9])
  const kept = offered('keep')
  kept.decline('t', 'b')
  assert.is(kept.ticket('t').queue, 'main')
})

test('trap 18: clocks that change, and a holiday that is another day here, open a queue at the right moment', () => {
  // Fails where hours are counted from midnight of the server, or a day always has 24 of them.
  const newYork: PolicyData = onePolicy(
    { hours: 'office' },
    {
      calendars: {
        office: {
          timeZone: 'America/New_York',
          weekly: weekly('09:00', '17:00'),
          holidays: [{ date: '2026-03-09' }],
        },
      },
    },
  )
  // Saturday; on Sunday at two it is three in New York.
  const s = scene(newYork, Date.UTC(2026, 2, 7, 23))
  s.hire('bia', { capacity: { total: 9 } })
  s.come('t')
  s.wait(Date.UTC(2026, 2, 8, 13) - 1 - s.w.now)
  assert.equal(s.offered('t'), [])
  s.wait(1)
  assert.equal(s.offered('t'), ['bia'], 'nine in summer time, an hour earlier than the day before')
  s.accept('t')
  // Monday is a holiday there: it ends at four in the morning by UTC, and the office opens on Tuesday.
  s.wait(Date.UTC(2026, 2, 9, 0) - s.w.now)
  s.come('u')
  s.wait(Date.UTC(2026, 2, 10, 13) - 1 - s.w.now)
  assert.equal(s.offered('u'), [])
  s.wait(1)
  assert.equal(s.offered('u'), ['bia'])
})

test('trap 19: a strategy that changes while phones ring: they go on ringing, and the next ring is by the new one', () => {
  // Fails where an offer points into an order that is no more.
  const s = scene(onePolicy({ ranking: ['longestIdle'], concurrentOffers: 2, declineRetryAfter: 600_000 }))
  for (const id of ['bia', 'caio', 'dora', 'eva']) {
    s.hire(id, { capacity: { total: id === 'eva' ? 9 : 2 } })
    s.wait(1000)
  }
  s.come('t')
  assert.equal(s.offered('t'), ['bia', 'caio'])
  s.publish(onePolicy({ ranking: ['mostCapacity'], concurrentOffers: 2, declineRetryAfter: 600_000 }))
  assert.equal(s.offered('t'), ['bia', 'caio'])
  s.decline('t', 'bia')
  assert.equal(s.offered('t'), ['caio', 'eva'], 'dora has been idle for longer, eva has more room')
  assert.is(s.accept('t', 'caio'), 'caio')
})

for (const [restartWaitOn, first] of [
  [[], 'returns'],
  [['reopen'], 'stays'],
] as const)
  test(`trap 20: who abandons and comes back ${restartWaitOn.length === 0 ? 'keeps the place they had' : 'waits anew, where the policy says so'}`, () => {
    // Fails where a wait is that of a connection and not of the customer.
    const s = scene(onePolicy({}, { restartWaitOn, reopenWithin: 30_000 }))
    s.come('returns')
    s.wait(10_000)
    s.come('stays')
    s.command('returns', { type: 'abandon', waited: 10_000 })
    s.wait(5000)
    s.come('returns')
    s.hire('bia')
    assert.equal(s.offered(first), ['bia'])
    s.command('returns', { type: 'abandon' })
    s.wait(30_000)
    assert.is(s.w.state.tickets.has('returns'), false, 'and only while the grace lasts')
  })

test('trap 21: one customer on two channels at once: to one agent where the policy says so, while they have room', () => {
  // Fails where a channel does not know who talks to the customer on the other.
  const prefer = { agents: 'last', for: 20_000 } as const
  const come = (policy: PolicyData) => {
    const s = scene(policy)
    s.hire('bia', { capacity: { total: 2 } })
    s.come('chat', { customer: 'ana', channel: 'webchat' })
    s.accept('chat')
    s.wait(1000)
    s.hire('caio', { capacity: { total: 2 } })
    s.come('mail', { customer: 'ana', channel: 'email' })
    return s
  }
  const ranking = ['leastLoaded'] as const
  assert.equal(come(onePolicy({ ranking })).offered('mail'), ['caio'])
  const one = come(onePolicy({ ranking }, { classification: [{ queue: 'main', prefer }] }))
  assert.equal(one.offered('mail'), ['bia'])
  one.accept('mail')
  one.come('sms', { customer: 'ana', channel: 'sms' })
  assert.equal(one.offered('sms'), [], 'she is full: it waits for her')
  one.wait(20_000)
  assert.equal(one.offered('sms'), ['caio'], 'but not for ever')
})

test('trap 22: given back to the queue: not to who gave it back, for a while, and with the wait it had', () => {
  // Fails where it comes straight back to them, or to the end of the line.
  const s = scene(onePolicy({}, { transferExcludesFor: 30_000 }))
  s.hire('bia', { capacity: { total: 3 } })
  s.come('t')
  s.accept('t')
  s.wait(10_000)
  const by = { kind: 'human', id: 'bia' } as const
  s.command('t', { type: 'transfer', to: { kind: 'queue', queue: 'main' }, mode: 'cold', by })
  assert.is(s.ticket('t').since, T0)
  assert.equal(s.offered('t'), [])
  s.come('later')
  s.w.agent('bia', { type: 'becomeUnavailable', reason: 'x' })
  s.rest()
  s.hire('caio')
  assert.equal(s.offered('t'), ['caio'], 'before who came later')
  s.w.agent('caio', { type: 'signOut' })
  s.agent('bia', { type: 'becomeAvailable' })
  s.accept('later', 'bia')
  s.wait(30_000)
  assert.equal(s.offered('t'), ['bia'])
})

test.run()
