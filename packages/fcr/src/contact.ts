import type { Instant } from '@ramal/core'
import { type ContactTable, JOINED, KIND, OUTCOME } from './table.js'

/** What the facts of one contact say at a moment. Numbers stand for names; 0 and NaN for nothing. */
export interface Contact {
  number: number
  /** Its start is known, and it is not spam. */
  counts: boolean
  start: Instant
  /** NaN while it has not ended once. */
  firstEnd: Instant
  /** NaN before the first end. Stays as it was while a reopened contact is open again. */
  lastEnd: Instant
  open: boolean
  firstReopen: Instant
  /** See `OUTCOME`; of the last end. */
  outcome: number
  disposition: number
  intent: number
  customer: number
  channel: number
  endpoint: number
  outbound: boolean
  humans: number
  bots: number
  firstAgent: number
  lastAgent: number
  resolver: number
  firstTeam: number
  lastTeam: number
  firstQueue: number
  lastQueue: number
  agentReplies: number
  customerReplies: number
  /** When it became so; NaN: never. */
  warmAt: Instant
  coldAt: Instant
  escalatedAt: Instant
  callbackAt: Instant
  surveyAt: Instant
  /** 0: none; 1: resolved; 2: not. */
  survey: number
  /** The contact it is linked to. */
  link: number
  spam: boolean
  /** When the next fact that is not visible yet happens; Infinity: there is none. */
  nextAt: Instant
}

export const blankContact = (): Contact => ({
  number: 0,
  counts: false,
  start: Number.NaN,
  firstEnd: Number.NaN,
  lastEnd: Number.NaN,
  open: true,
  firstReopen: Number.NaN,
  outcome: 0,
  disposition: 0,
  intent: 0,
  customer: 0,
  channel: 0,
  endpoint: 0,
  outbound: false,
  humans: 0,
  bots: 0,
  firstAgent: 0,
  lastAgent: 0,
  resolver: 0,
  firstTeam: 0,
  lastTeam: 0,
  firstQueue: 0,
  lastQueue: 0,
  agentReplies: 0,
  customerReplies: 0,
  warmAt: Number.NaN,
  coldAt: Number.NaN,
  escalatedAt: Number.NaN,
  callbackAt: Number.NaN,
  surveyAt: Number.NaN,
  survey: 0,
  link: 0,
  spam: false,
  nextAt: Number.POSITIVE_INFINITY,
})

/** From when, and as known until when, a history is looked at. */
export interface View {
  /** What happened later is not there. */
  readonly asOf: Instant
  /** What was recorded later is not there. */
  readonly known: Instant
}

const reset = (into: Contact, table: ContactTable, number: number): void => {
  into.number = number
  into.start = table.startAt[number]!
  into.firstEnd = into.lastEnd = into.firstReopen = Number.NaN
  into.open = true
  into.outcome = into.disposition = into.intent = 0
  into.customer = table.customer[number]!
  into.channel = table.channel[number]!
  into.endpoint = table.endpoint[number]!
  into.outbound = table.outbound[number] === 1
  into.humans = into.bots = 0
  into.firstAgent = into.lastAgent = into.resolver = 0
  into.firstTeam = into.lastTeam = into.firstQueue = into.lastQueue = 0
  into.agentReplies = into.customerReplies = 0
  into.warmAt = into.coldAt = into.escalatedAt = into.callbackAt = into.surveyAt = Number.NaN
  into.survey = into.link = 0
  into.spam = false
  into.nextAt = Number.POSITIVE_INFINITY
}

const earliest = (old: Instant, at: Instant): Instant => (Number.isNaN(old) ? at : old)

const end = (into: Contact, at: Instant, a: number, agent: number): void => {
  if (!into.open) return
  into.open = false
  into.firstEnd = earliest(into.firstEnd, at)
  into.lastEnd = at
  into.outcome = a & 15
  into.disposition = a >> 4
  if (into.outcome === OUTCOME.resolved || into.outcome === OUTCOME.contained)
    into.resolver = agent || into.lastAgent
}

const join = (into: Contact, at: Instant, agent: number, flags: number, level: number): void => {
  if (flags & JOINED.bot) into.bots++
  else into.humans++
  const team = flags >> 8
  if (into.firstAgent === 0) {
    into.firstAgent = agent
    into.firstTeam = team
  } else if (((flags >> 4) & 15) > level) into.escalatedAt = earliest(into.escalatedAt, at)
  into.lastAgent = agent
  into.lastTeam = team
  if (flags & JOINED.warm) into.warmAt = earliest(into.warmAt, at)
  if (flags & JOINED.cold) into.coldAt = earliest(into.coldAt, at)
}

/** Reads a contact as it stands in a view, into an object that is used again and again. */
export const foldContact = (table: ContactTable, number: number, view: View, into: Contact): Contact => {
  reset(into, table, number)
  const { at, known, kind, a, b, next } = table
  let level = 15
  for (let row = table.head[number]!; row !== 0; row = next[row]!) {
    const when = at[row]!
    if (when > view.asOf) {
      into.nextAt = when
      break
    }
    if (known[row]! > view.known) continue
    switch (kind[row]) {
      case KIND.queued:
        into.firstQueue ||= a[row]!
        into.lastQueue = a[row]!
        break
      case KIND.joined:
        join(into, when, a[row]!, b[row]!, level)
        level = Math.min(level, (b[row]! >> 4) & 15 || 15)
        break
      case KIND.transferred:
        if (a[row] === 1) into.warmAt = earliest(into.warmAt, when)
        else into.coldAt = earliest(into.coldAt, when)
        if (b[row] === 1) into.escalatedAt = earliest(into.escalatedAt, when)
        break
      case KIND.replied:
        if (a[row] === 1) into.agentReplies++
        else if (into.agentReplies > 0) into.customerReplies++
        break
      case KIND.callbackPromised:
        into.callbackAt = earliest(into.callbackAt, when)
        break
      case KIND.ended:
        end(into, when, a[row]!, b[row]!)
        break
      case KIND.reopened:
        if (!into.open) {
          into.open = true
          into.firstReopen = earliest(into.firstReopen, when)
        }
        break
      case KIND.intentSet:
        into.intent = a[row]!
        break
      case KIND.spam:
        into.spam = a[row] === 1
        break
      case KIND.linked:
        into.link = a[row]!
        break
      case KIND.unlinked:
        if (into.link === a[row]) into.link = 0
        break
      case KIND.surveyed:
        into.survey = a[row]!
        into.surveyAt = when
        break
    }
  }
  if (into.start > view.asOf) into.nextAt = Math.min(into.nextAt, into.start)
  into.counts = into.start <= view.asOf && table.startKnown[number]! <= view.known && !into.spam
  return into
}

/** A bot ended it without a human. */
export const isContained = (contact: Contact): boolean =>
  !contact.open &&
  contact.outcome !== OUTCOME.abandoned &&
  (contact.outcome === OUTCOME.contained || (contact.bots > 0 && contact.humans === 0))

export const isAbandoned = (contact: Contact): boolean =>
  !contact.open && contact.outcome === OUTCOME.abandoned
