import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import {
  type CommandContext,
  type EventStore,
  memoryStore,
  random,
  START,
  streamName,
  transact,
  virtualClock,
} from '@ramal/core'
import { explainInWords, type PolicyData, parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { explainOffer } from './explain-offer.js'
import { startRouter } from './router.js'
import { verifyPasses } from './verify.js'

const test = suite('router')

const POLICY: PolicyData = {
  name: 'test',
  classification: [
    { name: 'chat first', when: { channel: 'webchat' }, queue: 'main', priority: 100 },
    { name: 'all', queue: 'main' },
  ],
  queues: { main: { offerExpiresAfter: 20_000, declineRetryAfter: 30_000 } },
  channels: { whatsapp: { cost: 1, wrapUp: 5_000 } },
}

const T0 = Date.UTC(2026, 2, 2, 9)

/** A centre in memory on a clock of its own. */
const centre = async (
  store: EventStore = memoryStore(),
  clock = virtualClock(T0),
  router = 'r1',
  most = 500,
) => {
  const parsed = parsePolicy(POLICY)
  if (!isRight(parsed)) throw new Error(parsed.left.faults.join('\n'))
  const passes: { readonly decisions: number; readonly took: number }[] = []
  const onPass = (pass: (typeof passes)[number]) => void passes.push(pass)
  const running = startRouter({ store, clock, router, patience: 3000, most, onPass })
  const run = transact({ store, clock, random: random('test') })
  let commands = 0
  const context = (): CommandContext => ({ commandId: `c${++commands}`, at: clock.now(), tenant: 't' })
  const settle = async () => running.settledAt(await store.head())
  const must = <A>(result: { _tag: string; left?: unknown; right?: A }): A => {
    if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
    return result.right!
  }
  must(await run(policyDecider, 'policy-main', { type: 'publish', policy: parsed.right }, context()))
  return {
    store,
    clock,
    running,
    passes,
    settle,
    agent: async (id: string, ...todo: AgentCommand[]) => {
      for (const command of todo) must(await run(agentDecider, streamName('agent', id), command, context()))
      await settle()
    },
    command: (id: string, command: ConversationCommand) =>
      run(conversationDecider, streamName('conversation', id), command, context()),
    ticket: (id: string) => running.state.tickets.get(id),
    offerOf: (id: string) => [...(running.state.tickets.get(id)?.offers ?? [])][0],
    advance: (ms: number) => clock.advanceTo(clock.now() + ms, settle),
  }
}

const arrives = (message: string, channel = 'whatsapp'): ConversationCommand => ({
  type: 'receive',
  message,
  content: { kind: 'text', text: 'hello' },
  opening: { channel, endpoint: 'e1', customer: 'ana' },
})

const on: AgentCommand[] = [
  { type: 'register', profile: { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['main'] } },
  { type: 'signIn' },
  { type: 'becomeAvailable' },
]

test('a ticket is classified, offered, accepted, answered, resolved and closed', async () => {
  const c = await centre()
  await c.agent('bia', ...on)
  await c.command('t1', arrives('m1'))
  await c.settle()
  const [offer, { agent }] = c.offerOf('t1')!
  assert.is(agent, 'bia')
  assert.ok(isRight(await c.command('t1', { type: 'acceptOffer', offer, agent })))
  await c.settle()
  assert.is(c.ticket('t1')!.place, 'assigned')
  const by = { kind: 'human', id: 'bia' } as const
  await c.command('t1', { type: 'resolve', by, disposition: 'done', wrapUpUntil: c.clock.now() + 5000 })
  await c.settle()
  assert.is(c.ticket('t1')!.place, 'wrapUp')
  assert.is(c.running.state.agents.get('bia')!.load, 1)
  await c.advance(5000)
  assert.is(c.ticket('t1')!.place, 'resolved')
  assert.is(c.running.state.agents.get('bia')!.load, 0)
  await c.advance(86_400_000)
  assert.is(c.ticket('t1'), undefined)
  const report = await verifyPasses(c.store)
  assert.equal(report.differences, [])
  assert.is(report.passes, 3, 'offered, wrapped up, closed')
  const told = [2, 1, 1].map((decisions) => ({ decisions, took: 0 }))
  assert.equal(c.passes, told, 'each is told, on a clock that stands still')
  await c.running.stop()
})

test('who waits is served by priority and wait, and an offer that lapses goes on', async () => {
  const c = await centre()
  await c.command('t1', arrives('m1'))
  await c.command('t2', arrives('m2', 'webchat'))
  await c.settle()
  await c.agent('bia', ...on)
  await c.agent('caio', ...on)
  const [, first] = c.offerOf('t2')!
  assert.is(first.agent, 'bia', 'the higher priority goes first, to who is idle longest')
  assert.is(c.offerOf('t1')![1].agent, 'caio')
  await c.advance(20_000)
  assert.is(c.running.state.agents.get('bia')!.presence, 'notResponding')
  assert.is(c.ticket('t1')!.place, 'queued')
  await c.agent('caio', { type: 'becomeAvailable' })
  assert.is(c.offerOf('t2')![1].agent, 'caio')
  const explained = await explainOffer(c.store, 't2', c.offerOf('t2')![0])
  assert.ok(isSome(explained))
  assert.match(explainInWords(explained.value).join('\n'), /Not bia: had let an offer lapse/)
  await c.command('t2', { type: 'declineOffer', offer: c.offerOf('t2')![0], agent: 'caio' })
  await c.settle()
  assert.is(c.offerOf('t2'), undefined, 'who declined is not asked again at once')
  assert.is(c.offerOf('t1'), undefined, 'nor who let it lapse just now')
  await c.advance(30_000)
  assert.is(c.offerOf('t1')?.[1].agent ?? c.offerOf('t2')?.[1].agent, 'caio')
  assert.equal((await verifyPasses(c.store)).differences, [])
  await c.running.stop()
})

test('a sign-off takes back offers and tickets, which keep their wait', async () => {
  const c = await centre()
  await c.agent('bia', ...on)
  await c.command('t1', arrives('m1'))
  await c.settle()
  const [offer] = c.offerOf('t1')!
  await c.command('t1', { type: 'acceptOffer', offer, agent: 'bia' })
  await c.advance(60_000)
  await c.agent('bia', { type: 'signOut' })
  assert.is(c.ticket('t1')!.place, 'queued')
  assert.is(c.ticket('t1')!.since, T0)
  assert.is(c.running.state.agents.get('bia')!.load, 0)
  await c.running.stop()
})

test('a difference is found', async () => {
  const c = await centre()
  await c.agent('bia', ...on)
  await c.agent('caio', ...on)
  await c.command('t1', arrives('m1'))
  await c.settle()
  await c.running.stop()
  // The same log, but for one agent whom the offer should have gone to.
  const changed = memoryStore()
  for await (const { events } of c.store.readAll({ after: START }))
    for (const event of events) {
      if (event.stream === 'agent-bia' && event.type === 'AgentBecameAvailable') continue
      await changed.append([{ stream: event.stream, expected: 'any', events: [event] }])
    }
  assert.ok((await verifyPasses(changed)).differences.length > 0)
})

for (const patience of [3000, undefined])
  test(`of two routers one is active, and the other takes over when it is gone, ${patience ?? 'with no patience given'}`, async () => {
    const store = memoryStore()
    const clock = virtualClock(T0)
    const a = await centre(store, clock, 'r1')
    await a.agent('bia', ...on)
    await a.command('t1', arrives('m1'))
    await a.settle()
    assert.is(a.running.active, true)
    const b = startRouter({ store, clock, router: 'r2', patience })
    await b.settledAt(await store.head())
    assert.is(b.active, false)
    await a.running.stop()
    const [offer] = [...b.state.tickets.get('t1')!.offers][0]!
    await a.command('t1', { type: 'declineOffer', offer, agent: 'bia', retryAt: clock.now() })
    for (let i = 0; i < 40 && !b.active; i++)
      await clock.advanceTo(clock.now() + 200, () => new Promise(setImmediate))
    assert.is(b.active, true)
    await b.settledAt(await store.head())
    assert.is(b.state.tickets.get('t1')!.place, 'offered')
    assert.equal((await verifyPasses(store)).differences, [])
    await b.stop()
  })

const MOMENTS = ['OfferIssued', 'OfferExpired', 'TicketWoken']

test('a clock that is moved while the router still works moves when it rests, and wakes it at each moment', async () => {
  const c = await centre()
  for (const id of ['bia', 'cid']) await c.agent(id, ...on)
  const shortly = () => c.running.settledAt(START)
  await c.command('t2', arrives('m2'))
  await c.command('t2', { type: 'park', by: { kind: 'system' }, until: T0 + 90_000 })
  await c.command('t1', arrives('m1'))
  // It is stored, and nobody has waited for the router to read it.
  await c.clock.advanceTo(T0 + 60_000, c.settle)
  // Whoever waits for the router alone is told when it sleeps, and not before.
  await c.agent('bia', { type: 'becomeAvailable' })
  await c.clock.advanceTo(T0 + 120_000, shortly)
  const moments: string[] = []
  for await (const { events } of c.store.readAll({ after: START, types: MOMENTS }))
    for (const { type, meta } of events) moments.push(`${type} ${meta.at - T0}`)
  assert.equal(moments, [
    'OfferIssued 0',
    'OfferExpired 20000',
    'OfferIssued 20000',
    'OfferExpired 40000',
    'OfferIssued 60000',
    'OfferExpired 80000',
    'TicketWoken 90000',
  ])
  await c.running.stop()
})

test('a pass ends after so many decisions, the next goes on, and all are decided again the same', async () => {
  const store = memoryStore()
  const clock = virtualClock(T0)
  const before = await centre(store, clock, 'r1')
  await before.running.stop()
  for (const id of ['t1', 't2', 't3', 't4', 't5']) await before.command(id, arrives(`m-${id}`))
  const after = await centre(store, clock, 'r2', 2)
  await after.settle()
  const sizes: number[] = []
  for await (const { events } of store.readAll({ after: START, types: ['PassCompleted'] }))
    for (const { data } of events) sizes.push((data as { decisions: number }).decisions)
  assert.equal(sizes, [2, 2, 1])
  assert.equal((await verifyPasses(store)).differences, [])
  await after.running.stop()
})

test.run()
