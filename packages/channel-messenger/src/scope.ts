import { type ChannelEvent, present, type Reported } from '@ramal/channel'
import { hashOf, type Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import type { Platform } from './platform.js'

/** What an item is read within. */
export interface Scope {
  readonly platform: Platform
  /** Of our own app, where it is known. */
  readonly appId: string | undefined
  /** The page or the account. */
  readonly endpoint: string
  /** Of the whole entry; else when it was received. */
  readonly at: Instant
  /** The same in digits, and nothing where the body does not say: the same body makes the same keys. */
  readonly time: string
}

/** An item with its page and its other side. */
export interface ItemScope extends Scope {
  readonly peer: readonly Identifier[]
  /** The id of the other side; empty where there is none. */
  readonly other: string
  /** The page did it, and not the person. */
  readonly isOurs: boolean
}

export const keyOf = (scope: Scope, ...parts: readonly string[]): string =>
  [scope.platform.prefix, scope.endpoint, ...parts].join(':')

export const reported = (scope: Scope | ItemScope, key: string, raw?: unknown): Reported =>
  present<Reported>({
    dedupeKey: key,
    at: scope.at,
    endpoint: scope.endpoint,
    peer: 'peer' in scope ? scope.peer : [],
    raw,
  }) as Reported

/** Something kept whole, because it is not known or not as it should be. */
export const unrecognised = (
  scope: Scope | ItemScope,
  type: string,
  raw: unknown,
  reason?: string,
): ChannelEvent => ({
  ...reported(scope, keyOf(scope, 'unrecognised', type, hashOf(raw ?? null))),
  kind: 'unrecognised',
  type: type || 'nameless',
  raw: raw ?? null,
  ...(reason === undefined ? {} : { reason }),
})
