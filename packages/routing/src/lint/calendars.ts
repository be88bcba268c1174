import { calendarsIn, statesOf } from './conditions.js'
import { error, type Finding, warning } from './finding.js'
import type { Check } from './linted.js'

/** Calendars that are never open, that nothing asks for, or whose zone nobody knows; holidays given twice. */
export const checkCalendars: Check = (linted) => {
  const { policy } = linted
  const queues = linted.queues
  const asked = new Set([
    ...policy.rules.flatMap(({ when }) => calendarsIn(when)),
    ...queues.flatMap((name) => {
      const { hours, escalations } = policy.queue(name)
      return [hours, ...escalations.map(({ when }) => when?.hours?.calendar)].filter(
        (one) => one !== undefined,
      )
    }),
  ])
  const findings: Finding[] = []
  for (const [name, { timeZone, holidays = [] }] of Object.entries(policy.data.calendars ?? {})) {
    const path = `calendars.${name}`
    if (!asked.has(name))
      findings.push(warning('calendarUnused', path, `Nothing asks for calendar "${name}".`))
    if (!Object.hasOwn(policy.zones, timeZone)) {
      findings.push(
        error('unknownZone', `${path}.timeZone`, `Time zone "${timeZone}" was not compiled into the policy.`),
      )
      continue
    }
    if (!statesOf(policy, name).includes('open')) {
      const stuck = queues.filter((queue) => policy.queue(queue).hours === name)
      findings.push(
        stuck.length > 0
          ? error(
              'calendarNeverOpen',
              path,
              `Calendar "${name}" is never open, so nothing is ever offered from ${stuck.join(', ')}.`,
            )
          : warning('calendarNeverOpen', path, `Calendar "${name}" is never open.`),
      )
    }
    const dates = holidays.map(({ date }) => date)
    for (const [i, date] of dates.entries())
      if (dates.indexOf(date) < i)
        findings.push(
          warning(
            'holidayTwice',
            `${path}.holidays[${i}]`,
            `${date} is given twice; it is open when either says so.`,
          ),
        )
  }
  return findings
}
