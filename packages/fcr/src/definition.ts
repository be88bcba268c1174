import { duration, hashOf, integer, listFaults, oneOf, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

const HOUR = 3_600_000
export const DAY: number = 24 * HOUR

const knobs = {
  /** What is counted: an issue with all its contacts, or each contact. */
  unit: oneOf('episode', 'contact'),
  /** What makes two contacts the same issue. A link between them always does. */
  key: oneOf('customer', 'customer+intent', 'ticket'),
  /** Whether a contact on another channel is a repeat. */
  crossChannel: t.boolean,
  /** How long after the end a further contact is a repeat, in ms. */
  window: duration,
  /** Whether a contact exactly at the end of the window is one. */
  bound: oneOf('closed', 'open'),
  /** Where the window begins: at the end or at the start of a contact. */
  anchor: oneOf('end', 'start'),
  /** Whether time passes always, or only in business hours; those are given when judging. */
  clock: oneOf('calendar', 'business'),
  /** Whether the window begins anew with each contact of an issue, or once, with the first. */
  chain: oneOf('rolling', 'fixed'),
  /** A contact that the customer gave up: not there; a repeat but never a first; or as any other, and failed. */
  abandoned: oneOf('ignore', 'repeatOnly', 'full'),
  /** A contact that a bot ended alone. */
  bot: oneOf('include', 'repeatOnly', 'ignore'),
  /** A contact that we began. */
  outbound: oneOf('ignore', 'repeatOnly'),
  /** Transfers that are still a first-contact resolution. */
  transfer: oneOf('any', 'warm', 'none'),
  escalation: oneOf('allowed', 'breaks'),
  callback: oneOf('allowed', 'breaks'),
  /** A reopening within the window. */
  reopen: oneOf('breaks', 'allowed'),
  /** Who says so: what the customer did, the record of the contact, a survey, or behaviour and survey. */
  evidence: oneOf('behaviour', 'status', 'survey', 'both'),
  /** Which units count: all, all but those of `notL1`, or those that ended as resolved. */
  denominator: oneOf('all', 'net', 'resolved'),
  /** Intents that cannot be resolved at the first level. */
  notL1: t.readonlyArray(t.string),
  /** Dispositions that mean unresolved, whatever happened afterwards. */
  unresolved: t.readonlyArray(t.string),
  /** To whose account an issue goes: the first contact, the last, the one that resolved it, or each. */
  attribution: oneOf('first', 'last', 'resolver', 'each'),
  /** The moment that puts a unit into a period: start, first end, or when its state was decided. */
  cohort: oneOf('start', 'closure', 'decision'),
  /** The figure that is printed first; see the report. */
  undecided: oneOf('closedCohort', 'bounds', 'km'),
  /** How long after the window late facts are waited for before a state is called final, in ms. */
  allowedLateness: duration,
}

const limits = {
  maxAgentReplies: integer(0),
  minAgentReplies: integer(0),
  maxCustomerReplies: integer(0),
  /** Longest time from start to first end, in ms of `clock`. */
  maxDuration: duration,
}

/** What exactly is meant by first-contact resolution. Every field is a decision that changes the number. */
export const definitionCodec = record(knobs, limits)
export type FcrDefinition = Readonly<t.TypeOf<typeof definitionCodec>>

/** Seven days, same customer and intent, over all channels, everything counted; see the docs for why. */
export const defaultDefinition: FcrDefinition = {
  unit: 'episode',
  key: 'customer+intent',
  crossChannel: true,
  window: 7 * DAY,
  bound: 'closed',
  anchor: 'end',
  clock: 'calendar',
  chain: 'rolling',
  abandoned: 'ignore',
  bot: 'include',
  outbound: 'ignore',
  transfer: 'any',
  escalation: 'allowed',
  callback: 'allowed',
  reopen: 'breaks',
  evidence: 'behaviour',
  denominator: 'all',
  notL1: [],
  unresolved: [],
  attribution: 'first',
  cohort: 'start',
  undecided: 'closedCohort',
  allowedLateness: 0,
}

/** The default definition with other knobs. */
export const define = (overrides: Partial<FcrDefinition> = {}): FcrDefinition => ({
  ...defaultDefinition,
  ...overrides,
})

/** Why a definition was refused, each fault with its place. */
export interface InvalidDefinition {
  readonly _tag: 'InvalidDefinition'
  readonly faults: readonly string[]
}

/** A definition from outside: what it does not name is as in the default. An unknown knob is a fault. */
export const parseDefinition = (input: unknown): E.Either<InvalidDefinition, FcrDefinition> => {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return E.left({ _tag: 'InvalidDefinition', faults: ['value: expected an object of knobs'] })
  const known = new Set([...Object.keys(knobs), ...Object.keys(limits)])
  const unknown = Object.keys(input).filter((key) => !known.has(key))
  const decoded = definitionCodec.decode({ ...defaultDefinition, ...input })
  const faults = [
    ...unknown.map((key) => `${key}: there is no such knob`),
    ...(E.isLeft(decoded) ? listFaults(decoded.left) : []),
  ]
  return faults.length > 0 || E.isLeft(decoded)
    ? E.left({ _tag: 'InvalidDefinition', faults })
    : E.right(decoded.right)
}

/** The same for equal definitions, on every machine. */
export const definitionHash = (definition: FcrDefinition): string => hashOf(definition)

/** Business hours, given from outside; see the `clock` knob. */
export interface BusinessClock {
  /** Business time between two moments, in ms. */
  elapsed(from: number, to: number): number
  /** The first moment at which so much business time has passed. */
  after(from: number, ms: number): number
}
