import { type Deep, described, matching, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const from = matching(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time from "00:00" to "23:59"')
const to = matching(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time from "00:00" to "24:00"')

/** A day that there is, from 1900 to 2199. */
const date = matching(
  /^(?:19|2[01])\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))$|^(?:(?:19|2[01])(?:0[48]|[2468][048]|[13579][26])|2000)-02-29$/,
  'a date such as "2026-12-25"',
)

const interval = {
  from: described(from, 'When it opens, by the clock there.'),
  to: described(to, 'When it closes; if that is not after `from`, on the next day. It belongs to the first.'),
}

const holiday = record(
  { date: described(date, 'By the calendar there.') },
  {
    open: described(t.array(record(interval)), 'When it is open on that day all the same.', []),
    name: described(nonEmpty, 'For people.'),
  },
)

const week = record({ days: described(t.array(oneOf(...WEEKDAYS)), 'On which days it opens.'), ...interval })

/**
 * When something is open, by the clocks of one time zone. A holiday takes the place of the intervals that begin on
 * its date: what began the evening before goes on past midnight. Several holidays of one date add up.
 */
export const calendar = record(
  {
    timeZone: described(nonEmpty, 'Of the IANA database, such as `America/Sao_Paulo`.'),
    weekly: described(t.array(week), 'May overlap. With none, it is open on holidays alone that say so.'),
  },
  { holidays: described(t.array(holiday), 'Days on which other hours hold.', []) },
)

export type Calendar = Deep<t.TypeOf<typeof calendar>>
