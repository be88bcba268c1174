import {
  type Deep,
  duration,
  hashOf,
  integer,
  listFaults,
  listUnknownFields,
  nonEmpty,
  oneOf,
  record,
} from '@ramal/core'
import { purpose as anyPurpose, type MessagePurpose, timeZone } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type Keywords, plainWords } from './keywords.js'
import { quietUntil } from './quiet-hours.js'
import { timeOfDay } from './time-of-day.js'
import { DAYS } from './wall-clock.js'
import { AMBIGUOUS_STOP_WORDS, START_WORDS, STOP_WORDS } from './words.js'

export const messagePurpose = oneOf(
  'service',
  'order',
  'transaction',
  'appointment',
  'delivery',
  'update',
  'marketing',
)

const purposeRule = record(
  {},
  {
    /**
     * - `optIn`: only to who has agreed
     * - `optOut`: to all but those who have withdrawn their consent
     * - `answer`: as `optOut`, and again to who has written since they withdrew it: they are answered
     * - `none`: to all; what the provider stops is stopped all the same
     */
    consent: oneOf('optIn', 'optOut', 'answer', 'none'),
    /** Whether quiet hours hold for it. */
    quietHours: t.boolean,
  },
)

const whenNot = oneOf('defer', 'refuse')

const quietHoursRule = record(
  {
    /** Where the clock is of customers whose own zone is not known. */
    zone: timeZone,
    /** A list of times of day; see `QuietPeriod`. */
    periods: t.array(record({ from: timeOfDay, to: timeOfDay }, { days: t.array(oneOf(...DAYS)) })),
  },
  { /** Wait for their end, or not send it at all. Default `defer`. */ action: whenNot },
)

const capRule = record(
  {
    /** So many messages to one customer ... */ most: integer(0),
    /** ... in any so many ms. */ per: duration,
  },
  {
    name: nonEmpty,
    /** Counts messages for these. Default: all but `service`. */
    purposes: t.array(messagePurpose),
    /** Counts messages on these. Default: all. */
    channels: t.array(nonEmpty),
    /** Default `refuse`. */
    action: whenNot,
  },
)

const keywordsRule = record(
  {},
  {
    stop: t.array(nonEmpty),
    ambiguous: t.array(nonEmpty),
    start: t.array(nonEmpty),
    /** What a stop word takes back. Default `all`. */
    purpose: anyPurpose,
    /** What is answered, once. Default: nothing. */
    confirmStop: nonEmpty,
    confirmStart: nonEmpty,
  },
)

/** What may be sent to whom and when: data, with a hash. What it leaves out has the default given here. */
export const sendingRulesCodec = record(
  {},
  {
    name: nonEmpty,
    /** See `PURPOSE_DEFAULTS`. */
    purposes: t.partial({
      service: purposeRule,
      order: purposeRule,
      transaction: purposeRule,
      appointment: purposeRule,
      delivery: purposeRule,
      update: purposeRule,
      marketing: purposeRule,
    }),
    /** Default: none. */
    quietHours: quietHoursRule,
    /** Default: none. */
    caps: t.array(capRule),
    /** How long what a customer writes is taken for an answer to a notification. Default 72 hours. */
    repliesWithin: duration,
    /** Default: the words of `words.ts`. */
    keywords: keywordsRule,
    /** By channel; what one of them leaves out is as in `keywords`. */
    keywordsOn: t.record(t.string, keywordsRule),
  },
)

export type SendingRulesData = Deep<t.TypeOf<typeof sendingRulesCodec>>
export type QuietHours = NonNullable<SendingRulesData['quietHours']>
export type Cap = NonNullable<SendingRulesData['caps']>[number]

export interface PurposeRule {
  readonly consent: 'optIn' | 'optOut' | 'answer' | 'none'
  readonly quietHours: boolean
}

export interface KeywordRules extends Keywords {
  readonly purpose: t.TypeOf<typeof anyPurpose>
  readonly confirmStop?: string | undefined
  readonly confirmStart?: string | undefined
}

/** Rules with their defaults filled in, ready to be asked. */
export interface SendingRules {
  readonly data: SendingRulesData
  readonly hash: string
  readonly name: string
  readonly quietHours: QuietHours | undefined
  readonly caps: readonly Cap[]
  readonly repliesWithin: number
  purpose(name: MessagePurpose): PurposeRule
  keywords(channel: string): KeywordRules
}

/** Marketing and news need an opt-in; what a customer has ordered or booked needs none until they object. */
export const PURPOSE_DEFAULTS: Readonly<Record<MessagePurpose, PurposeRule>> = {
  service: { consent: 'answer', quietHours: false },
  transaction: { consent: 'optOut', quietHours: false },
  delivery: { consent: 'optOut', quietHours: false },
  order: { consent: 'optOut', quietHours: true },
  appointment: { consent: 'optOut', quietHours: true },
  update: { consent: 'optIn', quietHours: true },
  marketing: { consent: 'optIn', quietHours: true },
}

const DEFAULT_KEYWORDS: KeywordRules = {
  stop: STOP_WORDS,
  ambiguous: AMBIGUOUS_STOP_WORDS,
  start: START_WORDS,
  purpose: 'all',
}

/** Where there is nobody to be left alone: what is said in a chat on a site is said to the site. */
const NO_KEYWORDS: Readonly<Record<string, Keywords>> = { webchat: { stop: [], ambiguous: [], start: [] } }

/** From data that was checked before, such as that of our own log. */
export const sendingRulesFrom = (data: SendingRulesData): SendingRules => {
  const common: KeywordRules = { ...DEFAULT_KEYWORDS, ...data.keywords }
  return {
    data,
    hash: hashOf(data),
    name: data.name ?? 'default',
    quietHours: data.quietHours,
    caps: data.caps ?? [],
    repliesWithin: data.repliesWithin ?? 72 * 3_600_000,
    purpose: (name) => ({ ...PURPOSE_DEFAULTS[name], ...data.purposes?.[name] }),
    keywords: (channel) => ({ ...common, ...NO_KEYWORDS[channel], ...data.keywordsOn?.[channel] }),
  }
}

/** What is wrong with sending rules, each with its path. */
export interface InvalidSendingRules {
  readonly _tag: 'InvalidSendingRules'
  readonly faults: readonly string[]
}

const wordFaults = ({ keywords }: SendingRules, channel: string, path: string): readonly string[] => {
  const { stop, ambiguous, start } = keywords(channel)
  const starts = new Set(start.map(plainWords))
  return [...stop, ...ambiguous, ...start].flatMap((word) => {
    const said = plainWords(word)
    if (said === '') return [`${path}: ${JSON.stringify(word)} has neither letters nor digits`]
    return starts.has(said) && !start.includes(word) ? [`${path}: "${word}" both stops and starts`] : []
  })
}

/** What a codec cannot see. */
const inconsistencies = (rules: SendingRules): readonly string[] => {
  const { quietHours, caps, data } = rules
  const faults: string[] = []
  quietHours?.periods.forEach(({ from, to }, i) => {
    if (from === to)
      faults.push(`quietHours.periods[${i}]: it ends when it begins; a whole day is "00:00" to "24:00"`)
  })
  if (quietHours && faults.length === 0 && quietUntil(quietHours.periods, 'UTC', 0) === undefined)
    faults.push('quietHours.periods: they leave no time in which anything could be sent')
  caps.forEach(({ per }, i) => {
    if (per === 0) faults.push(`caps[${i}].per: expected at least 1 ms, found 0`)
  })
  faults.push(...wordFaults(rules, '', 'keywords'))
  for (const channel of Object.keys(data.keywordsOn ?? {}))
    faults.push(...wordFaults(rules, channel, `keywordsOn.${channel}`))
  return faults
}

/** Sending rules, read from outside. */
export const parseSendingRules = (input: unknown): E.Either<InvalidSendingRules, SendingRules> => {
  const decoded = sendingRulesCodec.decode(input)
  if (E.isLeft(decoded))
    return E.left({
      _tag: 'InvalidSendingRules',
      faults: [...listUnknownFields(sendingRulesCodec, input), ...listFaults(decoded.left)],
    })
  const rules = sendingRulesFrom(decoded.right)
  const faults = [...listUnknownFields(sendingRulesCodec, input), ...inconsistencies(rules)]
  return faults.length > 0 ? E.left({ _tag: 'InvalidSendingRules', faults }) : E.right(rules)
}
