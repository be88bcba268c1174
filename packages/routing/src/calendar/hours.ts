import type { Instant } from '@ramal/core'
import { type Calendar, WEEKDAYS } from './calendar.js'
import { DAY, MINUTE, parseDate, parseTime, weekdayOf } from './civil.js'
import { firstShowing, type Periods, periodsOf, wallAt, type Zones } from './zones.js'

/** Minutes since the midnight that a day begins with; the end may be on the next day. */
type Interval = readonly [from: number, to: number]

/** A calendar, ready to be asked. */
interface Hours {
  /** By weekday, Monday first; each in the order of its beginnings. */
  readonly week: readonly (readonly Interval[])[]
  readonly holidays: ReadonlyMap<number, readonly Interval[]>
  readonly lastHoliday: number
}

const intervalOf = ({ from, to }: { readonly from: string; readonly to: string }): Interval => {
  const [begin, end] = [parseTime(from), parseTime(to)]
  return [begin, end > begin ? end : end + 1440]
}

const inOrder = (intervals: readonly Interval[]): readonly Interval[] =>
  intervals.toSorted(([a], [b]) => a - b)

const compile = ({ weekly, holidays = [] }: Calendar): Hours => {
  const byDate = new Map<number, Interval[]>()
  for (const { date, open = [] } of holidays) {
    const day = parseDate(date)
    byDate.set(day, [...(byDate.get(day) ?? []), ...open.map(intervalOf)])
  }
  return {
    week: WEEKDAYS.map((weekday) =>
      inOrder(weekly.filter(({ days }) => days.includes(weekday)).map(intervalOf)),
    ),
    holidays: new Map([...byDate].map(([day, intervals]) => [day, inOrder(intervals)])),
    lastHoliday: Math.max(Number.NEGATIVE_INFINITY, ...byDate.keys()),
  }
}

// Calendars are data that nobody changes; each is read once.
const compiled = new WeakMap<Calendar, Hours>()

const hoursOf = (calendar: Calendar): Hours => {
  let hours = compiled.get(calendar)
  if (!hours) {
    hours = compile(calendar)
    compiled.set(calendar, hours)
  }
  return hours
}

/** From `start` to before `end`. */
interface Span {
  readonly start: Instant
  readonly end: Instant
}

const dayAt = (periods: Periods, at: Instant): number => Math.floor(wallAt(periods, at) / DAY)

const spansOf = (hours: Hours, periods: Periods, day: number): readonly Span[] =>
  (hours.holidays.get(day) ?? hours.week[weekdayOf(day)]!).map(([from, to]) => ({
    start: firstShowing(periods, day * DAY + from * MINUTE),
    end: firstShowing(periods, day * DAY + to * MINUTE),
  }))

/**
 * Whether a calendar is open at an instant. While clocks repeat an hour it stays as it was when they were set back.
 * @throws RangeError when its time zone was not compiled
 */
export const isOpen = (calendar: Calendar, zones: Zones, at: Instant): boolean => {
  const periods = periodsOf(zones, calendar.timeZone)
  const hours = hoursOf(calendar)
  const today = dayAt(periods, at)
  // The day after, too: clocks that were set back over midnight show the day before once more.
  for (let day = today - 1; day <= today + 1; day++)
    for (const { start, end } of spansOf(hours, periods, day)) if (start <= at && at < end) return true
  return false
}

/** The spans that a calendar is open after `from`, for so many days: in order, none into the next; they may touch. */
function* openSpans(calendar: Calendar, zones: Zones, from: Instant, days: number): Generator<Span> {
  const periods = periodsOf(zones, calendar.timeZone)
  const hours = hoursOf(calendar)
  const today = dayAt(periods, from)
  let seen = from
  for (let day = today - 1; day <= today + days; day++)
    for (const { start, end } of spansOf(hours, periods, day)) {
      if (end <= Math.max(start, seen)) continue
      yield { start: Math.max(start, seen), end }
      seen = end
    }
}

/** A calendar repeats itself every week after its last holiday, but for an hour that clocks skip. */
const UNTIL_IT_REPEATS = 15

/**
 * The next opening or closing after an instant; undefined when there is none any more.
 * @throws RangeError when its time zone was not compiled
 */
export const nextChange = (calendar: Calendar, zones: Zones, at: Instant): Instant | undefined => {
  const periods = periodsOf(zones, calendar.timeZone)
  const today = dayAt(periods, at)
  const days = Math.max(0, hoursOf(calendar).lastHoliday - today) + UNTIL_IT_REPEATS
  let closes = at
  for (const { start, end } of openSpans(calendar, zones, at, days)) {
    if (start > closes) return closes === at ? start : closes
    closes = end
  }
  const seen = firstShowing(periods, (today + days) * DAY)
  return closes === at || closes >= seen ? undefined : closes
}

/** Deadlines further away are no deadlines: a hundred years, in days. */
const HORIZON = 36_525

/**
 * When a clock that runs only while the calendar is open has run for `duration` ms since `from`: a deadline. The end
 * of a day's hours, not the beginning of the next, when both would do. Undefined: never, or not within 100 years.
 * @throws RangeError when its time zone was not compiled
 */
export const addOpenTime = (
  calendar: Calendar,
  zones: Zones,
  from: Instant,
  duration: number,
): Instant | undefined => {
  if (duration <= 0) return from
  let left = duration
  for (const { start, end } of openSpans(calendar, zones, from, HORIZON)) {
    if (left <= end - start) return start + left
    left -= end - start
  }
  return undefined
}

/**
 * For how many ms of the time from `a` to `b` the calendar is open; 0 when `b` is not after `a`.
 * @throws RangeError when its time zone was not compiled
 */
export const openTimeBetween = (calendar: Calendar, zones: Zones, a: Instant, b: Instant): number => {
  let sum = 0
  for (const { start, end } of openSpans(calendar, zones, a, Math.ceil((b - a) / DAY) + 2)) {
    if (start >= b) break
    sum += Math.min(end, b) - start
  }
  return sum
}

/** Business hours as time, for what counts in them: `judge` of `@ramal/fcr`, the targets of `@ramal/service-metrics`. */
export interface BusinessClock {
  /** ms in business hours from one moment to another. */
  elapsed(from: Instant, to: Instant): number
  /** The first moment at which so many ms in business hours have passed; infinite when they never will. */
  after(from: Instant, ms: number): Instant
}

export const businessClock = (calendar: Calendar, zones: Zones): BusinessClock => ({
  elapsed: (from, to) => openTimeBetween(calendar, zones, from, to),
  after: (from, ms) => addOpenTime(calendar, zones, from, ms) ?? Number.POSITIVE_INFINITY,
})
