import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import {
  type CommandContext,
  memoryStore,
  random,
  START,
  type StreamName,
  streamName,
  transact,
  virtualClock,
} from '@ramal/core'
import { type PolicyData, parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { startRouter } from './router.js'
import { verifyPasses } from './verify.js'

const test = suite('router, duplicated commands')
const T0 = Date.UTC(2026, 2, 2, 9)
const POLICY: PolicyData = {
  name: 'twice',
  classification: [{ queue: 'main' }],
  queues: { main: { concurrentOffers: 2, declineRetryAfter: 5000 } },
}

interface Doing {
  readonly what: 'come' | 'on' | 'accept' | 'decline' | 'resolve' | 'pick' | 'away' | 'wait'
  readonly n: number
  /** Which of the commands before are delivered again after it, counted back. */
  readonly again: readonly number[]
}

/** Plays the same in a store of its own, and gives what the log says in the end, without ids. */
const play = async (doings: readonly Doing[], twice: boolean) => {
  const clock = virtualClock(T0)
  const store = memoryStore()
  const router = startRouter({ store, clock, router: 'r1', patience: 0 })
  const run = transact({ store, clock, random: random('twice') })
  const settle = async () => {
    await router.settledAt(await store.head())
    // Until the router sleeps, so that the clock knows whom to wake next.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const parsed = parsePolicy(POLICY)
  assert.ok(isRight(parsed))
  const sent: (() => Promise<unknown>)[] = []
  let commands = 0
  const send = async (deliver: (context: CommandContext) => Promise<unknown>) => {
    const context = { commandId: `c${++commands}`, at: clock.now(), tenant: 't' }
    const before = await store.head()
    await deliver(context)
    // What was refused, or was so already, wrote nothing: to give it again is to give it for the first time.
    if ((await store.head()) !== before) sent.push(() => deliver(context))
  }
  const ticket = (id: string, command: ConversationCommand) =>
    send((context) => run(conversationDecider, streamName('conversation', id), command, context))
  const agent = (id: string, command: AgentCommand) =>
    send((context) => run(agentDecider, streamName('agent', id), command, context))
  await run(
    policyDecider,
    'policy-main',
    { type: 'publish', policy: parsed.right },
    { commandId: 'p', at: T0, tenant: 't' },
  )
  const nth = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)]
  for (const { what, n, again } of doings) {
    const tickets = [...router.state.tickets.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    const offers = tickets.flatMap((one) =>
      [...one.offers].map(([offer, of]) => ({ ticket: one.id, offer, agent: of.agent })),
    )
    const offer = nth(offers, n)
    const had = nth(
      tickets.filter(({ assigned }) => assigned),
      n,
    )
    if (what === 'come') {
      const opening = { channel: 'sms', endpoint: 'e', customer: `t${n % 6}` }
      const content = { kind: 'text', text: 'x' } as const
      await ticket(`t${n % 6}`, { type: 'receive', message: `m${commands}`, content, opening })
    }
    if (what === 'on') {
      const profile = { kind: 'human', skills: {}, capacity: { total: 2 }, queues: ['main'] } as const
      await agent(`a${n % 3}`, { type: 'register', profile })
      await agent(`a${n % 3}`, { type: 'signIn' })
      await agent(`a${n % 3}`, { type: 'becomeAvailable' })
    }
    if (what === 'away') await agent(`a${n % 3}`, { type: 'becomeUnavailable', reason: 'x' })
    if (what === 'accept' && offer)
      await ticket(offer.ticket, { type: 'acceptOffer', offer: offer.offer, agent: offer.agent })
    if (what === 'decline' && offer)
      await ticket(offer.ticket, { type: 'declineOffer', offer: offer.offer, agent: offer.agent })
    if (what === 'pick')
      await ticket(`t${n % 6}`, { type: 'pick', agent: `a${n % 3}`, by: { kind: 'system' } })
    if (what === 'resolve' && had)
      await ticket(had.id, { type: 'resolve', by: { kind: 'system' }, disposition: 'done' })
    if (what === 'wait') await clock.advanceTo(clock.now() + 1000 * n, settle)
    await settle()
    if (!twice) continue
    for (const back of again) await sent[sent.length - 1 - (back % Math.max(1, sent.length))]?.()
    await settle()
  }
  const log: (readonly [StreamName, string, unknown])[] = []
  for await (const { events } of store.readAll({ after: START }))
    for (const { stream, type, data } of events) log.push([stream, type, data])
  const { differences } = await verifyPasses(store)
  await router.stop()
  assert.equal(differences, [])
  return log
}

test(
  'commands that are delivered again, at once or long after, leave the same log: what was written is not written twice',
  async () => {
    const doing: fc.Arbitrary<Doing> = fc.record({
      what: fc.constantFrom(
        'come',
        'come',
        'on',
        'accept',
        'accept',
        'decline',
        'resolve',
        'pick',
        'away',
        'wait',
      ),
      n: fc.nat({ max: 20 }),
      again: fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
    })
    let written = 0
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { minLength: 10, maxLength: 30, size: 'max' }), async (doings) => {
        const once = await play(doings, false)
        written += once.length
        assert.equal(await play(doings, true), once)
      }),
      { numRuns: 30, includeErrorInReport: true },
    )
    assert.ok(written > 300, 'something is written, or nothing is tested')
  },
  { timeout: 55_000 },
)

test.run()
