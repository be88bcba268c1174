import type { Instant } from '@ramal/core'
import { dateOfDay, dayOfDate } from './civil.js'
import type { Contact } from './contact.js'
import type { FcrDefinition } from './definition.js'
import type { Verdict } from './judge.js'
import { type ContactTable, OUTCOME } from './table.js'

/** What figures can be broken down by. */
export const DIMENSIONS = ['channel', 'endpoint', 'intent', 'queue', 'agent', 'team', 'day'] as const
export type Dimension = (typeof DIMENSIONS)[number]

const DAY = 86_400_000
const QUARTER = 900_000

/** Days in a time zone of the IANA database, from 1 for 1 January 1970; UTC when none is given. 0 for no moment. */
export const dayCounter = (zone?: string): ((at: Instant) => number) => {
  if (zone === undefined || zone === 'UTC') return (at) => (Number.isNaN(at) ? 0 : 1 + Math.floor(at / DAY))
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const dayAt = (at: Instant): number => {
    const [year = 0, month = 0, day = 0] = format.format(at).split('-').map(Number)
    return 1 + dayOfDate(year, month, day)
  }
  // Every zone changes its day at a quarter of an hour; asking the calendar for each contact would be slow.
  const seen = new Map<number, number>()
  return (at) => {
    if (Number.isNaN(at)) return 0
    const quarter = Math.floor(at / QUARTER)
    let day = seen.get(quarter)
    if (day === undefined) {
      day = dayAt(quarter * QUARTER)
      seen.set(quarter, day)
    }
    return day
  }
}

export const dayName = (day: number): string => (day === 0 ? '' : dateOfDay(day - 1))

/** The moment that puts a unit into a period. NaN: there is none yet. */
export const cohortMoment = ({ cohort }: FcrDefinition, v: Verdict): Instant => {
  const first = v.members[0]!
  if (cohort === 'start') return first.start
  if (cohort === 'closure') return first.firstEnd
  return v.reasons !== 0 ? v.failedAt : v.closed ? v.closesAt : Number.NaN
}

/** The member that a unit is credited to. `each` has no one; it counts for all. */
export const credited = ({ attribution }: FcrDefinition, v: Verdict): Contact => {
  if (attribution === 'last') return v.members[v.own - 1]!
  if (attribution === 'resolver')
    for (let i = v.own - 1; i >= 0; i--) {
      const { outcome, open } = v.members[i]!
      if (!open && (outcome === OUTCOME.resolved || outcome === OUTCOME.contained)) return v.members[i]!
    }
  return v.members[0]!
}

/** The number of a value in its dimension; 0 where it is not known. */
export const valueIn = (
  dimension: Dimension,
  contact: Contact,
  attribution: FcrDefinition['attribution'],
  day: number,
): number => {
  const first = attribution === 'first'
  switch (dimension) {
    case 'channel':
      return contact.channel
    case 'endpoint':
      return contact.endpoint
    case 'intent':
      return contact.intent
    case 'queue':
      return first ? contact.firstQueue : contact.lastQueue
    case 'agent':
      return first
        ? contact.firstAgent
        : attribution === 'resolver'
          ? contact.resolver || contact.lastAgent
          : contact.lastAgent
    case 'team':
      return first ? contact.firstTeam : contact.lastTeam
    case 'day':
      return day
  }
}

/** What people call a value. An unknown one is the empty text. */
export const nameOf = (table: ContactTable, dimension: Dimension, value: number): string => {
  switch (dimension) {
    case 'channel':
      return table.channels.name(value)
    case 'endpoint':
      return table.endpoints.name(value)
    case 'intent':
      return table.intents.name(value)
    case 'queue':
      return table.queues.name(value)
    case 'agent':
      return table.agents.name(value)
    case 'team':
      return table.teams.name(value)
    case 'day':
      return dayName(value)
  }
}
