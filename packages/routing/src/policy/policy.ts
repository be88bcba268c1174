import type { Requirement } from '@ramal/conversation'
import { hashOf, type Instant } from '@ramal/core'
import { type Calendar, isOpen, nextChange, type Zones } from '../calendar/index.js'
import type { Escalation, PolicyData, Ranking, RelaxationStep, Rule } from './codec.js'
import { type Asked, relax } from './relax.js'

export interface QueuePolicy {
  readonly ranking: readonly Ranking[]
  readonly offerExpiresAfter: number
  readonly declineRetryAfter: number
  readonly maxDeclines: number
  readonly expiryStopsOffers: boolean
  readonly concurrentOffers: number
  readonly maxOffers: number
  readonly autoAccept: boolean
  readonly relaxation: readonly RelaxationStep[]
  readonly escalations: readonly Escalation[]
  readonly hours?: string
  readonly target: number
  readonly share?: number
  readonly explore?: { readonly permille: number; readonly within: number }
  readonly silence?: number
}

export interface Dormancy {
  readonly after: number
  readonly keeps: number
  readonly onWake: 'overcommit' | 'requeue' | 'wait'
}

export interface ChannelPolicy {
  readonly cost: number
  readonly wrapUp: number
  readonly consultCost?: number
  readonly interruptible: boolean
  readonly dormancy?: Dormancy
}

type Wait = 'transfer' | 'requeue' | 'reopen' | 'escalation'

/** A policy with its defaults filled in, ready to be asked. */
export interface Policy {
  readonly data: PolicyData
  readonly hash: string
  readonly zones: Zones
  readonly seed: string
  readonly rules: readonly Rule[]
  readonly order: 'ageing' | 'deadline'
  readonly slope: number
  readonly reopenWithin: number
  readonly reopenPrefersLastFor: number
  readonly transferWaits: number
  readonly transferExcludesFor: number
  readonly requeueWhenAwayFor: number | undefined
  readonly onPublish: 'keep' | 'reclassify'
  /** Some rule asks who had the customer's last ticket. */
  readonly remembersLastAgent: boolean
  /** What the cheapest ticket holds: who has less than that free can be offered nothing. */
  readonly leastCost: number
  /** Of the queues that have a share: each share, and the sum of all. */
  readonly shares: { readonly of: ReadonlyMap<string, number>; readonly sum: number }
  /** Some queue ranks agents by how many tickets they have, or by whose turn it is. */
  readonly ranksByTickets: boolean
  readonly ranksByTurns: boolean
  /** Queues where something depends on who is present, how many wait, or a calendar. */
  readonly watched: readonly string[]
  /** Calendars that queues or escalations name: their changes may lead to decisions. */
  readonly calendars: readonly string[]
  queue(name: string): QueuePolicy
  channel(name: string): ChannelPolicy
  restartsWait(on: Wait): boolean
  isOpen(calendar: string, at: Instant): boolean
  /** Undefined: never again. */
  nextChange(calendar: string, at: Instant): Instant | undefined
  /** `key` names the requirements: equal ones have one key. */
  asked(queue: string, key: string, requirements: readonly Requirement[], step: number): Asked
}

const DEFAULT_QUEUE: QueuePolicy = {
  ranking: ['longestIdle'],
  offerExpiresAfter: 20_000,
  declineRetryAfter: 60_000,
  maxDeclines: Number.MAX_SAFE_INTEGER,
  expiryStopsOffers: true,
  concurrentOffers: 1,
  maxOffers: Number.MAX_SAFE_INTEGER,
  autoAccept: false,
  relaxation: [],
  escalations: [],
  target: 0,
}
const DEFAULT_CHANNEL: ChannelPolicy = { cost: 1, wrapUp: 0, interruptible: false }

const isWatched = ({ relaxation, escalations }: QueuePolicy): boolean =>
  relaxation.some((step) => step.skipToWhenNobodyPresent) ||
  escalations.some(({ when = {} }) => !isTimed(when))

/** Whether time since the ticket came is all that it depends on. */
export const isTimed = (when: NonNullable<Escalation['when']>): boolean =>
  when.waited !== undefined &&
  when.waiting === undefined &&
  when.nobodyPresent === undefined &&
  when.hours === undefined &&
  when.offers === undefined

const calendarsOf = (queues: Iterable<QueuePolicy>): readonly string[] => {
  const names = new Set<string>()
  for (const { hours, escalations } of queues) {
    if (hours !== undefined) names.add(hours)
    for (const { when } of escalations) if (when?.hours) names.add(when.hours.calendar)
  }
  return [...names].sort()
}

/** From data that was checked before, such as that of a `PolicyPublished` of our own log. */
export const policyFrom = (data: PolicyData, zones: Zones = {}): Policy => {
  const queues = new Map(Object.entries(data.queues).map(([name, q]) => [name, { ...DEFAULT_QUEUE, ...q }]))
  const channels = new Map(
    Object.entries(data.channels ?? {}).map(([name, c]) => [name, { ...DEFAULT_CHANNEL, ...c }]),
  )
  const calendars = new Map<string, Calendar>(Object.entries(data.calendars ?? {}))
  const shares = new Map<string, number>()
  for (const [name, { share }] of queues) if (share !== undefined) shares.set(name, share)
  const restarts = new Set<Wait>(data.restartWaitOn ?? ['reopen'])
  /** By queue, then by key, then by step. */
  const askedBy = new Map<string, Map<string, Asked[]>>()
  const ranksBy = (name: Ranking): boolean =>
    [...queues.values()].some(({ ranking }) => ranking.includes(name))
  const queueOf = (name: string): QueuePolicy => queues.get(name) ?? DEFAULT_QUEUE
  return {
    data,
    hash: hashOf(data),
    zones,
    seed: data.seed ?? data.name,
    rules: data.classification,
    order: data.order ?? 'ageing',
    slope: data.slope ?? 1,
    reopenWithin: data.reopenWithin ?? 86_400_000,
    reopenPrefersLastFor: data.reopenPrefersLastFor ?? 0,
    transferWaits: data.transferWaits ?? 60_000,
    transferExcludesFor: data.transferExcludesFor ?? 60_000,
    requeueWhenAwayFor: data.requeueWhenAwayFor,
    onPublish: data.onPublish ?? 'keep',
    remembersLastAgent: data.classification.some(
      ({ prefer, exclude }) => prefer?.agents === 'last' || exclude === 'last',
    ),
    leastCost: Math.min(DEFAULT_CHANNEL.cost, ...[...channels.values()].map(({ cost }) => cost)),
    shares: { of: shares, sum: [...shares.values()].reduce((sum, share) => sum + share, 0) },
    ranksByTickets: ranksBy('fewestTickets'),
    ranksByTurns: ranksBy('roundRobin'),
    watched: [...queues].filter(([, q]) => isWatched(q)).map(([name]) => name),
    calendars: calendarsOf(queues.values()),
    queue: queueOf,
    channel: (name) => channels.get(name) ?? DEFAULT_CHANNEL,
    restartsWait: (on) => restarts.has(on),
    isOpen: (name, at) => {
      const calendar = calendars.get(name)
      return calendar === undefined || isOpen(calendar, zones, at)
    },
    nextChange: (name, at) => {
      const calendar = calendars.get(name)
      return calendar && nextChange(calendar, zones, at)
    },
    asked(queue, key, requirements, step) {
      let byKey = askedBy.get(queue)
      if (!byKey) {
        byKey = new Map()
        askedBy.set(queue, byKey)
      }
      let bySteps = byKey.get(key)
      if (!bySteps) {
        bySteps = []
        byKey.set(key, bySteps)
      }
      bySteps[step] ??= relax(requirements, queueOf(queue).relaxation.slice(0, step))
      return bySteps[step]
    },
  }
}
