import type { Instant } from '@ramal/core'

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type Day = (typeof DAYS)[number]

export const DAY = 86_400_000
const WEEK = 7 * DAY

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, format)
  return format
}

/** What the clock on the wall says in a zone: ms since Sunday, 00:00. */
export const wallClock = (instant: Instant, zone: string): number => {
  const said: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(instant)) said[type] = value
  const day = DAYS.indexOf(said.weekday!.toLowerCase() as Day)
  const seconds = Number(said.hour) * 3600 + Number(said.minute) * 60 + Number(said.second)
  return day * DAY + seconds * 1000 + (instant % 1000)
}

/** How far the clock on the wall was moved between two instants less than half a week apart, in ms. */
const moved = (from: Instant, to: Instant, zone: string): number => {
  const gone = wallClock(to, zone) - wallClock(from, zone) - (to - from)
  return ((((gone + WEEK / 2) % WEEK) + WEEK) % WEEK) - WEEK / 2
}

/** The first instant after `from`, up to `to`, at which the clock on the wall is moved; none if it is not. */
export const nextMove = (from: Instant, to: Instant, zone: string): Instant | undefined => {
  if (moved(from, to, zone) === 0) return undefined
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = before + Math.floor((after - before) / 2)
    if (moved(from, middle, zone) === 0) before = middle
    else after = middle
  }
  return after
}
