import { isOpen, nextChange } from '../calendar/index.js'
import type { Condition, Policy } from '../policy/index.js'
import {
  type Domain,
  type Domains,
  domainOf,
  EVERYTHING,
  intersect,
  only,
  type Region,
  regionOf,
  unite,
} from './region.js'

type Plain = Exclude<
  Condition,
  { readonly all: unknown } | { readonly any: unknown } | { readonly not: unknown }
>

const FACTS = ['channel', 'endpoint', 'language', 'intent', 'segment'] as const

/** Stands for every value that the policy does not name, and for none. */
export const OTHER = ''

const listOf = (wanted: string | readonly string[]): readonly string[] =>
  typeof wanted === 'string' ? [wanted] : wanted

const plainParts = (condition: Condition | undefined): readonly Plain[] => {
  if (!condition) return []
  if ('all' in condition) return condition.all.flatMap(plainParts)
  if ('any' in condition) return condition.any.flatMap(plainParts)
  if ('not' in condition) return plainParts(condition.not)
  return [condition]
}

/** Every calendar that a condition names. */
export const calendarsIn = (condition: Condition | undefined): readonly string[] =>
  plainParts(condition).flatMap(({ hours }) => (hours ? [hours.calendar] : []))

/** Every channel that a condition names. */
export const channelsIn = (condition: Condition | undefined): readonly string[] =>
  plainParts(condition).flatMap(({ channel }) => (channel === undefined ? [] : listOf(channel)))

/** The year 2000, before any holiday that anybody would still write. */
const LONG_AGO = 946_684_800_000

/** Whether a calendar is open: both, unless it never changes. */
export const statesOf = ({ data, zones }: Policy, name: string): readonly ('open' | 'closed')[] => {
  const calendar = data.calendars?.[name]
  if (!calendar || !Object.hasOwn(zones, calendar.timeZone)) return ['open', 'closed']
  if (nextChange(calendar, zones, LONG_AGO) !== undefined) return ['open', 'closed']
  return [isOpen(calendar, zones, LONG_AGO) ? 'open' : 'closed']
}

/** The facts of tickets, and the calendars, that make a difference to a policy's rules. */
export const factDomains = (policy: Policy): Domains => {
  const parts = policy.rules.flatMap(({ when }) => plainParts(when))
  const domains = new Map<string, Domain>()
  for (const fact of FACTS) {
    const named = parts.flatMap((part) => listOf(part[fact] ?? []))
    domains.set(fact, domainOf([OTHER, ...named]))
  }
  for (const label of parts.flatMap((part) => listOf(part.label ?? [])))
    domains.set(`label:${label}`, domainOf([true, false]))
  for (const { hours } of parts)
    if (hours) domains.set(`calendar:${hours.calendar}`, domainOf(statesOf(policy, hours.calendar)))
  return domains
}

const plainRegion =
  (domains: Domains) =>
  (condition: Plain): Region => {
    let region = EVERYTHING
    for (const fact of FACTS) {
      const wanted = condition[fact]
      if (wanted !== undefined) region = intersect(region, only(domains, fact, listOf(wanted)))
    }
    const { label, hours } = condition
    if (label !== undefined)
      region = intersect(region, unite(listOf(label).map((one) => only(domains, `label:${one}`, [true]))))
    return hours ? intersect(region, only(domains, `calendar:${hours.calendar}`, [hours.is])) : region
  }

/** For which tickets, and when, a condition holds. */
export const conditionRegion = (domains: Domains, condition: Condition | undefined): Region =>
  regionOf<Plain>(domains, condition ?? {}, plainRegion(domains))
