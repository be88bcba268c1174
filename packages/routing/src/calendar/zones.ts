import { type Instant, integer } from '@ramal/core'
import * as t from 'io-ts'
import { DAY, MINUTE } from './civil.js'

/** Until this instant, so many minutes ahead of UTC. */
const period = t.tuple([integer(), integer(-1440, 1440)])

/**
 * What the clocks of each time zone show, compiled when a policy is published and kept with it: whoever replays the
 * log decides the same, whatever they know of time zones. Before the first period and after the last, theirs hold.
 */
export const zones = t.record(t.string, t.array(period))

export type Periods = readonly (readonly [until: Instant, offset: number])[]
export type Zones = Readonly<Record<string, Periods>>

/** @throws RangeError for a zone that was not compiled */
export const periodsOf = (all: Zones, timeZone: string): Periods => {
  const periods = Object.hasOwn(all, timeZone) ? all[timeZone]! : []
  if (periods.length > 0) return periods
  throw new RangeError(
    `The time zone "${timeZone}" was not compiled; there are ${Object.keys(all).sort().join(', ') || 'none'}. ` +
      'Compile it with compileZones when the policy is published.',
  )
}

/** The index of the period that an instant is in. */
const indexAt = (periods: Periods, at: Instant): number => {
  let low = 0
  let high = periods.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (at < periods[middle]![0]) high = middle
    else low = middle + 1
  }
  return low
}

/** What the clocks show, as the milliseconds that UTC would have at that time of day. */
export const wallAt = (periods: Periods, at: Instant): number =>
  at + periods[indexAt(periods, at)]![1] * MINUTE

/**
 * The first instant at which clocks show this time or a later one. So a time that exists twice, when clocks are set
 * back, means the first of the two, and one that does not exist, when they are set forward, the moment of the jump.
 * The order of times is kept: what begins earlier by the clock never begins later.
 */
export const firstShowing = (periods: Periods, wall: number): Instant => {
  // No clock is a whole day ahead, so a day before nothing can show it.
  let i = indexAt(periods, wall - DAY)
  let start = Number.NEGATIVE_INFINITY
  for (; i < periods.length - 1; i++) {
    const [until, offset] = periods[i]!
    const at = Math.max(start, wall - offset * MINUTE)
    if (at < until) return at
    start = until
  }
  return Math.max(start, wall - periods[i]![1] * MINUTE)
}
