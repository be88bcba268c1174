import type { Instant } from '@ramal/core'
import { msOfDay } from './time-of-day.js'
import { DAY, DAYS, type Day, nextMove, wallClock } from './wall-clock.js'

/** From one time of day to another; with `to` before `from`, to that of the next day. */
export interface QuietPeriod {
  readonly from: string
  readonly to: string
  /** The days on which it begins. Default: every day. */
  readonly days?: readonly Day[]
}

/** How much longer the period lasts at a place on the week's clock, in ms on that clock; 0 outside of it. */
const restOf = ({ from, to, days = DAYS }: QuietPeriod, wall: number): number => {
  const [start, end] = [msOfDay(from), msOfDay(to)]
  const [day, time] = [Math.floor(wall / DAY), wall % DAY]
  const begins = (d: number) => days.includes(DAYS[(d + 7) % 7]!)
  if (start < end) return begins(day) && time >= start && time < end ? end - time : 0
  if (begins(day) && time >= start) return DAY - time + end
  return begins(day - 1) && time < end ? end - time : 0
}

const longestRest = (periods: readonly QuietPeriod[], wall: number): number =>
  periods.reduce((rest, period) => Math.max(rest, restOf(period, wall)), 0)

/** Quiet for longer than that is for ever. */
const LONGEST = 15 * DAY

/**
 * When the quiet that holds at an instant ends, by the clock on the wall of a zone: the first instant from there on
 * that is in no period, also where that clock is put forward or back meanwhile. The instant itself where it is not
 * quiet; nothing where it never ends.
 */
export const quietUntil = (
  periods: readonly QuietPeriod[],
  zone: string,
  instant: Instant,
): Instant | undefined => {
  let at = instant
  while (at - instant <= LONGEST) {
    const rest = longestRest(periods, wallClock(at, zone))
    if (rest === 0) return at
    const end = at + Math.ceil(rest)
    // Where the clock is moved on the way, it is looked at again from there.
    at = nextMove(at, end, zone) ?? end
  }
  return undefined
}
