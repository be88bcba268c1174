import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import {
  agent,
  facts,
  germanOrders,
  lint,
  orders,
  parsed,
  rest,
  sound,
  withOrders,
  withRules,
} from '../../test/lint-fixture.js'
import { lintPolicy } from './index.js'

const test = suite('lint: people')

test('skills that nobody has at the level that is asked for, at first or at any step', () => {
  const known = facts(agent('ana'), agent('bia', { skills: {} }))
  assert.equal(lint(sound, known), [
    'warning skillNobodyHas classification[0].requirements[0]',
    'warning nobodyCanServeYet classification[0]',
  ])
  const [has, yet] = lintPolicy(parsed(sound), known)
  assert.is(has!.message, 'german 5 is asked for, and nobody is beyond level 3 of "german".')
  assert.is(
    yet!.message,
    'What comes to queue "orders" from here waits 60000 ms for nobody, until step 1: of its 2 agents none of them ' +
      'has german 5. Ask for less at first, or set skipToWhenNobodyPresent.',
  )
  const none = facts(agent('bia', { skills: {} }))
  assert.equal(lint(sound, none), [
    'error nobodyCanServe classification[0]',
    'warning skillNobodyHas classification[0].requirements[0]',
    'warning stepReachesNobodyMore queues.orders.relaxation[0]',
  ])
  const skips = withOrders({
    relaxation: [{ after: 60_000, lower: { german: 2 }, skipToWhenNobodyPresent: true }],
  })
  assert.equal(lint(skips, known), ['warning skillNobodyHas classification[0].requirements[0]'])
})

test('skills of several agents who have them only between them', () => {
  const requirements = [
    { skill: 'german', level: 2 },
    { skill: 'tax', level: 2 },
  ]
  const policy = {
    ...withRules({ ...germanOrders, requirements }, orders, rest),
    queues: { orders: {}, care: {} },
  }
  const known = facts(agent('ana'), agent('bia', { skills: { tax: 4 } }))
  assert.equal(lint(policy, known), ['error nobodyCanServe classification[0]'])
  assert.match(lintPolicy(parsed(policy), known)[0]!.message, /of its 2 agents none of them has all of it\.$/)
  assert.equal(lint(policy, facts(agent('ana', { skills: { german: 2, tax: 2 } }))), [])
})

test('a skill that only should be there and is nowhere, and alternatives', () => {
  const should = {
    ...germanOrders,
    requirements: [{ skill: 'tax', level: 1, should: 5 }, ...germanOrders.requirements],
  }
  assert.equal(lint(withRules(should, orders, rest)), [
    'warning skillNobodyHas classification[0].requirements[0]',
  ])
  const any = { ...germanOrders, requirements: [{ any: [{ skill: 'german', level: 5 }, { team: 'night' }] }] }
  assert.equal(lint(withRules(any, orders, rest)).includes('warning skillNobodyHas'), false)
  const not = {
    ...germanOrders,
    requirements: [{ not: { skill: 'tax', level: 1 } }, ...germanOrders.requirements],
  }
  assert.equal(lint(withRules(not, orders, rest)), [])
})

test('agents that the policy names and who are not there', () => {
  const named = {
    ...germanOrders,
    prefer: { agents: ['ana', 'zoe'], for: 10_000 },
    exclude: ['yan'],
    requirements: [...germanOrders.requirements, { not: { agents: ['xul', 'yo'] } }],
  }
  assert.equal(lint(withRules(named, orders, rest)), [
    'warning unknownAgent classification[0].prefer.agents',
    'warning unknownAgent classification[0].exclude',
    'warning unknownAgent classification[0].requirements[1].not',
    'warning unknownAgent classification[0].requirements[1].not',
  ])
  const last = { ...germanOrders, prefer: { agents: 'last', for: 10_000 }, exclude: ['eva'] }
  assert.equal(lint(withRules(last, orders, rest), facts(...facts().agents!, agent('eva'))), [])
})

test('queues without agents, and agents without queues', () => {
  const lent = {
    ...sound,
    queues: { ...sound.queues, care: { relaxation: [{ after: 1000, borrow: ['orders'] }] } },
  }
  const known = facts(
    agent('ana', { skills: { german: 8 }, queues: ['orders'] }),
    agent('bia', { queues: ['orders'] }),
  )
  assert.equal(lint(sound, known), ['error queueWithoutAgents queues.care'])
  assert.equal(lint(lent, known), ['warning queueWithoutAgents queues.care'])
  assert.equal(
    lint(sound, facts(...facts().agents!, agent('zoe', { queues: [] }), agent('yan', { queues: ['vip'] }))),
    ['warning agentWithoutQueue agents.zoe.queues', 'warning agentInUnknownQueue agents.yan.queues'],
  )
})

test('caps and capacities below what a ticket costs', () => {
  const ana = { skills: { german: 8 } }
  assert.equal(
    lint(
      sound,
      facts(agent('ana', { ...ana, capacity: { total: 1 } }), agent('bia', { capacity: { total: 1 } })),
    ),
    ['error channelNobodyCanCarry queues.orders', 'error channelNobodyCanCarry queues.care'],
  )
  const capped = { total: 3, caps: { webchat: 0 } }
  const known = facts(agent('ana', { ...ana, capacity: capped }), agent('bia', { capacity: capped }))
  assert.equal(lint(sound, known).slice(0, 2), [
    'error channelNobodyCanCarry queues.orders',
    'error channelNobodyCanCarry queues.care',
  ])
  assert.equal(lint(sound, facts(agent('ana', ana), agent('bia', { capacity: { total: 1 } }))), [])
  assert.equal(lint(sound, facts(...facts().agents!, agent('zoe', { capacity: { total: 0 } }))), [
    'warning agentCanCarryNothing agents.zoe.capacity',
  ])
})

test('a channel that cannot come to a queue is not looked for there', () => {
  const voice = { ...sound, channels: { ...sound.channels, sms: { cost: 50 } } }
  const lines = [{ name: 'sms', when: { channel: 'sms' }, queue: 'vip' }, ...sound.classification]
  const policy = { ...voice, classification: lines, queues: { ...sound.queues, vip: {} } }
  const known = facts(...facts().agents!, agent('zoe', { queues: ['vip'], capacity: { total: 50 } }))
  assert.equal(lint(policy, known), [])
})

test.run()
