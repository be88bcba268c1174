import type { ChannelEvent, Reported } from '@ramal/channel'
import { hashOf, type Instant } from '@ramal/core'
import type { Contact } from './codecs.js'

/** What an item is read within: where it stood, and what is asserted beside it. */
export interface Scope {
  /** `phone_number_id`; empty for what concerns the account. */
  readonly endpoint: string
  /** The WhatsApp business account. */
  readonly account: string
  /** Accounts that numbers were given for: others go by no name. */
  readonly accounts: ReadonlySet<string>
  /** Our own number, in digits. */
  readonly number: string
  /** Of the whole entry; else when it was received. */
  readonly at: Instant
  /** The same in digits, and nothing where the entry does not say: the same body makes the same keys. */
  readonly time: string
  readonly field: string
  readonly contacts: readonly Contact[]
  readonly portfolio: string
}

/** A number as it is shown, without what makes it easier to read. */
export const digitsIn = (shown = ''): string => shown.replaceAll(/\D/g, '')

/** `wa:`, our number, and what makes the fact one. */
export const keyOf = (scope: Scope, ...parts: readonly string[]): string =>
  ['wa', scope.endpoint || scope.account, ...parts].join(':')

export const reported = (
  scope: Scope,
  key: string,
  rest: Partial<Pick<Reported, 'at' | 'peer' | 'profileName' | 'raw'>> = {},
): Reported =>
  withRest({ dedupeKey: key, at: rest.at ?? scope.at, endpoint: scope.endpoint, peer: rest.peer ?? [] }, rest)

const withRest = (
  base: { -readonly [K in keyof Reported]: Reported[K] },
  { profileName, raw }: Partial<Pick<Reported, 'profileName' | 'raw'>>,
): Reported => {
  if (profileName !== undefined) base.profileName = profileName
  if (raw !== undefined) base.raw = raw
  return base
}

/** Something kept whole, because it is not known or not as it should be. */
export const unrecognised = (
  scope: Scope,
  type: string,
  raw: unknown,
  reason?: string,
  rest: Partial<Pick<Reported, 'at' | 'peer' | 'profileName'>> = {},
): ChannelEvent => ({
  ...reported(scope, keyOf(scope, 'unrecognised', type, hashOf(raw ?? null)), rest),
  kind: 'unrecognised',
  type: type || 'nameless',
  raw: raw ?? null,
  ...(reason === undefined ? {} : { reason }),
})
