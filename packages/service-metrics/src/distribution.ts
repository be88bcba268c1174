import { DDSketch } from '@datadog/sketches-js'

/** How a percentile was made; printed with it. */
export type Estimator = 'nearest rank, exact' | 'DDSketch, within 1 %'

/** Values of which percentiles are asked. Two of one kind can be merged. */
export interface Distribution {
  readonly estimator: Estimator
  readonly count: number
  add(value: number): void
  /** @throws TypeError for a distribution of the other kind */
  merge(other: Distribution): void
  /** The value that a share of all values, from 0 to 1, does not exceed. Nothing without values. */
  percentile(share: number): number | undefined
}

const kinds = new WeakMap<Distribution, { readonly values?: readonly number[]; readonly sketch?: DDSketch }>()

const mismatch = (mine: Estimator, other: Distribution): TypeError =>
  new TypeError(`A distribution by ${mine} cannot be merged with one by ${other.estimator}.`)

/** Keeps every value. A percentile is a value that was really there, never one between two. */
export const exactDistribution = (): Distribution => {
  const values: number[] = []
  let sorted = true
  const distribution: Distribution = {
    estimator: 'nearest rank, exact',
    get count() {
      return values.length
    },
    add(value) {
      sorted = false
      values.push(value)
    },
    merge(other) {
      const theirs = kinds.get(other)?.values
      if (!theirs) throw mismatch('nearest rank, exact', other)
      sorted = false
      for (const value of theirs.slice()) values.push(value)
    },
    percentile(share) {
      if (!sorted) {
        values.sort((a, b) => a - b)
        sorted = true
      }
      return values[Math.max(0, Math.ceil(share * values.length) - 1)]
    },
  }
  kinds.set(distribution, { values })
  return distribution
}

/**
 * Keeps counters of buckets whose bounds grow by two percent (Masson, Rim, Lee 2019): a few kilobytes for any
 * number of values, and each percentile within one percent of a value of its rank.
 */
export const sketchDistribution = (): Distribution => {
  const sketch = new DDSketch({ relativeAccuracy: 0.01 })
  const distribution: Distribution = {
    estimator: 'DDSketch, within 1 %',
    get count() {
      return sketch.count
    },
    add: (value) => sketch.accept(value),
    merge(other) {
      const theirs = kinds.get(other)?.sketch
      if (!theirs) throw mismatch('DDSketch, within 1 %', other)
      sketch.merge(theirs)
    },
    percentile: (share) => (sketch.count === 0 ? undefined : sketch.getValueAtQuantile(share)),
  }
  kinds.set(distribution, { sketch })
  return distribution
}
