import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import {
  type EventStore,
  memoryStore,
  random,
  StoreError,
  streamName,
  transact,
  virtualClock,
} from '@ramal/core'
import { type PolicyData, parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { startRouter, verifyPasses } from './index.js'

const test = suite('router, between a pass and its append')
const T0 = Date.UTC(2026, 2, 2, 9)

const POLICY: PolicyData = {
  name: 'test',
  classification: [{ queue: 'care', requirements: [{ skill: 'money', level: 3 }] }],
  queues: { care: { autoAccept: true }, late: {} },
  onPublish: 'reclassify',
}

interface Centre {
  agent(...todo: readonly AgentCommand[]): Promise<void>
  publish(data: PolicyData): Promise<void>
  /** Somebody else begins to work. */
  come(id: string): Promise<void>
}

interface Options {
  readonly guards?: boolean
  readonly ask?: ConversationCommand
  readonly first?: (c: Centre) => Promise<void>
}

/** A centre with a ticket that `bia` is about to get, and something that happens just before it is written. */
const race = async (meanwhile: (c: Centre) => Promise<void>, { guards = true, ask, first }: Options = {}) => {
  const memory = memoryStore()
  const clock = virtualClock(T0)
  const run = transact({ store: memory, clock, random: random('between') })
  let commands = 0
  const context = () => ({ commandId: `c${++commands}`, at: clock.now(), tenant: 't' })
  const tell = async (id: string, todo: readonly AgentCommand[]) => {
    for (const one of todo)
      assert.ok(isRight(await run(agentDecider, streamName('agent', id), one, context())))
  }
  const profile = {
    kind: 'human',
    skills: { money: 5 },
    capacity: { total: 1 },
    queues: ['care', 'late'],
  } as const
  const agent = (...todo: readonly AgentCommand[]) => tell('bia', todo)
  const come = (id: string) =>
    tell(id, [{ type: 'register', profile }, { type: 'signIn' }, { type: 'becomeAvailable' }])
  const publish = async (data: PolicyData) => {
    const parsed = parsePolicy(data)
    if (!isRight(parsed)) throw new Error(parsed.left.faults.join('\n'))
    await run(policyDecider, 'policy-main', { type: 'publish', policy: parsed.right }, context())
  }
  const command = (one: ConversationCommand) =>
    run(conversationDecider, streamName('conversation', 't1'), one, context())

  let armed = false
  const store: EventStore = Object.assign(Object.create(memory), {
    async append(...[writes, given = []]: Parameters<EventStore['append']>) {
      if (given.length > 0 && !guards) throw new StoreError('unsupported', 'It cannot guard.')
      if (armed && writes.some(({ events }) => events.some(({ type }) => type === 'PassCompleted'))) {
        armed = false
        await meanwhile({ agent, publish, come })
      }
      return memory.append(writes, given)
    },
  })
  const router = startRouter({ store, clock, router: 'r1', patience: 0 })
  const settle = async () => router.settledAt(await store.head())
  await publish(POLICY)
  await agent({ type: 'register', profile }, { type: 'signIn' })
  await first?.({ agent, publish, come })
  if (!ask) await agent({ type: 'becomeAvailable' })
  await settle()
  const opening = { channel: 'webchat', endpoint: 'e', customer: 'ana' }
  armed = !ask
  await command({ type: 'receive', message: 'm1', content: { kind: 'text', text: 'x' }, opening })
  await settle()
  if (ask) {
    armed = true
    await command(ask)
    await settle()
  }
  assert.not(armed, 'something happened in between')
  await router.stop()
  const types: string[] = []
  for await (const { events } of memory.read('conversation-t1')) types.push(...events.map(({ type }) => type))
  return { types, state: router.state, report: await verifyPasses(memory) }
}

const MEANWHILE: Readonly<Record<string, readonly AgentCommand[]>> = {
  'signs out': [{ type: 'signOut' }],
  'goes to lunch': [{ type: 'becomeUnavailable', reason: 'lunch' }],
  'begins to drain': [{ type: 'drain' }],
  'has less room': [{ type: 'changeCapacity', capacity: { total: 0 } }],
  'loses the skill': [{ type: 'changeSkills', skills: {} }],
  'leaves the queue': [{ type: 'changeQueues', queues: [] }],
}

for (const [name, commands] of Object.entries(MEANWHILE))
  test(`who ${name} before the offer is written is not offered it`, async () => {
    const { types, state, report } = await race(({ agent }) => agent(...commands))
    assert.not(types.includes('OfferIssued'), types.join())
    assert.is(state.tickets.get('t1')!.place, 'queued')
    assert.is(state.agents.get('bia')!.load, 0)
    assert.equal([report.differences, report.broken], [[], []])
  })

test('who has less room before a ticket is given to them by hand is not given it', async () => {
  const { types, report } = await race(
    ({ agent }) => agent({ type: 'changeCapacity', capacity: { total: 0 } }),
    { ask: { type: 'pick', agent: 'bia', by: { kind: 'human', id: 'boss' } } },
  )
  assert.is(types.at(-1), 'PickRefused')
  assert.equal([report.differences, report.broken], [[], []])
})

test('who a ticket is to wait for, and who comes back before it is offered to others, gets it', async () => {
  const waits: PolicyData = {
    ...POLICY,
    classification: [{ queue: 'care', prefer: { agents: ['lia'], for: 60_000 } }],
  }
  const { types, state, report } = await race(({ come }) => come('lia'), {
    first: ({ publish }) => publish(waits),
  })
  assert.ok(types.includes('OfferAccepted'))
  assert.is(state.tickets.get('t1')!.assigned?.agent, 'lia')
  assert.equal([report.differences, report.broken], [[], []])
})

test('nothing is classified by a policy that holds no more', async () => {
  const { state, report } = await race(({ publish }) =>
    publish({ ...POLICY, classification: [{ queue: 'late' }] }),
  )
  assert.is(state.tickets.get('t1')!.queue, 'late')
  assert.equal([report.differences, report.broken], [[], []])
})

test('on a store that cannot guard, what is given to who has gone is taken back at once', async () => {
  const { types, state, report } = await race(({ agent }) => agent({ type: 'signOut' }), { guards: false })
  assert.equal(types.slice(-3), ['OfferIssued', 'OfferAccepted', 'TicketRequeued'])
  assert.is(state.agents.get('bia')!.load, 0)
  assert.equal(report.differences, [])
})

test.run()
