import { type Deep, hashOf, listFaults, listUnknownFields } from '@ramal/core'
import type { MessagePurpose, Purpose } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { type Keywords, plainWords } from './keywords.js'
import { quietUntil } from './quiet-hours.js'
import { sendingRulesCodec } from './rules-codec.js'
import { AMBIGUOUS_STOP_WORDS, START_WORDS, STOP_WORDS } from './words.js'

export type SendingRulesData = Deep<t.TypeOf<typeof sendingRulesCodec>>
export type QuietHours = NonNullable<SendingRulesData['quietHours']>
export type Cap = NonNullable<SendingRulesData['caps']>[number]

export interface PurposeRule {
  readonly consent: 'optIn' | 'optOut' | 'answer' | 'none'
  readonly quietHours: boolean
  /** So long after it was requested a message is of use, in ms, unless it says itself until when. */
  readonly validFor: number
}

export interface KeywordRules extends Keywords {
  readonly purpose: Purpose
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

const DAY = 86_400_000

/**
 * Marketing and news need an opt-in; what a customer has ordered or booked needs none until they object. What is about
 * today is of no use tomorrow; news is not of use after a week.
 */
export const PURPOSE_DEFAULTS: Readonly<Record<MessagePurpose, PurposeRule>> = {
  service: { consent: 'answer', quietHours: false, validFor: DAY },
  transaction: { consent: 'optOut', quietHours: false, validFor: DAY },
  delivery: { consent: 'optOut', quietHours: false, validFor: DAY },
  order: { consent: 'optOut', quietHours: true, validFor: 3 * DAY },
  appointment: { consent: 'optOut', quietHours: true, validFor: DAY },
  update: { consent: 'optIn', quietHours: true, validFor: 7 * DAY },
  marketing: { consent: 'optIn', quietHours: true, validFor: 7 * DAY },
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
  const own = new Map(
    [...Object.keys(NO_KEYWORDS), ...Object.keys(data.keywordsOn ?? {})].map((channel) => [
      channel,
      { ...common, ...NO_KEYWORDS[channel], ...data.keywordsOn?.[channel] },
    ]),
  )
  return {
    data,
    hash: hashOf(data),
    name: data.name ?? 'default',
    quietHours: data.quietHours,
    caps: data.caps ?? [],
    repliesWithin: data.repliesWithin ?? 72 * 3_600_000,
    purpose: (name) => ({ ...PURPOSE_DEFAULTS[name], ...data.purposes?.[name] }),
    keywords: (channel) => own.get(channel) ?? common,
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
  for (const [purpose, rule] of Object.entries(data.purposes ?? {}))
    if (rule?.validFor === 0) faults.push(`purposes.${purpose}.validFor: expected at least 1 ms, found 0`)
  caps.forEach(({ per }, i) => {
    if (per === 0) faults.push(`caps[${i}].per: expected at least 1 ms, found 0`)
  })
  faults.push(...wordFaults(rules, '', 'keywords'))
  for (const channel of Object.keys(data.keywordsOn ?? {}))
    faults.push(...wordFaults(rules, channel, `keywordsOn.${channel}`))
  return faults
}

/** Without what a file says to editors. */
const ownFields = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || !('$schema' in input)) return input
  const { $schema, ...data } = input
  return typeof $schema === 'string' ? data : input
}

/** Sending rules, read from outside. */
export const parseSendingRules = (file: unknown): E.Either<InvalidSendingRules, SendingRules> => {
  const input = ownFields(file)
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
