import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import { memoryStore, random, streamName, transact, virtualClock } from '@ramal/core'
import { explainInWords, type PolicyData, parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, type AgentProfile, agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
import { isNone, isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { explainOffer, startRouter } from './index.js'

const test = suite('router, explanations')
/** A Monday, an hour before the shop opens. */
const T0 = Date.UTC(2026, 2, 2, 8)
const HOUR = 3_600_000

const POLICY: PolicyData = {
  name: 'shop',
  calendars: { shop: { timeZone: 'UTC', weekly: [{ days: ['mon'], from: '09:00', to: '18:00' }] } },
  classification: [
    { name: 'night', when: { hours: { calendar: 'shop', is: 'closed' } }, queue: 'care' },
    { name: 'day', queue: 'care' },
  ],
  queues: {
    care: { escalations: [{ name: 'late', when: { waited: 2 * HOUR }, do: { queue: 'law' } }] },
    law: {},
  },
}

const centre = async () => {
  const store = memoryStore()
  const clock = virtualClock(T0)
  const router = startRouter({ store, clock, router: 'r1', patience: 0 })
  const run = transact({ store, clock, random: random('explain') })
  const parsed = parsePolicy(POLICY)
  assert.ok(isRight(parsed))
  let commands = 0
  const context = () => ({ commandId: `c${++commands}`, at: clock.now(), tenant: 't' })
  const settle = async () => router.settledAt(await store.head())
  await run(policyDecider, 'policy-main', { type: 'publish', policy: parsed.right }, context())
  const command = async (one: ConversationCommand) => {
    assert.ok(isRight(await run(conversationDecider, 'conversation-t', one, context())), one.type)
    await settle()
  }
  return {
    store,
    router,
    command,
    wait: (ms: number) => clock.advanceTo(clock.now() + ms, settle),
    async hire(id: string, profile: Partial<AgentProfile> = {}) {
      const all = { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['care'], ...profile } as const
      const todo: AgentCommand[] = [
        { type: 'register', profile: all },
        { type: 'signIn' },
        { type: 'becomeAvailable' },
      ]
      for (const one of todo) await run(agentDecider, streamName('agent', id), one, context())
      await settle()
    },
    come: () =>
      command({
        type: 'receive',
        message: 'm1',
        content: { kind: 'text', text: 'x' },
        opening: { channel: 'sms', endpoint: 'e', customer: 'ana' },
      }),
    async words() {
      const explained = await explainOffer(store, 't')
      assert.ok(isSome(explained))
      return explainInWords(explained.value)
    },
  }
}

test('a ticket stands where it was put when it was classified, whatever rule would hold now', async () => {
  const c = await centre()
  await c.come()
  await c.wait(HOUR + 60_000)
  await c.hire('bia')
  assert.match((await c.words())[1]!, 'It stood in queue "care" by rule "night" of policy "shop"')
  await c.router.stop()
})

test('or by whoever, or whatever, has moved it since', async () => {
  const c = await centre()
  await c.come()
  const by = { kind: 'system' } as const
  await c.command({ type: 'transfer', to: { kind: 'queue', queue: 'law' }, mode: 'cold', by })
  await c.hire('lia', { queues: ['law'] })
  assert.match((await c.words())[1]!, 'It stood in queue "law" by a transfer of system')
  await c.router.stop()

  const late = await centre()
  await late.come()
  await late.wait(2 * HOUR)
  await late.hire('lia', { queues: ['law'] })
  assert.match((await late.words())[1]!, 'It stood in queue "law" by escalation "late"')
  await late.router.stop()
})

test('what was given by hand was given by hand, and everybody else is judged for it all the same', async () => {
  const c = await centre()
  assert.ok(isNone(await explainOffer(c.store, 't')))
  await c.hire('bia')
  await c.hire('cid', { queues: [] })
  await c.come()
  await c.command({ type: 'pick', agent: 'cid', by: { kind: 'human', id: 'boss' } })
  assert.is(c.router.state.tickets.get('t')!.assigned?.agent, 'cid')
  const words = await c.words()
  assert.is(words[0], 'Ticket t was given to cid by boss.')
  assert.ok(words.includes('Not bia: had the offer already.'), words.join('\n'))
  const explained = await explainOffer(c.store, 't')
  assert.ok(isSome(explained))
  assert.equal([explained.value.chosen, explained.value.tieBreak], ['cid', 'by hand'])
  await c.router.stop()
})

test.run()
