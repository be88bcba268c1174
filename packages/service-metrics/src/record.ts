import type { Instant } from '@ramal/core'

/** What the service figures need to know of one contact. Times are when things happened; nothing: not yet. */
export interface ServiceRecord {
  readonly contact: string
  readonly channel: string
  readonly endpoint: string
  readonly outbound: boolean
  readonly openedAt: Instant
  spam: boolean
  queue: string | undefined
  /** Of the policy that classified it last. */
  policy: string | undefined
  /** First came into a queue. */
  offeredAt: Instant | undefined
  /** First taken by a human. */
  answeredAt: Instant | undefined
  answeredBy: string | undefined
  abandonedAt: Instant | undefined
  /** First message of the customer, or the reopening after which a human replied first. */
  requestedAt: Instant | undefined
  /** First reply of a human. */
  repliedAt: Instant | undefined
  resolvedAt: Instant | undefined
  /** After the last reopening. */
  finallyResolvedAt: Instant | undefined
  open: boolean
  reopens: number
  transfers: number
  /** Humans who had it, in order; the same one twice in a row stands once. */
  agents: string[]
  /** The segment that runs: who has it, and since when. */
  holder: string | undefined
  heldSince: Instant | undefined
  /** Of all segments that ended, in ms. */
  handleTime: number
  segments: number
  wrapUpSince: Instant | undefined
  wrapUpTime: number
  /** Of the last survey. */
  score: number | undefined
  scale: number | undefined
}

/** An agent handed a contact on and got it back: A, B, A somewhere among those who had it. */
export const isPingPong = ({ agents }: Pick<ServiceRecord, 'agents'>): boolean =>
  agents.some((agent, i) => i >= 2 && agents[i - 2] === agent)

/** Part of what we want to count: neither spam nor begun by us. */
export const isCounted = ({ spam, outbound }: Pick<ServiceRecord, 'spam' | 'outbound'>): boolean =>
  !spam && !outbound
