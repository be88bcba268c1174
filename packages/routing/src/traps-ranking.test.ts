import { START, type StreamName } from '@ramal/core'
import { suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { onePolicy, scene } from '../test/scene.js'
import { policyOf } from '../test/steps.js'
import { applyToRouting, initialState, matcher, policyDecider, routeWith } from './index.js'

const test = suite('routing, traps of ranking')
const DAY = 86_400_000

test('trap 10: an agent who has been idle for twelve days ranks as any other', () => {
  // Fails where idleness is packed into one number with what goes before it, and grows into that.
  const s = scene(onePolicy({ ranking: ['bestMatch', 'longestIdle'], concurrentOffers: 2 }))
  s.hire('idle', { skills: { money: 1 } })
  s.wait(12 * DAY)
  s.hire('able', { skills: { money: 5 } })
  const asking = onePolicy(
    { ranking: ['bestMatch', 'longestIdle'], concurrentOffers: 2 },
    { classification: [{ queue: 'main', requirements: [{ skill: 'money', level: 1 }] }] },
  )
  s.publish(asking)
  s.come('t')
  assert.equal(s.offered('t'), ['able', 'idle'])
  const plain = scene(onePolicy({ ranking: ['longestIdle'], concurrentOffers: 2 }))
  plain.hire('z')
  plain.wait(400 * DAY)
  plain.hire('a')
  plain.come('t')
  assert.equal(plain.offered('t'), ['z', 'a'])
})

test('trap 11: of more than a thousand agents round robin asks each once before it asks one twice', () => {
  // Fails where places in the round are packed into a number with room for a thousand.
  const agents = 1200
  const profile = { kind: 'human', skills: {}, capacity: { total: 9 }, queues: ['main'] } as const
  // Not through the world, which looks at everything after each event.
  const state = initialState()
  const indexed = matcher(state)
  let version = 0
  const fold = (stream: string, event: { type: string; data: object }) => {
    const at = 1000 + version
    const meta = { id: `${version}`, at, tenant: 't', correlationId: 'c', causationId: 'c', schemaVersion: 1 }
    applyToRouting(state, { ...event, stream: stream as StreamName, version: version++, meta })
  }
  const published = policyDecider.decide(
    { type: 'publish', policy: policyOf(onePolicy({ ranking: ['roundRobin'] })) },
    policyDecider.initial(),
  )
  assert.ok(isRight(published))
  for (const event of published.right) fold('policy-main', event)
  for (let i = 0; i < agents; i++)
    for (const event of [
      { type: 'AgentRegistered', data: profile },
      { type: 'AgentSignedIn', data: {} },
      { type: 'AgentBecameAvailable', data: {} },
    ])
      fold(`agent-a${i}`, event)
  const asked = new Set<string>()
  for (let i = 0; i < 2 * agents; i++) {
    if (i === agents) {
      assert.is(asked.size, agents)
      asked.clear()
    }
    const opening = { channel: 'sms', endpoint: 'e', customer: 'c', direction: 'inbound' }
    fold(`conversation-t${i}`, { type: 'ConversationOpened', data: opening })
    const { decisions } = routeWith(indexed, { pass: `p${i}`, now: 1_000_000 + i, basis: START })
    for (const { stream, event } of decisions) {
      fold(stream, event)
      if (event.type === 'OfferIssued') asked.add(event.data.agent)
    }
  }
  assert.is(asked.size, agents)
})

test('trap 12: what happens within one second, and within one millisecond, has an order', () => {
  // Fails where turns are told by clocks: then who was asked within the same tick is asked again.
  const s = scene(onePolicy({ ranking: ['roundRobin'] }))
  for (const id of ['bia', 'caio', 'dora']) s.hire(id, { capacity: { total: 9 } })
  s.comeTogether('t1', 't2', 't3', 't4', 't5', 't6')
  const agents = ['t1', 't2', 't3', 't4', 't5', 't6'].map((id) => s.offered(id)[0])
  assert.equal(agents, ['bia', 'caio', 'dora', 'bia', 'caio', 'dora'])
})

test('trap 13: equal scores have an order that is always the same, and the record says so', () => {
  // Fails where the order of a table or of a set decides, or chance that nobody can draw again.
  const ids = ['caio', 'bia', 'eva', 'dora']
  for (const order of [ids, [...ids].reverse(), [...ids].sort()]) {
    const s = scene(onePolicy({ ranking: ['leastLoaded'], concurrentOffers: 4 }))
    for (const id of order) s.hire(id)
    s.come('t')
    assert.equal(s.offered('t'), ['bia', 'caio', 'dora', 'eva'])
    const issued = s.w.log.find(({ type }) => type === 'OfferIssued')!.data as {
      decision: { tieBreak: string; candidates: readonly { agent: string }[] }
    }
    assert.is(issued.decision.tieBreak, 'agent id')
    assert.equal(
      issued.decision.candidates.map(({ agent }) => agent),
      ['bia', 'caio', 'dora'],
    )
  }
})

test.run()
