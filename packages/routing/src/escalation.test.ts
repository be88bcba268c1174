import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { onePolicy, type Scene, scene, T0 } from '../test/scene.js'
import { type Escalation, explainWait, type PolicyData } from './index.js'

const test = suite('routing, escalations')

/** Three agents who let every offer lapse after 20 s, and may be asked again. */
const nobodyAnswers = (...escalations: readonly Escalation[]): Scene => {
  const main = { offerExpiresAfter: 20_000, expiryStopsOffers: false, declineRetryAfter: 1000, escalations }
  const policy: PolicyData = onePolicy({}, { queues: { main, over: {} } })
  const s = scene(policy)
  for (const id of ['a', 'b', 'c']) s.hire(id)
  s.come('t')
  return s
}

/** When a ticket was escalated, in seconds, and how many offers of it had lapsed before. */
const escalated = (s: Scene): readonly (readonly [seconds: number, offers: number])[] => {
  const story = s.w.log.filter(({ stream }) => stream === 'conversation-t')
  return story.flatMap(({ type, meta }, i) =>
    type === 'TicketEscalated'
      ? [
          [
            (meta.at - T0) / 1000,
            story.slice(0, i).filter(({ type }) => type === 'OfferExpired').length,
          ] as const,
        ]
      : [],
  )
}

test('a ticket that is offered to one after the other is escalated when the offer ends in which its time came', () => {
  const s = nobodyAnswers({ name: 'over', when: { waited: 30_000 }, do: { queue: 'over' } })
  for (let i = 0; i < 4; i++) s.wait(20_000)
  assert.equal(escalated(s), [[40, 2]])
  assert.is(s.ticket('t').queue, 'over')
})

test('after so many offers without an accept means before the next is made', () => {
  const s = nobodyAnswers({ name: 'over', when: { offers: 2 }, do: { queue: 'over' } })
  for (let i = 0; i < 4; i++) s.wait(20_000)
  assert.equal(escalated(s), [[40, 2]])
})

test('the same where the offer ends because who was asked has gone', () => {
  const s = nobodyAnswers({ name: 'over', when: { waited: 10_000 }, do: { queue: 'over' } })
  s.wait(15_000)
  const [asked] = s.offered('t')
  s.agent(asked!, { type: 'becomeUnavailable', reason: 'lunch' })
  assert.equal(escalated(s), [[15, 0]])
})

test('while others are still asked nothing is taken from them', () => {
  const main = { concurrentOffers: 2, expiryStopsOffers: false, declineRetryAfter: 60_000 }
  const escalations = [{ name: 'over', when: { waited: 10_000 }, do: { queue: 'over' } }]
  const s = scene(onePolicy({}, { queues: { main: { ...main, escalations }, over: {} } }))
  s.hire('a')
  s.come('t')
  s.wait(15_000)
  s.hire('b')
  assert.equal(s.offered('t'), ['a', 'b'])
  s.wait(5000)
  assert.equal(s.offered('t'), ['b'], 'the first offer has lapsed, the second stands')
  assert.equal(escalated(s), [])
  s.wait(15_000)
  assert.equal(escalated(s), [[35, 2]])
})

test('while somebody has a ticket nothing of it is a wait: neither what is done about those who wait, nor what they ask for', () => {
  const s = scene(
    onePolicy({
      relaxation: [{ after: 300_000, drop: ['money'] }],
      escalations: [
        { name: 'late', when: { waited: 600_000 }, do: { close: { disposition: 'nobody came' } } },
      ],
    }),
  )
  s.hire('a')
  s.come('t')
  s.wait(10_000)
  s.accept('t')
  s.wait(3_600_000)
  s.agent('a', { type: 'signOut' })
  assert.equal([s.ticket('t').place, s.ticket('t').step], ['queued', 0])
  assert.is(s.ticket('t').since, T0, 'in the order it goes before who came since')
  assert.is(explainWait(s.w.state, 't', s.w.now)!.waited, 10_000)
  s.wait(290_000)
  assert.is(s.ticket('t').step, 1)
  s.wait(299_999)
  assert.is(s.ticket('t').place, 'queued')
  s.wait(1)
  assert.is(s.ticket('t').place, 'resolved')
})

test('the message of a closing has an id that begins with its conversation', () => {
  const close = { disposition: 'nobody came', message: 'Sorry.' }
  const s = scene(
    onePolicy({ escalations: [{ name: 'after 1.5 min', when: { waited: 90_000 }, do: { close } }] }),
  )
  s.come('t')
  s.wait(90_000)
  const { message } = s.w.log.find(({ type }) => type === 'SendRequested')!.data as { message: string }
  assert.is(message.slice(0, message.indexOf('.')), 't')
})

test('a promised call does not find the customer given up for the time until it', () => {
  const escalations: readonly Escalation[] = [
    { name: 'call', when: { waited: 60_000 }, do: { callBack: { after: 3_600_000 } } },
    { name: 'give up', when: { waited: 1_800_000 }, do: { close: { disposition: 'nobody came' } } },
  ]
  const s = scene(onePolicy({ escalations }))
  s.come('t')
  s.wait(60_000)
  assert.is(s.ticket('t').place, 'parked')
  s.wait(3_600_000)
  assert.is(s.ticket('t').place, 'queued')
  s.hire('a')
  assert.equal(s.offered('t'), ['a'])
})

test.run()
