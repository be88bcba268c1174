/** In the unit of the samples. */
export interface Percentiles {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/**
 * By nearest rank: each is a sample that was really seen, never one between two.
 * @throws RangeError without samples
 */
export const percentiles = (samples: readonly number[]): Percentiles => {
  if (samples.length === 0) throw new RangeError('There are no percentiles of no samples.')
  const sorted = Float64Array.from(samples).sort()
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length
  return {
    count: sorted.length,
    mean,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1)!,
  }
}
