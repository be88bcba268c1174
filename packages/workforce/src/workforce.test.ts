import { decider, MORNING, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import type { WorkforceEvent } from './events.js'
import {
  type AgentCommand,
  type AgentProfile,
  agentDecider,
  capOf,
  hasSkill,
  takesOffers,
  unknownAgent,
} from './index.js'

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

test('what is no command is refused by its name', () => {
  const fly = { type: 'fly' } as never
  given([registered, signedIn])
    .when(fly)
    .thenRefusal({ reason: 'unknownCommand', message: 'There is no command "fly".' })
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

test('what is said of a stranger is refused, whatever it is, and changes nothing', () => {
  const commands: readonly AgentCommand[] = [
    { type: 'changeSkills', skills: { money: 1 } },
    { type: 'changeCapacity', capacity: { total: 1 } },
    { type: 'changeQueues', queues: ['care'] },
    { type: 'becomeAvailable' },
    { type: 'becomeUnavailable', reason: 'lunch' },
    { type: 'drain' },
    { type: 'signOut' },
  ]
  for (const command of commands) {
    const outcome = when(command).thenRefusal({ reason: 'unknownAgent' })
    assert.equal(outcome.state(), unknownAgent(), command.type)
  }
})

test('a capacity that is lowered holds for what comes next: the agent alone cannot know what they hold', () => {
  const ready = given([registered, signedIn, available])
  ready
    .when({ type: 'changeCapacity', capacity: { total: 0 } })
    .thenEvents([{ type: 'CapacityChanged', data: { capacity: { total: 0 } } }])
})

test('who drains may be given another limit, which runs from then on; the same again changes nothing', () => {
  const draining = (within?: number): WorkforceEvent => ({
    type: 'AgentDraining',
    data: { reason: undefined, within },
  })
  const ready = given([registered, signedIn, available])
  ready.when({ type: 'drain' }).thenEvents([draining()])
  const drains = ready.given([draining()])
  drains.when({ type: 'drain' }).thenEvents([])
  drains.when({ type: 'drain', within: 5000 }).thenEvents([draining(5000)])
  const limited = drains.given([draining(5000)], { commandId: 'limit', at: MORNING + 7000 })
  limited.when({ type: 'drain', within: 5000 }).thenEvents([])
  limited.when({ type: 'drain' }).thenEvents([])
  limited.when({ type: 'drain', within: 0 }).thenEvents([draining(0)])
  assert.equal([limited.state().drainsWithin, limited.state().presenceSince], [5000, MORNING + 7000])
  const back = limited.given([available])
  assert.equal([back.state().presence, back.state().drainsWithin], ['available', undefined])
})

test('skills have levels, channels have caps', () => {
  assert.is(hasSkill(profile, 'money', 3), true)
  assert.is(hasSkill(profile, 'money', 4), false)
  assert.is(hasSkill(profile, 'law', 1), false)
  assert.is(capOf(profile, 'whatsapp'), 2)
  assert.is(capOf(profile, 'sms'), Number.POSITIVE_INFINITY)
})

test.run()
