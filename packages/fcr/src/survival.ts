/** One observation: so long after its end a unit failed, or had not failed yet when we stopped looking. */
export interface Observation {
  /** ms. */
  readonly time: number
  readonly failed: boolean
}

/** The share that will not fail within the window, estimated from units that are not all through it yet. */
export interface Nowcast {
  readonly rate: number
  /** Bounds of the confidence interval; nothing where it does not exist: without failures, or without survivors. */
  readonly lower: number | undefined
  readonly upper: number | undefined
  /** Units observed. */
  readonly of: number
}

/** Of the normal distribution, two-sided 95 %. */
const Z95 = 1.959963984540054

/**
 * Kaplan and Meier's estimate of surviving the window (1958), with Greenwood's variance (1926) on the scale of
 * log(-log), which keeps the interval between 0 and 1. A unit that is censored at the time of a failure counts as
 * at risk of it. Nothing without observations.
 */
export const kaplanMeier = (observations: readonly Observation[], z: number = Z95): Nowcast | undefined => {
  if (observations.length === 0) return undefined
  const sorted = [...observations].sort((a, b) => a.time - b.time || Number(b.failed) - Number(a.failed))
  let atRisk = sorted.length
  let rate = 1
  let greenwood = 0
  for (let i = 0; i < sorted.length; ) {
    const { time } = sorted[i]!
    let failures = 0
    let leaving = 0
    for (; i < sorted.length && sorted[i]!.time === time; i++) {
      leaving++
      if (sorted[i]!.failed) failures++
    }
    if (failures > 0) {
      rate *= 1 - failures / atRisk
      greenwood += failures / (atRisk * (atRisk - failures))
    }
    atRisk -= leaving
  }
  const of = observations.length
  if (rate <= 0 || rate >= 1) return { rate, lower: undefined, upper: undefined, of }
  const spread = (z * Math.sqrt(greenwood)) / Math.abs(Math.log(rate))
  return { rate, lower: rate ** Math.exp(spread), upper: rate ** Math.exp(-spread), of }
}
