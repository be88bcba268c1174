import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import { memoryStore, random, START, streamName, transact, virtualClock } from '@ramal/core'
import { type PolicyData, parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { startRouter } from './router.js'
import { reportShadows } from './shadow-report.js'
import { verifyPasses } from './verify.js'

const test = suite('router, shadow and picks')
const T0 = Date.UTC(2026, 2, 2, 9)

const policyOf = (data: PolicyData) => {
  const parsed = parsePolicy(data)
  if (!isRight(parsed)) throw new Error(parsed.left.faults.join('\n'))
  return parsed.right
}

const HELD = policyOf({ name: 'held', classification: [{ queue: 'care' }], queues: { care: {} } })
/** Whoever has most room instead of who is idle longest, and chats to another queue. */
const OTHER = policyOf({
  name: 'other',
  classification: [{ when: { channel: 'webchat' }, queue: 'chats' }, { queue: 'care' }],
  queues: { care: { ranking: ['mostCapacity'] }, chats: {} },
})

const centre = async () => {
  const store = memoryStore()
  const clock = virtualClock(T0)
  const running = startRouter({ store, clock, router: 'r1', patience: 0 })
  const run = transact({ store, clock, random: random('shadow') })
  let commands = 0
  const context = () => ({ commandId: `c${++commands}`, at: clock.now(), tenant: 't' })
  const settle = async () => running.settledAt(await store.head())
  await run(policyDecider, 'policy-main', { type: 'publish', policy: HELD }, context())
  return {
    store,
    clock,
    running,
    settle,
    publishShadow: () =>
      run(policyDecider, 'policy-main', { type: 'publishShadow', policy: OTHER }, context()),
    start: async (id: string, total: number, queues = ['care', 'chats']) => {
      const profile = { kind: 'human', skills: {}, capacity: { total }, queues } as const
      const todo: AgentCommand[] = [
        { type: 'register', profile },
        { type: 'signIn' },
        { type: 'becomeAvailable' },
      ]
      for (const command of todo) await run(agentDecider, streamName('agent', id), command, context())
      await clock.advanceTo(clock.now() + 1000, settle)
    },
    command: async (id: string, command: ConversationCommand) => {
      const result = await run(conversationDecider, streamName('conversation', id), command, context())
      await settle()
      return result
    },
    types: async (id: string) => {
      const types: string[] = []
      for await (const { events } of store.read(streamName('conversation', id)))
        types.push(...events.map(({ type }) => type))
      return types
    },
  }
}

const arrives = (channel: string): ConversationCommand => ({
  type: 'receive',
  message: 'm',
  content: { kind: 'text', text: 'hello' },
  opening: { channel, endpoint: 'e1', customer: 'ana' },
})

test('a shadow policy decides beside the one that holds, is only logged, and is verified too', async () => {
  const c = await centre()
  await c.start('small', 1)
  await c.start('large', 9)
  await c.start('clerk', 2, ['care'])
  await c.publishShadow()
  await c.command('t1', arrives('whatsapp'))
  await c.command('t2', arrives('webchat'))
  assert.is([...c.running.state.tickets.get('t1')!.offers.values()][0]?.agent, 'small')
  const [report] = await reportShadows(c.store)
  assert.is(report?.offers, 2)
  assert.is(report?.policy, OTHER.hash)
  // t1: the one with most room; t2: by both the one idle longest, but in another queue.
  assert.equal([report?.sameAgent, report?.sameQueue, report?.nobody], [1, 1, 0])
  assert.equal(report?.differences, [
    { ticket: 't1', agent: 'small', queue: 'care', shadowQueue: 'care', shadowAgent: 'large' },
  ])
  const { differences, passes } = await verifyPasses(c.store)
  assert.equal(differences, [])
  assert.ok(passes >= 2)
  await c.running.stop()
})

test('a pick is checked against capacity by the router, and recorded; over capacity only when it is said', async () => {
  const c = await centre()
  await c.start('ana', 1)
  const by = { kind: 'human', id: 'boss' } as const
  await c.command('t1', arrives('whatsapp'))
  const [offer] = c.running.state.tickets.get('t1')!.offers.keys()
  await c.command('t1', { type: 'acceptOffer', offer: offer!, agent: 'ana' })
  await c.command('t2', arrives('whatsapp'))
  await c.command('t2', { type: 'pick', agent: 'ana', by })
  assert.is(c.running.state.tickets.get('t2')!.assigned, undefined)
  assert.equal((await c.types('t2')).slice(-2), ['PickRequested', 'PickRefused'])
  await c.command('t2', { type: 'pick', agent: 'nobody', by })
  assert.is((await c.types('t2')).at(-1), 'PickRefused')
  await c.command('t2', { type: 'pick', agent: 'ana', by, overcommit: true })
  assert.is(c.running.state.tickets.get('t2')!.assigned?.agent, 'ana')
  assert.is(c.running.state.agents.get('ana')!.load, 2)
  const events = []
  for await (const page of c.store.readAll({ after: START, types: ['TicketPicked'] }))
    events.push(...page.events)
  assert.is((events[0]!.data as { overcommitted?: boolean }).overcommitted, true)
  assert.equal((await verifyPasses(c.store)).differences, [])
  await c.running.stop()
})

test('what is due at every moment keeps nobody who waits from an agent', async () => {
  const c = await centre()
  await c.start('ana', 1)
  const by = { kind: 'human', id: 'ana' } as const
  for (let i = 0; i < 20; i++) {
    await c.command(`t${i}`, arrives('whatsapp'))
    const [offer] = c.running.state.tickets.get(`t${i}`)!.offers.keys()
    await c.command(`t${i}`, { type: 'acceptOffer', offer: offer!, agent: 'ana' })
    // Each ends with a wrap-up that is due at once: the next ticket is offered after it all the same.
    await c.command(`t${i}`, { type: 'resolve', by, disposition: 'done', wrapUpUntil: c.clock.now() })
  }
  assert.is(c.running.state.agents.get('ana')!.load, 0)
  assert.equal((await verifyPasses(c.store)).differences, [])
  await c.running.stop()
})

test.run()
