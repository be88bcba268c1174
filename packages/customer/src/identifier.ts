import { nonEmpty, oneOf, personal, record } from '@ramal/core'
import * as t from 'io-ts'

/**
 * What a channel knows a person by. A phone number is one kind of many, and no identity by itself:
 * - `e164` a phone number; `wa_id` WhatsApp's form of one, which may differ by a digit
 * - `bsuid`, `parent_bsuid` WhatsApp's user id within a business portfolio
 * - `psid`, `igsid` Messenger's and Instagram's user id within a page or an account
 * - `telegram_id` within a bot; `webchat_visitor` within a widget; `external_id` in the brand's own systems
 */
export const identifierKind = oneOf(
  'e164',
  'wa_id',
  'bsuid',
  'parent_bsuid',
  'psid',
  'igsid',
  'telegram_id',
  'email',
  'external_id',
  'webchat_visitor',
)

/** `scope` is where the value is unique: a portfolio, page, bot or widget; absent where it is so everywhere. */
export const identifier = record(
  { kind: identifierKind, value: personal(nonEmpty) },
  { scope: t.string, verified: t.boolean },
)

export type IdentifierKind = t.TypeOf<typeof identifierKind>

export interface Identifier {
  readonly kind: IdentifierKind
  readonly value: string
  readonly scope?: string
  /** The channel or the brand vouches for it, as opposed to the customer's own word. */
  readonly verified?: boolean
}

/** One text per identifier: the same for the same kind, scope and value. */
export const identifierKey = ({ kind, scope = '', value }: Identifier): string => `${kind}:${scope}:${value}`
