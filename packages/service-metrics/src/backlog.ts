import type { Instant } from '@ramal/core'
import { isCounted, type ServiceRecord } from './record.js'

export interface BacklogBucket {
  /** Open for at least so long, in ms. */
  readonly from: number
  /** And for less than this. Infinity for the last. */
  readonly to: number
  readonly open: number
}

const HOUR = 3_600_000

/** What is open now, by how long ago it was opened. `bounds`: ages in ms at which a bucket ends, rising. */
export const backlogOf = (
  records: Iterable<ServiceRecord>,
  now: Instant,
  bounds: readonly number[] = [HOUR, 4 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR],
): readonly BacklogBucket[] => {
  const counts = [...bounds, Number.POSITIVE_INFINITY].map(() => 0)
  for (const record of records) {
    if (!record.open || !isCounted(record)) continue
    const age = now - record.openedAt
    const bucket = bounds.findIndex((bound) => age < bound)
    counts[bucket < 0 ? bounds.length : bucket]!++
  }
  return counts.map((open, i) => ({
    from: i === 0 ? 0 : bounds[i - 1]!,
    to: bounds[i] ?? Number.POSITIVE_INFINITY,
    open,
  }))
}
