import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'
import type { PolicyData } from './index.js'

const test = suite('routing, parked tickets')
const MINUTE = 60_000

const LATE: PolicyData = onePolicy({
  relaxation: [{ after: 300_000, drop: ['money'] }],
  escalations: [{ name: 'late', when: { waited: 600_000 }, do: { close: { disposition: 'nobody came' } } }],
})

test('what a ticket is parked for is no wait: it goes on where it stopped', () => {
  const s = scene(LATE)
  s.hire('a')
  s.come('t')
  s.wait(10_000)
  s.accept('t')
  s.wait(50_000)
  s.command('t', { type: 'park', by: { kind: 'human', id: 'a' }, until: s.w.now + 86_400_000 })
  s.agent('a', { type: 'becomeUnavailable', reason: 'lunch' })
  s.wait(86_400_000)
  assert.is(s.ticket('t').place, 'queued')
  assert.equal([s.w.now - s.ticket('t').since, s.ticket('t').step], [60_000, 0])
  s.wait(290_000)
  assert.is(s.ticket('t').step, 1)
  s.wait(300_000)
  assert.equal(s.story('t').slice(-2), ['TicketEscalated', 'ConversationResolved'])
})

test('nor when somebody takes it, passes it on, or parks it again', () => {
  for (const end of ['pick', 'transfer', 'customer'] as const) {
    const s = scene(LATE)
    s.hire('a')
    s.come('t')
    s.wait(1000)
    const by = { kind: 'system' } as const
    s.command('t', { type: 'park', by })
    s.wait(50_000)
    s.command('t', { type: 'park', by, until: s.w.now + 900_000 })
    s.wait(50_000)
    if (end === 'pick') s.command('t', { type: 'pick', agent: 'a', by })
    if (end === 'transfer')
      s.command('t', { type: 'transfer', to: { kind: 'queue', queue: 'main' }, mode: 'cold', by })
    if (end === 'customer') s.come('t')
    assert.is(s.w.now - s.ticket('t').since, 1000, end)
  }
})

/** Bia has a ticket and puts it by for an hour, while Caio is idle for longer than she is. */
const putBy = (policy: Partial<PolicyData>) => {
  const s = scene(onePolicy({}, policy))
  s.hire('caio')
  s.hire('bia')
  s.come('t')
  s.command('t', { type: 'pick', agent: 'bia', by: { kind: 'human', id: 'bia' } })
  s.wait(MINUTE)
  s.command('t', { type: 'park', by: { kind: 'human', id: 'bia' }, until: s.w.now + 60 * MINUTE })
  return s
}

test('what wakes goes to who put it by while they are present, for as long as what is reopened waits for them', () => {
  const s = putBy({ reopenPrefersLastFor: 2 * MINUTE })
  s.come('u')
  s.command('u', { type: 'pick', agent: 'bia', by: { kind: 'human', id: 'bia' } })
  s.wait(60 * MINUTE)
  assert.equal(s.offered('t'), [], 'she is there, and full')
  s.wait(2 * MINUTE - 1)
  assert.equal(s.offered('t'), [])
  s.wait(1)
  assert.equal(s.offered('t'), ['caio'])

  const free = putBy({ reopenPrefersLastFor: 2 * MINUTE })
  free.come('t')
  assert.equal(free.offered('t'), ['bia'], 'the customer has written before')

  const gone = putBy({ reopenPrefersLastFor: 2 * MINUTE })
  gone.agent('bia', { type: 'signOut' })
  gone.wait(60 * MINUTE)
  assert.equal(gone.offered('t'), ['caio'])

  const anybody = putBy({})
  anybody.wait(60 * MINUTE)
  assert.equal(anybody.offered('t'), ['caio'], 'unless the policy says so, it goes to whoever comes first')
})

test.run()
