import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import {
  type EventStore,
  memoryStore,
  type NewEvent,
  type Recorded,
  random,
  START,
  streamName,
  transact,
  virtualClock,
} from '@ramal/core'
import { parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { startRouter } from './router.js'
import { verifyPasses } from './verify.js'

const test = suite('router, verify')
const T0 = Date.UTC(2026, 2, 2, 9)

const centre = async (store: EventStore = memoryStore()) => {
  const clock = virtualClock(T0)
  const router = startRouter({ store, clock, router: 'r1', patience: 0 })
  const run = transact({ store, clock, random: random('verify') })
  const parsed = parsePolicy({ name: 'v', classification: [{ queue: 'main' }], queues: { main: {} } })
  assert.ok(isRight(parsed))
  let commands = 0
  const context = () => ({ commandId: `c${++commands}`, at: clock.now(), tenant: 't' })
  await run(policyDecider, 'policy-main', { type: 'publish', policy: parsed.right }, context())
  const settle = async () => router.settledAt(await store.head())
  return {
    store,
    router,
    settle,
    agent: async (id: string, ...list: readonly AgentCommand[]) => {
      for (const one of list) await run(agentDecider, streamName('agent', id), one, context())
      await settle()
    },
    ticket: async (id: string, command: ConversationCommand) => {
      await run(conversationDecider, streamName('conversation', id), command, context())
      await settle()
    },
  }
}

const on: readonly AgentCommand[] = [
  { type: 'register', profile: { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['main'] } },
  { type: 'signIn' },
  { type: 'becomeAvailable' },
]
const arrives: ConversationCommand = {
  type: 'receive',
  message: 'm',
  content: { kind: 'text', text: 'x' },
  opening: { channel: 'sms', endpoint: 'e', customer: 'ana' },
}

/** The same log, with what `change` makes of each event. */
const changed = async (
  from: EventStore,
  change: (event: Recorded) => readonly NewEvent[],
): Promise<EventStore> => {
  const to = memoryStore()
  for await (const { events } of from.readAll({ after: START }))
    for (const event of events)
      for (const [i, one] of change(event).entries())
        await to.append([
          {
            stream: event.stream,
            expected: 'any',
            events: [{ ...one, meta: { ...one.meta, id: i === 0 ? one.meta.id : `${one.meta.id}/${i}` } }],
          },
        ])
  return to
}

test('an event that breaks an invariant is found, with where it stands', async () => {
  const c = await centre()
  await c.agent('bia', ...on)
  await c.ticket('t', arrives)
  const [offer] = [...c.router.state.tickets.get('t')!.offers.keys()]
  await c.ticket('t', { type: 'acceptOffer', offer: offer!, agent: 'bia' })
  await c.router.stop()
  const { broken, differences } = await verifyPasses(c.store)
  assert.equal([broken, differences], [[], []])
  const twice = await changed(c.store, (event) => (event.type === 'OfferAccepted' ? [event, event] : [event]))
  const found = (await verifyPasses(twice)).broken
  assert.equal(
    found.map(({ invariant }) => invariant),
    ['an offer ends once'],
  )
  assert.is(found[0]!.position, await twice.head())
})

test.run()
