import { requirement } from '@ramal/conversation'
import {
  type Deep,
  duration,
  hashOf,
  integer,
  listFaults,
  listUnknownFields,
  nonEmpty,
  oneOf,
  record,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** Facts of a ticket that a rule may ask for. All that are given must hold. */
const condition = t.partial({
  channel: t.union([nonEmpty, t.array(nonEmpty)]),
  endpoint: t.union([nonEmpty, t.array(nonEmpty)]),
  language: t.union([nonEmpty, t.array(nonEmpty)]),
  intent: t.union([nonEmpty, t.array(nonEmpty)]),
})

const rule = record(
  { queue: nonEmpty },
  {
    name: nonEmpty,
    when: condition,
    priority: integer(-1_000_000, 1_000_000),
    requirements: t.array(requirement),
    labels: t.array(nonEmpty),
  },
)

const queue = record(
  {},
  {
    /** Who is asked first among those who can. */
    ranking: t.array(oneOf('longestIdle')),
    /** How long an agent has to answer an offer. Default 20 s. */
    offerExpiresAfter: duration,
    /** When an agent who declined may be asked again, where they did not say. Default 60 s. */
    declineRetryAfter: duration,
    /** An agent who lets an offer lapse gets no more until they are back. Default true. */
    expiryStopsOffers: t.boolean,
  },
)

const channel = record(
  {},
  {
    /** What a ticket holds of an agent's capacity. Default 1. */
    cost: integer(0, 1_000_000),
    /** How long it holds it after the ticket is resolved, unless the agent has finished before. Default 0. */
    wrapUp: duration,
  },
)

/**
 * How tickets are classified, ordered, matched and ended: data, with a version and a hash. What it leaves out
 * has the default given here.
 */
export const policyCodec = record(
  {
    name: nonEmpty,
    /** The first that holds; one without `when` holds always, and the last must. */
    classification: t.array(rule),
    queues: t.record(t.string, queue),
  },
  {
    channels: t.record(t.string, channel),
    /** Points of priority that a ticket gains with each second that it waits. Default 1. */
    slope: integer(0, 1000),
    /** How long a resolved conversation can be reopened by a message. Default 24 hours. */
    reopenWithin: duration,
    /** A transfer to an agent waits so long for them, while they are present. Default 60 s. */
    transferWaits: duration,
  },
)

export type PolicyData = Deep<t.TypeOf<typeof policyCodec>>

export type Rule = PolicyData['classification'][number]

export interface QueuePolicy {
  readonly offerExpiresAfter: number
  readonly declineRetryAfter: number
  readonly expiryStopsOffers: boolean
}

export interface ChannelPolicy {
  readonly cost: number
  readonly wrapUp: number
}

/** A policy with its defaults filled in, ready to be asked. */
export interface Policy {
  readonly data: PolicyData
  readonly hash: string
  readonly rules: readonly Rule[]
  readonly slope: number
  readonly reopenWithin: number
  readonly transferWaits: number
  /** What the cheapest ticket holds: who has less than that free can be offered nothing. */
  readonly leastCost: number
  queue(name: string): QueuePolicy
  channel(name: string): ChannelPolicy
}

const DEFAULT_QUEUE: QueuePolicy = {
  offerExpiresAfter: 20_000,
  declineRetryAfter: 60_000,
  expiryStopsOffers: true,
}
const DEFAULT_CHANNEL: ChannelPolicy = { cost: 1, wrapUp: 0 }

/** From data that was checked before, such as that of a `PolicyPublished` of our own log. */
export const policyFrom = (data: PolicyData): Policy => {
  const queues = new Map(Object.entries(data.queues).map(([name, q]) => [name, { ...DEFAULT_QUEUE, ...q }]))
  const channels = new Map(
    Object.entries(data.channels ?? {}).map(([name, c]) => [name, { ...DEFAULT_CHANNEL, ...c }]),
  )
  return {
    data,
    hash: hashOf(data),
    rules: data.classification,
    slope: data.slope ?? 1,
    reopenWithin: data.reopenWithin ?? 86_400_000,
    transferWaits: data.transferWaits ?? 60_000,
    leastCost: Math.min(DEFAULT_CHANNEL.cost, ...[...channels.values()].map(({ cost }) => cost)),
    queue: (name) => queues.get(name) ?? DEFAULT_QUEUE,
    channel: (name) => channels.get(name) ?? DEFAULT_CHANNEL,
  }
}

/** What is wrong with a policy, each with its path. */
export interface InvalidPolicy {
  readonly _tag: 'InvalidPolicy'
  readonly faults: readonly string[]
}

/** What a codec cannot see: references to nothing, rules that can never be reached. */
const inconsistencies = (data: PolicyData): readonly string[] => {
  const faults: string[] = []
  if (data.classification.length === 0) faults.push('classification: expected at least one rule, found none')
  data.classification.forEach((r, i) => {
    if (!Object.hasOwn(data.queues, r.queue))
      faults.push(`classification[${i}].queue: there is no queue "${r.queue}" in queues`)
    const always = r.when === undefined || Object.keys(r.when).length === 0
    const last = i === data.classification.length - 1
    if (always && !last)
      faults.push(
        `classification[${i}]: it holds always, so rule ${i + 1} and those after it are never reached`,
      )
    if (!always && last)
      faults.push(`classification[${i}].when: the last rule must hold always; leave "when" out`)
  })
  return faults
}

/** A policy file, read from outside. */
export const parsePolicy = (input: unknown): E.Either<InvalidPolicy, Policy> => {
  const decoded = policyCodec.decode(input)
  const faults = [
    ...listUnknownFields(policyCodec, input),
    ...(E.isLeft(decoded) ? listFaults(decoded.left) : inconsistencies(decoded.right)),
  ]
  if (E.isLeft(decoded) || faults.length > 0) return E.left({ _tag: 'InvalidPolicy', faults })
  return E.right(policyFrom(decoded.right))
}
