import fc from 'fast-check'
import { type Escalation, type Policy, type PolicyData, RANKINGS, type RelaxationStep } from '../src/index.js'
import { policyOf } from './steps.js'

const queueName = fc.constantFrom('care', 'orders', 'vip')
const span = (max: number) => fc.nat({ max: max / 1000 }).map((s) => s * 1000)
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const skill = fc.constantFrom('money', 'law')
const level = fc.integer({ min: 0, max: 5 })
const plain = fc.record({
  skill,
  level,
  is: some(fc.constantFrom('atLeast', 'atMost', 'exactly', 'above', 'below', 'not')),
  should: seldom(fc.integer({ min: 1, max: 5 })),
})
/** Requirements of every kind, nested to the depth that people write. */
export const requirement = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.record({ any: fc.array(plain, { maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ all: fc.array(plain, { maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ not: plain }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('human', 'bot') }) },
  { weight: 1, arbitrary: fc.record({ agents: fc.subarray(['a0', 'a1', 'a2']) }) },
  { weight: 1, arbitrary: fc.record({ team: fc.constantFrom('day', 'night') }) },
)

/** In the order of their times, which are all different. */
export const relaxation = fc
  .array(
    fc.record({
      after: fc.integer({ min: 1, max: 30 }).map((s) => s * 1000),
      drop: some(fc.subarray(['money', 'law'])),
      lower: some(fc.dictionary(skill, level, { maxKeys: 2 })),
      requirements: seldom(fc.array(requirement, { maxLength: 1 })),
      borrow: some(fc.array(queueName, { maxLength: 2 })),
      skipToWhenNobodyPresent: some(fc.boolean()),
    }),
    { maxLength: 3 },
  )
  .map((steps): readonly RelaxationStep[] =>
    steps.sort((a, b) => a.after - b.after).filter(({ after }, i) => i === 0 || after > steps[i - 1]!.after),
  )

const hours = fc.record({
  calendar: fc.constantFrom('office', 'evening'),
  is: fc.constantFrom('open', 'closed'),
})

const whens = fc
  .record({
    waited: some(span(60_000)),
    waiting: seldom(fc.nat({ max: 3 })),
    nobodyPresent: seldom(fc.constant(true as const)),
    hours: seldom(hours),
    offers: seldom(fc.integer({ min: 1, max: 3 })),
  })
  .filter((when) => Object.values(when).some((one) => one !== undefined))

const actions = fc
  .record({
    queue: some(queueName),
    priority: seldom(fc.integer({ min: -50, max: 50 })),
    raise: seldom(fc.integer({ min: 1, max: 50 })),
    band: seldom(fc.integer({ min: -1, max: 2 })),
    expedite: seldom(fc.boolean()),
    requirements: seldom(fc.array(requirement, { maxLength: 1 })),
    labels: seldom(fc.constant(['late'])),
    callBack: seldom(fc.record({ after: span(60_000) })),
    close: seldom(fc.record({ disposition: fc.constant('nobody there'), message: fc.constant('Sorry.') })),
  })
  .filter((action) => Object.values(action).some((one) => one !== undefined))

const defined = <T extends object>(of: T): T =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as T

const escalations = (queue: string) =>
  fc
    .array(fc.record({ when: whens, do: actions }), { maxLength: 2 })
    .map((list): readonly Escalation[] =>
      list.map((one, i) => ({ name: `${queue} ${i}`, when: defined(one.when), do: defined(one.do) })),
    )

const queue = (name: string) =>
  fc
    .record({
      ranking: some(fc.shuffledSubarray([...RANKINGS], { minLength: 1, maxLength: 3 })),
      offerExpiresAfter: some(fc.integer({ min: 1, max: 30 }).map((s) => s * 1000)),
      declineRetryAfter: some(span(40_000)),
      maxDeclines: seldom(fc.integer({ min: 1, max: 3 })),
      expiryStopsOffers: some(fc.boolean()),
      concurrentOffers: some(fc.integer({ min: 1, max: 3 })),
      maxOffers: seldom(fc.integer({ min: 1, max: 5 })),
      autoAccept: seldom(fc.boolean()),
      relaxation: some(relaxation),
      escalations: some(escalations(name)),
      hours: seldom(fc.constantFrom('office', 'evening')),
      target: some(span(120_000)),
      share: some(fc.integer({ min: 1, max: 3 })),
      explore: seldom(
        fc.record({ permille: fc.integer({ min: 0, max: 1000 }), within: fc.nat({ max: 60_000 }) }),
      ),
      silence: seldom(fc.integer({ min: 1, max: 60 }).map((s) => s * 1000)),
    })
    .map(defined)

const channel = fc
  .record({
    cost: fc.nat({ max: 3 }),
    consultCost: some(fc.nat({ max: 2 })),
    interruptible: some(fc.boolean()),
    dormancy: some(
      fc.record({
        after: span(20_000),
        keeps: fc.constantFrom(0, 50, 100),
        onWake: fc.constantFrom('overcommit', 'requeue', 'wait'),
      }),
    ),
  })
  .map(defined)

const rule = fc
  .record({
    queue: fc.oneof(
      queueName,
      fc.array(fc.record({ queue: queueName, weight: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
    ),
    priority: some(fc.integer({ min: -100, max: 100 })),
    band: seldom(fc.integer({ min: -1, max: 1 })),
    expedite: seldom(fc.boolean()),
    requirements: seldom(fc.array(requirement, { minLength: 1, maxLength: 2 })),
    prefer: seldom(
      fc.record({
        agents: fc.oneof(fc.constant('last' as const), fc.subarray(['a0', 'a1'])),
        for: span(40_000),
      }),
    ),
    exclude: seldom(fc.oneof(fc.constant('last' as const), fc.subarray(['a0', 'a1']))),
  })
  .map(defined)

const when = fc.constantFrom(
  { channel: 'webchat' },
  { intent: 'refund' },
  { label: 'vip' },
  { hours: { calendar: 'office', is: 'closed' as const } },
  { any: [{ language: 'pt' }, { not: { channel: ['whatsapp', 'phone'] } }] },
)

/** Hours that open and close within the minutes of a run, which begins on a Monday at nine. */
const CALENDARS = {
  office: {
    timeZone: 'UTC',
    weekly: [
      { days: ['mon' as const], from: '09:00', to: '09:01' },
      { days: ['mon' as const], from: '09:02', to: '09:04' },
      { days: ['mon' as const], from: '09:07', to: '18:00' },
    ],
  },
  evening: { timeZone: 'UTC', weekly: [{ days: ['mon' as const], from: '09:03', to: '09:05' }] },
}

/** Policies from building blocks: whatever can be said in one, in any combination. */
export const policyData: fc.Arbitrary<PolicyData> = fc
  .record({
    rules: fc.array(fc.tuple(when, rule), { maxLength: 3 }),
    last: rule,
    queues: fc.record({ care: queue('care'), orders: queue('orders'), vip: queue('vip') }),
    channels: fc.record({ whatsapp: channel, webchat: channel, phone: channel }),
    settings: fc
      .record({
        order: some(fc.constantFrom('ageing' as const, 'deadline' as const)),
        slope: some(fc.nat({ max: 3 })),
        restartWaitOn: some(fc.subarray(['transfer', 'requeue', 'reopen', 'escalation'] as const)),
        reopenWithin: some(span(200_000)),
        reopenPrefersLastFor: some(span(40_000)),
        transferWaits: some(span(40_000)),
        transferExcludesFor: some(span(40_000)),
        requeueWhenAwayFor: seldom(span(60_000)),
        onPublish: some(fc.constantFrom('keep' as const, 'reclassify' as const)),
      })
      .map(defined),
  })
  .map(({ rules, last, queues, channels, settings }) => ({
    name: 'random',
    classification: [...rules.map(([when, one]) => ({ ...one, when })), last],
    queues,
    channels,
    calendars: CALENDARS,
    ...settings,
  }))

/** Printed as its data when a run fails. */
export const policies: fc.Arbitrary<Policy> = policyData.map((data) =>
  Object.assign(policyOf(data), { [fc.toStringMethod]: () => JSON.stringify(data) }),
)
