import type { Instant } from '@ramal/core'
import type { Calendar } from './calendar.js'
import { DAY, dayNumber, MINUTE } from './civil.js'
import type { Periods, Zones } from './zones.js'

/** Before, some clocks were not whole minutes ahead of UTC. */
const FIRST_YEAR = 1973

/** No zone sets its clocks and sets them back within so long; the shortest was a week (Boa Vista, 2000). */
const STEP = 3 * DAY

const formatOf = (timeZone: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const unknown = (timeZone: string): string =>
  `this machine knows no time zone "${timeZone}"; give one of the IANA database, such as "America/Sao_Paulo"`

/** The time zones of calendars that this machine does not know, each as `path: ...`. */
export const zoneFaults = (calendars: Readonly<Record<string, Calendar>>): readonly string[] =>
  Object.entries(calendars)
    .filter(([, { timeZone }]) => !formatOf(timeZone))
    .map(([name, { timeZone }]) => `calendars.${name}.timeZone: ${unknown(timeZone)}`)

/** Minutes ahead of UTC at an instant, by the machine. */
const offsetsOf = (timeZone: string): ((at: Instant) => number) => {
  const format = formatOf(timeZone)
  if (!format) throw new RangeError(`There are no hours to compile: ${unknown(timeZone)}.`)
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? []
    if (!sign) return 0
    return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))
  }
}

/** The first instant of (low, high] with the offset that `high` has. */
const transition = (offsetAt: (at: Instant) => number, low: Instant, high: Instant): Instant => {
  const after = offsetAt(high)
  let [before, found] = [low, high]
  while (found - before > MINUTE) {
    const middle = before + Math.floor((found - before) / (2 * MINUTE)) * MINUTE
    if (offsetAt(middle) === after) found = middle
    else before = middle
  }
  return found
}

// What the machine knows of time zones stays the same while it runs.
const compiled = new Map<string, Periods>()

const compile = (timeZone: string, start: Instant, end: Instant): Periods => {
  const key = `${timeZone} ${start} ${end}`
  const known = compiled.get(key) ?? look(timeZone, start, end)
  compiled.set(key, known)
  return known
}

const look = (timeZone: string, start: Instant, end: Instant): Periods => {
  const offsetAt = offsetsOf(timeZone)
  const periods: [number, number][] = []
  let offset = offsetAt(start)
  for (let at = start; at < end; at += STEP) {
    const next = Math.min(at + STEP, end)
    const then = offsetAt(next)
    if (then === offset) continue
    periods.push([transition(offsetAt, at, next), offset])
    offset = then
  }
  return [...periods, [end, offset]]
}

/**
 * What the clocks of these time zones show from the first day of one year to the last of another, as this machine
 * knows it. The only place that asks the machine: it is called when a policy is published, and what it gives is kept
 * with the policy. The first time it takes about a millisecond for each zone and year.
 * @throws RangeError for a zone that this machine does not know, for years before 1973, or none
 */
export const compileZones = (timeZones: Iterable<string>, fromYear: number, toYear: number): Zones => {
  if (!(fromYear >= FIRST_YEAR && toYear >= fromYear))
    throw new RangeError(`Years ${fromYear} to ${toYear} were asked for; give years from ${FIRST_YEAR} on.`)
  const start = dayNumber(fromYear, 1, 1) * DAY
  const end = dayNumber(toYear + 1, 1, 1) * DAY
  const names = [...new Set(timeZones)].sort()
  return Object.fromEntries(names.map((timeZone) => [timeZone, compile(timeZone, start, end)]))
}
