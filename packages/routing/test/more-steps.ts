import type { Capacity } from '@ramal/workforce'
import fc from 'fast-check'
import type { Policy, Ticket } from '../src/index.js'
import { policies } from './policies.js'
import { act, agentId, assignedAt, offerAt, pick, type Step, step, ticketId } from './steps.js'
import type { World } from './world.js'

const text = { kind: 'text', text: 'x' } as const
const human = (id: string | undefined) => ({ kind: 'human', id }) as const
const SYSTEM = { kind: 'system' } as const
const BOSS = human('boss')

/** One of the tickets that there are, or one that there is not. */
const ticketAt = (w: World, n: number, of: (ticket: Ticket) => boolean = () => true): string => {
  const found = [...w.state.tickets.values()].filter(of)
  return found.length === 0 ? `t${n}` : found[n % found.length]!.id
}
const some = fc.nat({ max: 30 })

const write = (w: World, id: string, m: number): void => {
  const ticket = w.state.tickets.get(id)
  if (!ticket) return
  const opening = { channel: ticket.channel, endpoint: 'e', customer: ticket.customer }
  w.conversation(id, { type: 'receive', message: `m${m}`, content: text, opening })
}

const target = fc.oneof(
  fc.record({ kind: fc.constant('agent' as const), agent: agentId }),
  fc.record({ kind: fc.constant('queue' as const), queue: fc.constantFrom('care', 'orders', 'vip', 'none') }),
)

const stir = act('stir', fc.record({ n: some, m: fc.nat() }), (w, { n, m }) =>
  write(
    w,
    ticketAt(w, n, ({ assigned }) => assigned?.dormantSince !== undefined),
    m,
  ),
)

const tickets: readonly fc.Arbitrary<Step>[] = [
  act(
    'arrive',
    fc.record({
      id: ticketId,
      channel: fc.constantFrom('whatsapp', 'webchat', 'phone'),
      intent: fc.constantFrom(undefined, 'refund'),
      language: fc.constantFrom(undefined, 'pt'),
      labels: fc.constantFrom(undefined, ['vip']),
      customer: fc.constantFrom('ana', 'rui'),
      m: fc.nat(),
    }),
    (w, { id, m, ...of }) => {
      const opening = { endpoint: 'e', ...of }
      w.conversation(id, { type: 'receive', message: `m${m}`, content: text, opening })
    },
  ),
  act(
    'notify',
    fc.record({ id: fc.constantFrom('o0', 'o1'), message: fc.constantFrom('n1', 'n2') }),
    (w, { id, message }) => {
      const opening = { channel: 'whatsapp', endpoint: 'e', customer: id }
      w.conversation(id, { type: 'notify', message, content: text, by: SYSTEM, opening })
    },
  ),
  act('write', fc.record({ n: some, m: fc.nat() }), (w, { n, m }) => write(w, ticketAt(w, n), m)),
  stir,
  stir,
  act('answer', fc.record({ n: pick, m: fc.nat() }), (w, { n, m }) => {
    const found = assignedAt(w, n)
    const by = human(found?.assigned?.agent)
    if (found) w.conversation(found.id, { type: 'send', message: `s${m}`, content: text, by })
  }),
  act('abandon', some, (w, n) => void w.conversation(ticketAt(w, n), { type: 'abandon', waited: 1 })),
  act('close', some, (w, n) => void w.conversation(ticketAt(w, n), { type: 'close', reason: 'x' })),
  act(
    'reopen',
    some,
    (w, n) =>
      void w.conversation(
        ticketAt(w, n, ({ resolvedAt }) => resolvedAt !== undefined),
        { type: 'reopen', by: BOSS, reason: 'x' },
      ),
  ),
  act('wake', ticketId, (w, id) => void w.conversation(id, { type: 'wake', reason: 'agent' })),
  act('resolve', ticketId, (w, id) =>
    w.conversation(id, { type: 'resolve', by: SYSTEM, disposition: 'x', wrapUpUntil: w.now + 9000 }),
  ),
  act(
    'correct',
    fc.record({ id: ticketId, intent: fc.constantFrom('refund', 'talk') }),
    (w, { id, intent }) => w.conversation(id, { type: 'correctIntent', intent, by: BOSS }),
  ),
]

const consult = act('consult', fc.record({ n: pick, to: target }), (w, { n, to }) => {
  const found = assignedAt(w, n)
  if (found) w.conversation(found.id, { type: 'consult', to, by: human(found.assigned?.agent) })
})

const endConsult = act('endConsult', some, (w, n) =>
  w.conversation(
    ticketAt(w, n, ({ consult }) => consult !== undefined),
    { type: 'endConsult' },
  ),
)

const steering: readonly fc.Arbitrary<Step>[] = [
  act(
    'pick',
    fc.record({
      n: some,
      agent: agentId,
      overcommit: fc.boolean(),
      reassign: fc.boolean(),
    }),
    (w, { n, ...of }) => w.conversation(ticketAt(w, n), { type: 'pick', by: BOSS, ...of }),
  ),
  act('requeue', some, (w, n) =>
    w.conversation(
      ticketAt(w, n, ({ assigned }) => assigned !== undefined),
      { type: 'requeue', by: SYSTEM, reason: 'x' },
    ),
  ),
  act('expedite', some, (w, n) => w.conversation(ticketAt(w, n), { type: 'expedite', by: BOSS })),
  act('exclude', fc.record({ n: some, agent: agentId }), (w, { n, agent }) =>
    w.conversation(ticketAt(w, n), { type: 'exclude', agent, by: BOSS }),
  ),
  consult,
  consult,
  endConsult,
  endConsult,
  act(
    'transfer',
    fc.record({
      n: some,
      to: fc.oneof(target, fc.constant({ kind: 'outside' as const, address: 'x' })),
      by: fc.constantFrom('bot' as const, 'system' as const),
      mode: fc.constantFrom('cold' as const, 'warm' as const),
    }),
    (w, { n, to, by, mode }) =>
      w.conversation(ticketAt(w, n), { type: 'transfer', to, mode, by: { kind: by } }),
  ),
  act('park', fc.record({ n: some, until: fc.constantFrom(undefined, 0, 10_000) }), (w, { n, until }) =>
    w.conversation(ticketAt(w, n), {
      type: 'park',
      by: SYSTEM,
      until: until === undefined ? undefined : w.now + until,
    }),
  ),
  act('handOver', some, (w, n) => {
    const id = ticketAt(w, n, ({ consult }) => consult !== undefined)
    const agent = w.state.tickets.get(id)?.consult?.agent
    if (agent)
      w.conversation(id, { type: 'transfer', to: { kind: 'agent', agent }, mode: 'warm', by: SYSTEM })
  }),
  act('acceptAnother', fc.record({ n: pick, agent: agentId }), (w, { n, agent }) => {
    const found = offerAt(w, n)
    if (found) w.conversation(found.ticket, { type: 'acceptOffer', offer: found.offer, agent })
  }),
]

const agents: readonly fc.Arbitrary<Step>[] = [
  act(
    'hire',
    fc.record({
      id: agentId,
      kind: fc.constantFrom('human' as const, 'human' as const, 'bot' as const),
      team: fc.constantFrom(undefined, 'day', 'night'),
      total: fc.integer({ min: 1, max: 8 }),
      caps: fc.constantFrom<Capacity['caps']>(undefined, { whatsapp: 1 }, { phone: 1, webchat: 2 }),
      skills: fc.record<Record<string, number>>(
        { money: fc.integer({ min: 1, max: 5 }), law: fc.integer({ min: 1, max: 5 }) },
        { requiredKeys: [] },
      ),
      queues: fc.subarray(['care', 'orders', 'vip'], { minLength: 2 }),
    }),
    (w, { id, kind, team, total, caps, skills, queues }) => {
      const profile = { kind, team, skills, capacity: { total, caps }, queues }
      w.agent(id, { type: 'register', profile })
      w.agent(id, { type: 'signIn' })
      w.agent(id, { type: 'becomeAvailable' })
    },
  ),
  act('drain', fc.record({ id: agentId, within: fc.constantFrom(undefined, 0, 8000) }), (w, { id, within }) =>
    w.agent(id, { type: 'drain', within }),
  ),
  act(
    'queues',
    fc.record({ id: agentId, queues: fc.subarray(['care', 'orders', 'vip']) }),
    (w, { id, queues }) => w.agent(id, { type: 'changeQueues', queues }),
  ),
]

const around: readonly fc.Arbitrary<Step>[] = [
  act('publish', policies, (w, policy) => w.publish(policy)),
  act('estimate', fc.record({ agent: agentId, permille: fc.nat({ max: 1000 }) }), (w, one) =>
    w.estimate({ version: `v${one.agent}${one.permille}`, prior: 500, estimates: [one] }),
  ),
  act('repeat', fc.nat({ max: 9 }), (w, n) => w.repeat(n)),
  act('deliver', fc.nat({ max: 9 }), (w, n) => w.deliver(n)),
]

const moved = fc.oneof(
  { weight: 12, arbitrary: step },
  { weight: 8, arbitrary: fc.oneof(...tickets) },
  { weight: 6, arbitrary: fc.oneof(...steering) },
  { weight: 5, arbitrary: fc.oneof(...agents) },
)

/** Everything that can happen, in any order; some commands arrive late, and some again. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: moved },
  {
    weight: 2,
    arbitrary: moved.map((one) =>
      Object.assign((w: World) => w.delay(() => one(w)), {
        [fc.toStringMethod]: () => `late ${fc.stringify(one)}`,
      }),
    ),
  },
  { weight: 3, arbitrary: fc.oneof(...around) },
)

const [hire] = agents

export interface Run {
  readonly policy: Policy
  /** Who is there at first. */
  readonly staff: readonly Step[]
  /** And after each whether routing comes to rest before the next. */
  readonly steps: readonly (readonly [Step, boolean])[]
}

export const anyRun: fc.Arbitrary<Run> = fc.record({
  policy: policies,
  staff: fc.array(hire!, { minLength: 1, maxLength: 5, size: 'max' }),
  steps: fc.array(fc.tuple(anyStep, fc.oneof(fc.constant(true), fc.constant(true), fc.boolean())), {
    minLength: 30,
    maxLength: 80,
    size: 'max',
  }),
})
