import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { DAY, dayNumber, MINUTE } from './civil.js'
import type { Periods, Zones } from './zones.js'

/** A time zone that this machine does not know. */
export interface UnknownTimeZone {
  readonly _tag: 'UnknownTimeZone'
  readonly timeZone: string
  readonly message: string
}

/** Before, some clocks were not whole minutes ahead of UTC. */
const FIRST_YEAR = 1973

const offsetsOf = (timeZone: string): ((at: Instant) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
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

const compile = (timeZone: string, start: Instant, end: Instant): Periods => {
  const offsetAt = offsetsOf(timeZone)
  const periods: [number, number][] = []
  let offset = offsetAt(start)
  // No zone sets its clocks and sets them back within a day.
  for (let at = start; at < end; at += DAY) {
    const next = Math.min(at + DAY, end)
    const then = offsetAt(next)
    if (then === offset) continue
    periods.push([transition(offsetAt, at, next), offset])
    offset = then
  }
  return [...periods, [end, offset]]
}

/**
 * What the clocks of these time zones show from the first day of one year to the last of another, as this machine
 * knows it. The only place that asks the machine: call it when a policy is published, and keep what it gives with
 * the policy. Takes about 3 ms for each zone and year.
 * @throws RangeError for years before 1973, or none
 */
export const compileZones = (
  timeZones: Iterable<string>,
  fromYear: number,
  toYear: number,
): E.Either<UnknownTimeZone, Zones> => {
  if (!(fromYear >= FIRST_YEAR && toYear >= fromYear))
    throw new RangeError(`Years ${fromYear} to ${toYear} were asked for; give years from ${FIRST_YEAR} on.`)
  const start = dayNumber(fromYear, 1, 1) * DAY
  const end = dayNumber(toYear + 1, 1, 1) * DAY
  const compiled: Record<string, Periods> = {}
  for (const timeZone of [...new Set(timeZones)].sort())
    try {
      compiled[timeZone] = compile(timeZone, start, end)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const message = `This machine knows no time zone "${timeZone}"; give one of the IANA database, such as "America/Sao_Paulo".`
      return E.left({ _tag: 'UnknownTimeZone', timeZone, message })
    }
  return E.right(compiled)
}
