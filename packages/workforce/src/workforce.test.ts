import { decider, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import type { WorkforceEvent } from './events.js'
import { type AgentProfile, agentDecider, capOf, hasSkill, takesOffers } from './index.js'

const test = suite('workforce')
const { given, when } = decider(agentDecider)
const profile: AgentProfile = {
  kind: 'human',
  skills: { money: 3 },
  capacity: { total: 100, caps: { whatsapp: 2 } },
  queues: ['care'],
}
const registered: WorkforceEvent = {
  type: 'AgentRegistered',
  data: { ...profile, name: undefined, team: undefined },
}
const signedIn: WorkforceEvent = { type: 'AgentSignedIn', data: {} }
const available: WorkforceEvent = { type: 'AgentBecameAvailable', data: {} }

test('a registration again changes what differs, and nothing else', () => {
  when({ type: 'register', profile }).thenEvents([registered])
  given([registered]).when({ type: 'register', profile }).thenEvents([])
  given([registered])
    .when({ type: 'register', profile: { ...profile, skills: { money: 5 }, queues: ['care', 'orders'] } })
    .thenEvents([
      { type: 'SkillsChanged', data: { skills: { money: 5 } } },
      { type: 'QueuesChanged', data: { queues: ['care', 'orders'] } },
    ])
})

test('only who is available takes offers', () => {
  const path: readonly [WorkforceEvent, boolean][] = [
    [registered, false],
    [signedIn, false],
    [available, true],
    [{ type: 'AgentStoppedResponding', data: { offer: 'o1' } }, false],
    [available, true],
    [{ type: 'AgentDraining', data: {} }, false],
    [available, true],
    [{ type: 'AgentBecameUnavailable', data: { reason: 'lunch' } }, false],
    [{ type: 'AgentSignedOut', data: {} }, false],
  ]
  path.forEach(([, takes], i) => {
    assert.is(takesOffers(given(path.slice(0, i + 1).map(([event]) => event)).state()), takes, `${i}`)
  })
})

test('an offer that lapses after the agent has gone says nothing new', () => {
  const gone: WorkforceEvent = { type: 'AgentBecameUnavailable', data: { reason: 'lunch' } }
  const state = given([
    registered,
    signedIn,
    available,
    gone,
    { type: 'AgentStoppedResponding', data: {} },
  ]).state()
  assert.is(state.presence, 'unavailable')
  assert.is(state.reason, 'lunch')
})

test('strangers, and who is not signed in, are refused', () => {
  when({ type: 'signIn' }).thenRefusal({ reason: 'unknownAgent' })
  given([registered]).when({ type: 'becomeAvailable' }).thenRefusal({ reason: 'notSignedIn' })
  given([registered]).when({ type: 'drain' }).thenRefusal({ reason: 'notSignedIn' })
})

test('every command can be given twice', () => {
  const ready = given([registered, signedIn, available])
  ready.when({ type: 'becomeAvailable' }).thenEvents([])
  ready.when({ type: 'signIn' }).thenEvents([])
  assert.is(ready.when({ type: 'drain' }).state().presence, 'draining')
  assert.is(ready.when({ type: 'signOut' }).state().presence, 'signedOut')
  assert.is(ready.when({ type: 'changeCapacity', capacity: { total: 1 } }).state().capacity.total, 1)
})

test('skills have levels, channels have caps', () => {
  assert.is(hasSkill(profile, 'money', 3), true)
  assert.is(hasSkill(profile, 'money', 4), false)
  assert.is(hasSkill(profile, 'law', 1), false)
  assert.is(capOf(profile, 'whatsapp'), 2)
  assert.is(capOf(profile, 'sms'), Number.POSITIVE_INFINITY)
})

test.run()
