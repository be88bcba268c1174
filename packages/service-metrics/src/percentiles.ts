import { type Distribution, type Estimator, exactDistribution } from './distribution.js'
import { isCounted, type ServiceRecord } from './record.js'
import { handleTimeOf, replyTimeOf, waitOf } from './totals.js'

/** The times of a contact that percentiles are made of. */
export const TIMES = {
  wait: waitOf,
  handle: handleTimeOf,
  firstReply: replyTimeOf,
  firstResolution: ({ resolvedAt, openedAt }: ServiceRecord) =>
    resolvedAt === undefined ? undefined : resolvedAt - openedAt,
  fullResolution: ({ finallyResolvedAt, openedAt }: ServiceRecord) =>
    finallyResolvedAt === undefined ? undefined : finallyResolvedAt - openedAt,
} as const
export type TimeName = keyof typeof TIMES

export interface Percentiles {
  readonly estimator: Estimator
  readonly count: number
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

export const distributionOf = (
  records: Iterable<ServiceRecord>,
  time: TimeName,
  into: Distribution = exactDistribution(),
): Distribution => {
  for (const record of records) {
    const value = isCounted(record) ? TIMES[time](record) : undefined
    if (value !== undefined) into.add(value)
  }
  return into
}

/** Percentiles in ms, with the name of how they were made. */
export const percentilesOf = (distribution: Distribution): Percentiles => ({
  estimator: distribution.estimator,
  count: distribution.count,
  p50: distribution.percentile(0.5),
  p90: distribution.percentile(0.9),
  p95: distribution.percentile(0.95),
  p99: distribution.percentile(0.99),
})
