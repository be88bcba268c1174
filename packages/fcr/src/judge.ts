import type { Instant } from '@ramal/core'
import { type Contact, isAbandoned, isContained } from './contact.js'
import type { BusinessClock, FcrDefinition } from './definition.js'
import { type ContactTable, OUTCOME } from './table.js'

/** Why a unit failed. A unit can have several reasons. */
export const REASONS = [
  'repeat',
  'reopened',
  'transfer',
  'escalation',
  'callback',
  'agentReplies',
  'customerReplies',
  'slow',
  'abandoned',
  'disposition',
  'surveyNo',
] as const
export type Reason = (typeof REASONS)[number]
const bit = (reason: Reason): number => 1 << REASONS.indexOf(reason)

const REPEAT = bit('repeat')
const REOPENED = bit('reopened')
const TRANSFER = bit('transfer')
const ESCALATION = bit('escalation')
const CALLBACK = bit('callback')
const AGENT_REPLIES = bit('agentReplies')
const CUSTOMER_REPLIES = bit('customerReplies')
const SLOW = bit('slow')
const ABANDONED = bit('abandoned')
const DISPOSITION = bit('disposition')
const SURVEY_NO = bit('surveyNo')

export const reasonsOf = (bits: number): readonly Reason[] => REASONS.filter((_, i) => bits & (1 << i))

/**
 * `open`: the first contact has not ended. `pending`: nothing speaks against it, and its window is not over.
 * `excluded`: the definition does not count it. A unit is failed as soon as that is known.
 */
export const STATES = ['none', 'open', 'pending', 'success', 'failed', 'excluded'] as const
export type UnitState = Exclude<(typeof STATES)[number], 'none'>
export const STATE = { none: 0, open: 1, pending: 2, success: 3, failed: 4, excluded: 5 } as const

/** One unit in numbers, used again and again. Members are in the order of their starts. */
export interface Verdict {
  members: Contact[]
  size: number
  /** How many of the members are the unit itself: of a unit that is a contact one, and not what repeats it. */
  own: number
  state: number
  reasons: number
  /** When the window of the first contact is over; for evidence without a window its end. NaN: not ended. */
  due: Instant
  /** The first moment at which it is `closed`. NaN: not ended. */
  closesAt: Instant
  /** `due` has passed: nothing that happens from now on can make it fail. */
  closed: boolean
  /** When the earliest reason came up. NaN: there is none. */
  failedAt: Instant
}

export const blankVerdict = (): Verdict => ({
  members: [],
  size: 0,
  own: 0,
  state: STATE.none,
  reasons: 0,
  due: Number.NaN,
  closesAt: Number.NaN,
  closed: false,
  failedAt: Number.NaN,
})

/** A definition, ready to judge. */
export interface Judge {
  readonly definition: FcrDefinition
  /** Whether a window has to pass before a unit is a success. */
  readonly windowed: boolean
  /** Time that counts between two moments, in ms. */
  elapsed(from: Instant, to: Instant): number
  /** 0: not there; 1: can repeat an issue but opens none; 2: a contact like any. */
  role(contact: Contact): 0 | 1 | 2
  /** Calls `each` with every unit of the contacts of one key. The verdict is valid during the call only. */
  units(contacts: Contact[], count: number, asOf: Instant, each: (verdict: Verdict) => void): void
}

const calendar: BusinessClock = { elapsed: (from, to) => to - from, after: (from, ms) => from + ms }

/** @throws RangeError for a definition in business hours without any */
export const judgeOf = (
  definition: FcrDefinition,
  table: ContactTable,
  business?: BusinessClock | undefined,
): Judge => {
  const d = definition
  const byClock = d.clock === 'business' ? business : calendar
  if (!byClock)
    throw new RangeError('The definition counts in business hours: give the hours, as `business`.')
  const { elapsed, after } = byClock
  const windowed = d.evidence === 'behaviour' || d.evidence === 'both'
  const within = (gap: number): boolean => (d.bound === 'closed' ? gap <= d.window : gap < d.window)
  const gap = (from: Contact, end: Instant, to: Contact): number => {
    if (d.anchor === 'start') return elapsed(from.start, to.start)
    return Number.isNaN(end) || end >= to.start ? 0 : elapsed(end, to.start)
  }
  const extendsUnit = (anchor: Contact, next: Contact): boolean =>
    within(gap(anchor, anchor.open ? Number.NaN : anchor.lastEnd, next))
  const reopenedWithin = (c: Contact): boolean =>
    !Number.isNaN(c.firstReopen) &&
    within(elapsed(d.anchor === 'start' ? c.start : c.firstEnd, c.firstReopen))

  const notL1 = new Set(d.notL1)
  const unresolved = new Set(d.unresolved)
  const role = (c: Contact): 0 | 1 | 2 => {
    if (!c.counts) return 0
    if (c.outbound) return d.outbound === 'ignore' ? 0 : 1
    if (isAbandoned(c)) return d.abandoned === 'ignore' ? 0 : d.abandoned === 'repeatOnly' ? 1 : 2
    if (isContained(c)) return d.bot === 'ignore' ? 0 : d.bot === 'repeatOnly' ? 1 : 2
    return 2
  }

  const excluded = (c: Contact): boolean => {
    if (d.evidence === 'survey' && c.survey === 0) return true
    if (d.denominator === 'net') return notL1.has(table.intents.name(c.intent))
    return d.denominator === 'resolved' && (c.open || c.outcome !== OUTCOME.resolved)
  }

  const note = (v: Verdict, reason: number, at: Instant): void => {
    v.reasons |= reason
    if (Number.isNaN(v.failedAt) || at < v.failedAt) v.failedAt = at
  }

  /** What the record of the contact itself says against it. */
  const checkRecord = (v: Verdict, c: Contact): void => {
    if (d.reopen === 'breaks' && reopenedWithin(c)) note(v, REOPENED, c.firstReopen)
    if (d.transfer !== 'any' && !Number.isNaN(c.coldAt)) note(v, TRANSFER, c.coldAt)
    if (d.transfer === 'none' && !Number.isNaN(c.warmAt)) note(v, TRANSFER, c.warmAt)
    if (d.escalation === 'breaks' && !Number.isNaN(c.escalatedAt)) note(v, ESCALATION, c.escalatedAt)
    if (d.callback === 'breaks' && !Number.isNaN(c.callbackAt)) note(v, CALLBACK, c.callbackAt)
    const ended = !Number.isNaN(c.firstEnd)
    const end = ended ? c.firstEnd : c.start
    if (d.maxAgentReplies !== undefined && c.agentReplies > d.maxAgentReplies) note(v, AGENT_REPLIES, end)
    if (ended && d.minAgentReplies !== undefined && c.agentReplies < d.minAgentReplies)
      note(v, AGENT_REPLIES, end)
    if (d.maxCustomerReplies !== undefined && c.customerReplies > d.maxCustomerReplies)
      note(v, CUSTOMER_REPLIES, end)
    if (ended && d.maxDuration !== undefined && elapsed(c.start, c.firstEnd) > d.maxDuration)
      note(v, SLOW, end)
    if (isAbandoned(c)) note(v, ABANDONED, end)
    if (unresolved.size > 0 && !c.open && unresolved.has(table.dispositions.name(c.disposition)))
      note(v, DISPOSITION, end)
  }

  const settle = (v: Verdict, asOf: Instant): void => {
    const first = v.members[0]!
    v.own = d.unit === 'contact' ? 1 : v.size
    v.reasons = 0
    v.failedAt = Number.NaN
    const ended = !Number.isNaN(first.firstEnd)
    v.due = !ended
      ? Number.NaN
      : windowed
        ? after(d.anchor === 'start' ? first.start : first.firstEnd, d.window)
        : first.lastEnd
    if (windowed && v.size > 1 && within(gap(first, first.firstEnd, v.members[1]!)))
      note(v, REPEAT, v.members[1]!.start)
    if (d.evidence !== 'survey') checkRecord(v, first)
    if ((d.evidence === 'survey' || d.evidence === 'both') && first.survey === 2)
      note(v, SURVEY_NO, first.surveyAt)
    // Times are whole milliseconds: what may still fail at `due` itself is settled one later.
    v.closesAt = windowed && d.bound === 'closed' ? v.due + 1 : v.due
    v.closed = asOf >= v.closesAt
    if (excluded(first)) {
      v.state = STATE.excluded
      v.reasons = 0
      v.failedAt = Number.NaN
    } else if (v.reasons !== 0) v.state = STATE.failed
    else if (d.evidence === 'survey') v.state = STATE.success
    else if (!ended) v.state = STATE.open
    else v.state = v.closed ? STATE.success : STATE.pending
  }

  const verdict = blankVerdict()
  const roles: number[] = []

  const eachContact = (contacts: Contact[], count: number, asOf: Instant, each: (v: Verdict) => void) => {
    for (let i = 0; i < count; i++) {
      if (roles[i] !== 2) continue
      verdict.members[0] = contacts[i]!
      verdict.size = 1
      let j = i + 1
      while (j < count && roles[j] === 0) j++
      if (j < count && extendsUnit(contacts[i]!, contacts[j]!)) {
        verdict.members[1] = contacts[j]!
        verdict.size = 2
      }
      settle(verdict, asOf)
      each(verdict)
    }
  }

  const eachEpisode = (contacts: Contact[], count: number, asOf: Instant, each: (v: Verdict) => void) => {
    verdict.size = 0
    for (let i = 0; i < count; i++) {
      if (roles[i] === 0) continue
      const contact = contacts[i]!
      const anchor = verdict.members[d.chain === 'fixed' ? 0 : verdict.size - 1]
      if (verdict.size > 0 && extendsUnit(anchor!, contact)) verdict.members[verdict.size++] = contact
      else {
        if (verdict.size > 0) {
          settle(verdict, asOf)
          each(verdict)
          verdict.size = 0
        }
        if (roles[i] === 2) {
          verdict.members[0] = contact
          verdict.size = 1
        }
      }
    }
    if (verdict.size > 0) {
      settle(verdict, asOf)
      each(verdict)
    }
    verdict.size = 0
  }

  return {
    definition,
    windowed,
    elapsed,
    role,
    units(contacts, count, asOf, each) {
      for (let i = 0; i < count; i++) roles[i] = role(contacts[i]!)
      if (d.unit === 'contact') eachContact(contacts, count, asOf, each)
      else eachEpisode(contacts, count, asOf, each)
    },
  }
}
