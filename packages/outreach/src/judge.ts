import type { Instant } from '@ramal/core'
import { consentFor, stoppedFor } from '@ramal/customer'
import { isSome } from 'fp-ts/lib/Option.js'
import { capCounts, roomFrom, usedOf } from './caps.js'
import type { SendFacts } from './facts.js'
import { quietUntil } from './quiet-hours.js'
import type { SendingRules } from './rules.js'

/** The rules, by the names that are in the log. Names never change; see `docs/reference/sending-rules.md`. */
export const RULES = [
  'customer.forgotten',
  'provider.stopped',
  'consent.withdrawn',
  'consent.missing',
  'template.unusable',
  'window.closed',
  'expired',
  'frequencyCap',
  'quietHours',
] as const
export type RuleName = (typeof RULES)[number]

/** What one rule says of a message. */
export interface Check {
  readonly rule: RuleName
  /** `notAsked`: the rule is not about such a message. */
  readonly verdict: 'passes' | 'notAsked' | 'refuses' | 'defers'
  /** What it saw. Without personal data. */
  readonly detail: string
  /** When it may be otherwise. */
  readonly retryAt?: Instant
}

export type Judgement =
  | {
      readonly verdict: 'allowed'
      /** The ground on which the channel lets it through outside the window. */
      readonly tag?: string
    }
  | {
      readonly verdict: 'refused'
      readonly rule: RuleName
      readonly reason: string
      readonly retryAt?: Instant
    }
  /** To be asked again then, not before. */
  | {
      readonly verdict: 'deferred'
      readonly rule: RuleName
      readonly reason: string
      readonly retryAt: Instant
    }

type Rule = (facts: SendFacts, rules: SendingRules, now: Instant) => Omit<Check, 'rule'>

const iso = (at: Instant, zone = 'UTC'): string =>
  `${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at)} (${zone})`

const hours = (ms: number): string => `${Math.round((ms / 3_600_000) * 10) / 10} h`

const forgotten: Rule = ({ customer }) =>
  customer.forgotten
    ? { verdict: 'refuses', detail: 'The customer asked to be forgotten.' }
    : { verdict: 'passes', detail: 'The customer was not forgotten.' }

const stopped: Rule = ({ customer, channel, purpose }) => {
  const since = stoppedFor(customer, channel, purpose)
  return isSome(since)
    ? { verdict: 'refuses', detail: `The provider stops it on ${channel} since ${iso(since.value)}.` }
    : { verdict: 'passes', detail: `The provider has reported no stop on ${channel}.` }
}

const withdrawn: Rule = ({ customer, channel, purpose, confirms, lastAskedAt }, rules) => {
  const { consent } = rules.purpose(purpose)
  if (consent === 'none') return { verdict: 'notAsked', detail: `${purpose} asks for no consent.` }
  const said = consentFor(customer, channel, purpose)
  if (!isSome(said) || said.value.granted)
    return { verdict: 'passes', detail: `No consent to ${purpose} on ${channel} was withdrawn.` }
  const { at, source } = said.value
  const what = `Consent to ${purpose} on ${channel} was withdrawn at ${iso(at)} (source: ${source})`
  if (confirms) return { verdict: 'passes', detail: `${what}; this confirms it.` }
  if (consent === 'answer' && lastAskedAt !== undefined && lastAskedAt > at)
    return { verdict: 'passes', detail: `${what}; the customer has written since and is answered.` }
  return { verdict: 'refuses', detail: `${what}.` }
}

const missing: Rule = ({ customer, channel, purpose, confirms }, rules) => {
  if (rules.purpose(purpose).consent !== 'optIn' || confirms)
    return { verdict: 'notAsked', detail: `${purpose} needs no opt-in.` }
  return isSome(consentFor(customer, channel, purpose))
    ? { verdict: 'passes', detail: `The customer has said whether they want ${purpose} on ${channel}.` }
    : { verdict: 'refuses', detail: `The customer never agreed to ${purpose} on ${channel}.` }
}

const template: Rule = ({ content, templateFault }) => {
  if (content !== 'template') return { verdict: 'notAsked', detail: 'It is no template.' }
  return templateFault === undefined
    ? { verdict: 'passes', detail: 'The provider has reported nothing against the template.' }
    : { verdict: 'refuses', detail: templateFault }
}

/** Whether the longer window for people is the one in which this message goes. */
const goesByHand = ({ window, lastInboundAt, sender, tag }: SendFacts, now: Instant): boolean =>
  window?.human !== undefined &&
  sender === 'human' &&
  (tag === undefined || tag === window.human.tag) &&
  lastInboundAt !== undefined &&
  now >= lastInboundAt + window.open &&
  now < lastInboundAt + window.human.open

const windowOf: Rule = (facts, _, now) => {
  const { window, lastInboundAt, content, tag } = facts
  if (!window) return { verdict: 'notAsked', detail: 'This endpoint may be written from at any time.' }
  const wrote =
    lastInboundAt === undefined
      ? 'The customer never wrote to this endpoint'
      : `The customer wrote last at ${iso(lastInboundAt)}`
  if (lastInboundAt !== undefined && now < lastInboundAt + window.open)
    return { verdict: 'passes', detail: `${wrote}; the window is ${hours(window.open)}.` }
  if (content === 'template' && window.after === 'template')
    return { verdict: 'passes', detail: `${wrote}; a template may go outside the window.` }
  if (goesByHand(facts, now))
    return { verdict: 'passes', detail: `${wrote}; for people the window is ${hours(window.human!.open)}.` }
  if (tag !== undefined && tag !== window.human?.tag)
    return { verdict: 'passes', detail: `${wrote}; it goes outside the window as ${tag}.` }
  const instead = window.after === 'template' ? 'only a template may be sent' : 'nothing may be sent'
  return { verdict: 'refuses', detail: `${wrote}; after ${hours(window.open)} ${instead}.` }
}

/** Until when a message is of use: as it says itself, or as long as the rules say of its purpose. */
export const expiryOf = (
  { purpose, requestedAt, expiresAt }: Pick<SendFacts, 'purpose' | 'requestedAt' | 'expiresAt'>,
  rules: SendingRules,
): Instant | undefined =>
  expiresAt ?? (requestedAt === undefined ? undefined : requestedAt + rules.purpose(purpose).validFor)

const expired: Rule = (facts, rules, now) => {
  const until = expiryOf(facts, rules)
  if (until === undefined) return { verdict: 'notAsked', detail: 'It is not known until when it is of use.' }
  if (now < until) return { verdict: 'passes', detail: `It is of use until ${iso(until)}.` }
  const { heldBy } = facts
  const held = heldBy ? ` Until then ${heldBy.rule} held it: ${heldBy.reason}` : ''
  return { verdict: 'refuses', detail: `It was of use until ${iso(until)}.${held}` }
}

const capped: Rule = (facts, { caps }, now) => {
  const counting = facts.confirms ? [] : caps.filter((cap) => capCounts(cap, facts))
  if (counting.length === 0) return { verdict: 'notAsked', detail: 'No cap counts such a message.' }
  const before = facts.sent.filter(({ message }) => message !== facts.message)
  const full = counting
    .map((cap) => ({ cap, from: roomFrom(cap, before, now) }))
    .filter(({ from }) => from === undefined || from > now)
  // The last to have room again decides, and what is refused by one is not put off by another.
  const never = full.find(({ from }) => from === undefined)
  const refusing = full.filter(({ cap }) => cap.action !== 'defer')
  const worst =
    never ??
    (refusing.length > 0 ? refusing : full).reduce<(typeof full)[number] | undefined>(
      (last, one) => (!last || one.from! > last.from! ? one : last),
      undefined,
    )
  if (!worst) return { verdict: 'passes', detail: `There is room under ${counting.length} caps.` }
  const { cap, from } = worst
  const name = cap.name ?? `${cap.most} in ${hours(cap.per)}`
  const detail = `Cap "${name}" is reached: ${usedOf(cap, before, now).length} sent in ${hours(cap.per)}, at most ${cap.most}.`
  if (from === undefined) return { verdict: 'refuses', detail }
  const retryAt = Math.max(...full.map((one) => one.from ?? 0))
  return { verdict: refusing.length > 0 ? 'refuses' : 'defers', detail, retryAt }
}

const quiet: Rule = ({ purpose, customer, confirms }, rules, now) => {
  const { quietHours } = rules
  if (!quietHours || !rules.purpose(purpose).quietHours || confirms)
    return { verdict: 'notAsked', detail: `No quiet hours hold for ${purpose}.` }
  const zone = customer.timeZone ?? quietHours.zone
  const until = quietUntil(quietHours.periods, zone, now)
  if (until === now) return { verdict: 'passes', detail: `It is ${iso(now, zone)}, no quiet hour.` }
  const detail = `It is ${iso(now, zone)}, a quiet hour${until === undefined ? '' : ` until ${iso(until, zone)}`}.`
  if (until === undefined) return { verdict: 'refuses', detail }
  return { verdict: quietHours.action === 'refuse' ? 'refuses' : 'defers', detail, retryAt: until }
}

const BY_NAME: Readonly<Record<RuleName, Rule>> = {
  'customer.forgotten': forgotten,
  'provider.stopped': stopped,
  'consent.withdrawn': withdrawn,
  'consent.missing': missing,
  'template.unusable': template,
  'window.closed': windowOf,
  expired,
  frequencyCap: capped,
  quietHours: quiet,
}

/** What every rule says, in their order. */
export const examineSend = (facts: SendFacts, rules: SendingRules, now: Instant): readonly Check[] =>
  RULES.map((rule) => ({ rule, ...BY_NAME[rule](facts, rules, now) }))

/**
 * Whether a message may be sent now. What any rule refuses is refused, by the first of them; what is only too early
 * waits for the latest of them.
 */
export const judgeSend = (facts: SendFacts, rules: SendingRules, now: Instant): Judgement =>
  judgementOf(examineSend(facts, rules, now), facts, now)

export const judgementOf = (checks: readonly Check[], facts: SendFacts, now: Instant): Judgement => {
  const refusing = checks.find(({ verdict }) => verdict === 'refuses')
  if (refusing) {
    const { rule, detail, retryAt } = refusing
    return { verdict: 'refused', rule, reason: detail, ...(retryAt === undefined ? {} : { retryAt }) }
  }
  let last: Check | undefined
  for (const check of checks)
    if (check.verdict === 'defers' && (!last || check.retryAt! > last.retryAt!)) last = check
  if (last) return { verdict: 'deferred', rule: last.rule, reason: last.detail, retryAt: last.retryAt! }
  return goesByHand(facts, now) && facts.content === 'free'
    ? { verdict: 'allowed', tag: facts.window!.human!.tag }
    : { verdict: 'allowed' }
}
