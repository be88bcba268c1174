import { type Deep, matching, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const from = matching(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time from "00:00" to "23:59"')
const to = matching(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time from "00:00" to "24:00"')

/** A day that there is, from 1900 to 2199. */
const date = matching(
  /^(?:19|2[01])\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))$|^(?:(?:19|2[01])(?:0[48]|[2468][048]|[13579][26])|2000)-02-29$/,
  'a date such as "2026-12-25"',
)

/** An interval of a day; where `to` is not after `from`, it ends on the next day, and belongs to the first. */
const interval = { from, to }

const holiday = record(
  { date },
  {
    /** When it is open on that day all the same. Default: not at all. */
    open: t.array(record(interval)),
    name: nonEmpty,
  },
)

/**
 * When something is open, by the clocks of one time zone. A holiday takes the place of the intervals that begin on
 * its date: what began the evening before goes on past midnight. Several holidays of one date add up.
 */
export const calendar = record(
  {
    /** Of the IANA database, such as `America/Sao_Paulo`. */
    timeZone: nonEmpty,
    /** May overlap; nothing in it means closed but for holidays that are open. */
    weekly: t.array(record({ days: t.array(oneOf(...WEEKDAYS)), ...interval })),
  },
  { holidays: t.array(holiday) },
)

export type Calendar = Deep<t.TypeOf<typeof calendar>>
