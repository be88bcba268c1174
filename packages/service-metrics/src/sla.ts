import type { Instant } from '@ramal/core'
import { isCounted, type ServiceRecord } from './record.js'

/** A promise about time: until the first answer, the first reply, or the resolution. */
export interface SlaTarget {
  readonly name: string
  readonly until: 'answer' | 'reply' | 'resolution'
  /** ms of `elapsed`. */
  readonly within: number
  /** The calendar that counts. Default: all time. */
  readonly elapsed?: (from: Instant, to: Instant) => number
}

export interface SlaLine {
  /** The policy that classified the contact last: a promise is judged by the version that made it. */
  readonly policy: string
  readonly target: string
  readonly met: number
  readonly breached: number
  /** Not there yet, and still in time. */
  readonly running: number
}

const endOf = (record: ServiceRecord, until: SlaTarget['until']): Instant | undefined =>
  until === 'answer'
    ? record.answeredAt
    : until === 'reply'
      ? record.repliedAt
      : record.open
        ? undefined
        : (record.finallyResolvedAt ?? record.resolvedAt)

/** What became of one promise: broken at the first moment at which more time has passed than was promised. */
export const judgeSla = (
  record: ServiceRecord,
  { until, within, elapsed = (from, to) => to - from }: SlaTarget,
  now: Instant,
): 'met' | 'breached' | 'running' => {
  const start =
    until === 'answer' ? (record.offeredAt ?? record.openedAt) : (record.requestedAt ?? record.openedAt)
  const end = endOf(record, until)
  // Who gave up waits no longer: what was promised by then is what counts.
  const at = end ?? record.abandonedAt ?? now
  if (elapsed(start, at) > within) return 'breached'
  return end === undefined && record.abandonedAt === undefined ? 'running' : 'met'
}

/** Promises kept and broken, by the version of the policy and the target. */
export const slaOf = (
  records: Iterable<ServiceRecord>,
  targets: readonly SlaTarget[],
  now: Instant,
): readonly SlaLine[] => {
  const lines = new Map<
    string,
    { policy: string; target: string; met: number; breached: number; running: number }
  >()
  for (const record of records) {
    if (!isCounted(record) || record.policy === undefined) continue
    for (const target of targets) {
      const key = `${record.policy}\n${target.name}`
      const line = lines.get(key) ?? {
        policy: record.policy,
        target: target.name,
        met: 0,
        breached: 0,
        running: 0,
      }
      line[judgeSla(record, target, now)]++
      lines.set(key, line)
    }
  }
  return [...lines.keys()].sort().map((key) => lines.get(key)!)
}
