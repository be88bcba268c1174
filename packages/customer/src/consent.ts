import { dictionary, type Instant } from '@ramal/core'
import { fromNullable, type Option } from 'fp-ts/lib/Option.js'
import type { Purpose } from './events.js'

/** What was said last about a purpose on a channel. */
export interface ConsentEntry {
  readonly granted: boolean
  readonly at: Instant
  readonly source: string
}

/** Both by channel and purpose, see `consentKey`. */
export interface Consents {
  consent: Record<string, ConsentEntry>
  /**
   * Since when the provider lets nothing through, on its own word. Only the customer or the provider can lift that:
   * whatever a form on our site says, it is not sent.
   */
  stopped: Record<string, Instant>
}

/** What one event says of it. */
export interface ConsentSaid {
  readonly channel: string
  readonly purpose: Purpose
  readonly source: string
}

export const consentKey = (channel: string, purpose: string): string => `${channel}/${purpose}`

const keysOn = (record: Readonly<Record<string, unknown>>, channel: string): readonly string[] =>
  Object.keys(record).filter((key) => key.startsWith(`${channel}/`))

/** The keys that a purpose speaks for: its own, or with `all` every one of the channel. */
const coveredBy = (record: Readonly<Record<string, unknown>>, channel: string, purpose: Purpose) => {
  const own = consentKey(channel, purpose)
  return purpose === 'all' ? keysOn(record, channel) : own in record ? [own] : []
}

const saidOf = ({ consent }: Pick<Consents, 'consent'>, channel: string, purpose: Purpose) =>
  consent[consentKey(channel, purpose)] ?? consent[consentKey(channel, 'all')]

/**
 * What the customer said last about a purpose on a channel: about that purpose itself, or about all of them,
 * whichever is later. None when they never said anything.
 */
export const consentFor = (
  consents: Pick<Consents, 'consent'>,
  channel: string,
  purpose: Purpose,
): Option<ConsentEntry> => fromNullable(saidOf(consents, channel, purpose))

/** Since when the provider stops messages of a purpose, or all of them. */
export const stoppedFor = (
  { stopped }: Pick<Consents, 'stopped'>,
  channel: string,
  purpose: Purpose,
): Option<Instant> =>
  fromNullable(stopped[consentKey(channel, purpose)] ?? stopped[consentKey(channel, 'all')])

const canLift = (source: string): boolean => source === 'customer' || source === 'provider'

/** A withdrawal holds from where it stands in the log, whatever clock it was told by. */
export const withdraw = (draft: Consents, { channel, purpose, source }: ConsentSaid, at: Instant): void => {
  const key = consentKey(channel, purpose)
  for (const covered of coveredBy(draft.consent, channel, purpose)) delete draft.consent[covered]
  draft.consent[key] = { granted: false, at, source }
  if (source === 'provider') draft.stopped[key] = at
}

/** A consent that was given before a withdrawal does not lift it, however late it comes. */
export const grant = (draft: Consents, { channel, purpose, source }: ConsentSaid, at: Instant): void => {
  if (canLift(source))
    for (const key of coveredBy(draft.stopped, channel, purpose))
      if (draft.stopped[key]! <= at) delete draft.stopped[key]
  const before = saidOf(draft, channel, purpose)
  if (before && !before.granted && before.at > at) return
  for (const key of coveredBy(draft.consent, channel, purpose))
    if (draft.consent[key]!.at <= at) delete draft.consent[key]
  draft.consent[consentKey(channel, purpose)] = { granted: true, at, source }
}

const everyCovered = (consents: Consents, { channel, purpose }: ConsentSaid, granted: boolean): boolean =>
  saidOf(consents, channel, purpose)?.granted === granted &&
  coveredBy(consents.consent, channel, purpose).every((key) => consents.consent[key]!.granted === granted)

/** Whether a withdrawal would change nothing. */
export const isTakenBack = (consents: Readonly<Consents>, said: ConsentSaid): boolean =>
  everyCovered(consents, said, false) &&
  (said.source !== 'provider' || stoppedFor(consents, said.channel, said.purpose)._tag === 'Some')

/** Whether a consent would change nothing. */
export const isAgreed = (consents: Readonly<Consents>, said: ConsentSaid): boolean =>
  everyCovered(consents, said, true) &&
  !(canLift(said.source) && coveredBy(consents.stopped, said.channel, said.purpose).length > 0)

/**
 * What several records of one person say together, such as those of customers that were merged: of each purpose
 * what was said last, and of two things said at once the withdrawal.
 */
export const joinConsents = (all: readonly Readonly<Consents>[]): Consents => {
  const joined: Consents = { consent: dictionary(), stopped: dictionary() }
  const said = all.flatMap(({ consent }) =>
    Object.entries(consent).map(([key, entry]) => ({ ...placeOf(key), ...entry })),
  )
  said.sort((a, b) => a.at - b.at || Number(b.granted) - Number(a.granted))
  for (const { granted, at, ...one } of said) (granted ? grant : withdraw)(joined, one, at)
  for (const { stopped } of all)
    for (const [key, at] of Object.entries(stopped)) {
      const { channel, purpose } = placeOf(key)
      const after = saidOf(joined, channel, purpose)
      if (after?.granted && canLift(after.source) && after.at >= at) continue
      joined.stopped[key] = Math.max(at, joined.stopped[key] ?? 0)
    }
  return joined
}

const placeOf = (key: string): { readonly channel: string; readonly purpose: Purpose } => {
  const slash = key.lastIndexOf('/')
  return { channel: key.slice(0, slash), purpose: key.slice(slash + 1) as Purpose }
}
