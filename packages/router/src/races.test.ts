import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import {
  type EventStore,
  memoryStore,
  random,
  StoreError,
  streamName,
  systemClock,
  transact,
} from '@ramal/core'
import { type Policy, parsePolicy, policyDecider } from '@ramal/routing'
import { suite } from '@ramal/testing'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { startRouter, verifyPasses } from './index.js'

const test = suite('router, races')
const STEPS = Number(process.env.RAMAL_RACE_STEPS ?? 1200)
const SEED = process.env.RAMAL_RACE_SEED ?? `${Date.now() % 1_000_000}`

const policy = (n: number): Policy => {
  const parsed = parsePolicy({
    name: `p${n}`,
    onPublish: n % 2 ? 'reclassify' : 'keep',
    classification: [
      { when: { channel: 'sms' }, queue: n % 3 ? 'a' : 'b', priority: n },
      { queue: 'b', requirements: [{ skill: 'x', level: 1 }], prefer: { agents: ['a1'], for: 20 } },
    ],
    queues: {
      a: { autoAccept: n % 2 === 0, offerExpiresAfter: 30, ranking: ['leastLoaded'] },
      b: { concurrentOffers: 2, offerExpiresAfter: 20, declineRetryAfter: 5, expiryStopsOffers: false },
    },
    channels: {
      sms: { cost: 1 + (n % 2), dormancy: { after: 30, keeps: 0, onWake: 'overcommit' } },
      web: { cost: 2 },
    },
  })
  if (!isRight(parsed)) throw new Error(parsed.left.faults.join('\n'))
  return parsed.right
}

test(`whatever comes between what a pass knew and its append: no invariant is broken, and replay is identical (seed ${SEED})`, async () => {
  const draw = random(`races/${SEED}`)
  const pick = <T>(list: readonly T[]): T => list[draw.below(list.length)]!
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve))
  const memory = memoryStore()
  let overtaken = 0
  let asked = 0
  const store: EventStore = Object.assign(Object.create(memory), {
    async append(...given: Parameters<EventStore['append']>) {
      for (let n = draw.below(4); n > 0; n--) await pause()
      const appended = await memory.append(...given)
      const isPass = given[0].some(({ events }) => events.some(({ type }) => type === 'PassCompleted'))
      if (isPass && !isRight(appended)) overtaken++
      if (isPass && ++asked % 20 === 0) {
        throw new StoreError('unavailable', 'The acknowledgement was lost.')
      }
      await pause()
      return appended
    },
  })
  const run = transact({ store, clock: systemClock, random: random('pauses') })
  let commands = 0
  const context = () => ({ commandId: `c${++commands}`, at: systemClock.now(), tenant: 't' })
  const agent = (id: string, one: AgentCommand) => run(agentDecider, streamName('agent', id), one, context())
  const ticket = (id: string, one: ConversationCommand) =>
    run(conversationDecider, streamName('conversation', id), one, context())
  const publish = (n: number) =>
    run(policyDecider, 'policy-main', { type: 'publish', policy: policy(n) }, context())

  await publish(0)
  const routers = ['r1', 'r2'].map((router) =>
    startRouter({ store, clock: systemClock, router, patience: 50, most: 1 + draw.below(5) }),
  )
  const agents = Array.from({ length: 5 }, (_, i) => `a${i}`)
  const tickets = Array.from({ length: 20 }, (_, i) => `t${i}`)
  const skills = (): Record<string, number> => (draw.below(2) ? { x: 1 + draw.below(3) } : {})
  const capacity = () => ({ total: draw.below(5), caps: draw.below(3) ? undefined : { sms: 1 } })
  for (const id of agents) {
    const profile = { kind: 'human', skills: skills(), capacity: capacity(), queues: ['a', 'b'] } as const
    await agent(id, { type: 'register', profile })
    await agent(id, { type: 'signIn' })
    await agent(id, { type: 'becomeAvailable' })
  }

  const step = (): Promise<unknown> | undefined => {
    const [who, id] = [pick(agents), pick(tickets)]
    const { offers, assigned } = routers[0]!.state.tickets.get(id) ?? {}
    const [offer] = [...(offers ?? [])].map(([name, { agent }]) => ({ offer: name, agent }))
    const by = { kind: 'human', id: assigned?.agent } as const
    const system = { kind: 'system' } as const
    const opening = { channel: pick(['sms', 'web']), endpoint: 'e', customer: id }
    const content = { kind: 'text', text: 'x' } as const
    const todo: readonly (() => Promise<unknown> | undefined)[] = [
      () => ticket(id, { type: 'receive', message: `m${commands}`, content, opening }),
      () => ticket(id, { type: 'receive', message: `m${commands}`, content, opening }),
      () => offer && ticket(id, { type: 'acceptOffer', ...offer }),
      () => offer && ticket(id, { type: pick(['acceptOffer', 'declineOffer']), ...offer }),
      () =>
        assigned && ticket(id, { type: 'resolve', by, disposition: 'x', wrapUpUntil: systemClock.now() + 9 }),
      () => assigned && ticket(id, { type: 'transfer', to: { kind: 'agent', agent: who }, mode: 'cold', by }),
      () => assigned && ticket(id, { type: 'park', by, until: systemClock.now() + draw.below(30) }),
      () =>
        ticket(id, { type: 'pick', agent: who, by: system, reassign: true, overcommit: draw.below(2) === 0 }),
      () => agent(who, { type: pick(['signOut', 'signIn', 'drain']) }),
      () => agent(who, { type: 'becomeAvailable' }),
      () => agent(who, { type: 'becomeAvailable' }),
      () => agent(who, { type: 'changeCapacity', capacity: capacity() }),
      () => agent(who, { type: 'changeSkills', skills: skills() }),
      () => (draw.below(10) === 0 ? publish(draw.below(9)) : undefined),
    ]
    return pick(todo)()
  }
  const work = async () => {
    for (let i = 0; i < STEPS / 3; i++) {
      await step()
      await pause()
    }
  }
  await Promise.all([work(), work(), work()])
  for (const router of routers) await router.stop()
  const { passes, differences, broken } = await verifyPasses(memory)
  assert.equal(differences, [])
  assert.equal(broken, [])
  assert.ok(passes > STEPS / 20, `only ${passes} passes`)
  assert.ok(overtaken > 0, 'no pass was overtaken')
  assert.ok(asked > 20, 'no acknowledgement was lost')
})

test.run()
