import { id, itemsOf, shape, unixTime } from '@ramal/channel'
import * as t from 'io-ts'

/** A list of whatever: the items are read one by one, so that a bad one costs only itself. */
export const list: t.Type<readonly unknown[], unknown, unknown> = new t.Type(
  'a list',
  (u): u is readonly unknown[] => Array.isArray(u),
  (u, context) => (Array.isArray(u) ? t.success(itemsOf(u)) : t.failure(u, context)),
  t.identity,
)

export const envelope = shape({ object: t.literal('whatsapp_business_account'), entry: list })

export const entry = shape({ changes: list }, { id, time: unixTime })

export const change = shape({ field: t.string, value: t.UnknownRecord })

export const contact = shape(
  {},
  {
    wa_id: id,
    user_id: id,
    parent_user_id: id,
    profile: shape({}, { name: t.string, username: t.string }),
  },
)
export type Contact = t.TypeOf<typeof contact>

/** What a change of field `messages` and its kin holds. */
export const value = shape(
  {},
  {
    metadata: shape({}, { phone_number_id: id, display_phone_number: t.string }),
    contacts: list,
    messages: list,
    message_echoes: list,
    statuses: list,
    calls: list,
    errors: list,
    user_preferences: list,
    user_id_update: list,
    history: list,
    groups: list,
  },
)
export type Value = t.TypeOf<typeof value>

/** Common to messages and echoes, whatever their type. */
export const item = shape(
  { type: t.string },
  {
    id,
    from: id,
    from_user_id: id,
    from_parent_user_id: id,
    to: id,
    to_user_id: id,
    to_parent_user_id: id,
    group_id: id,
    timestamp: unixTime,
    context: shape({}, { id, forwarded: t.boolean, frequently_forwarded: t.boolean }),
    referral: shape(
      {},
      {
        source_type: t.string,
        source_id: id,
        source_url: t.string,
        headline: t.string,
        body: t.string,
        ctwa_clid: t.string,
      },
    ),
    errors: list,
  },
)
export type Item = t.TypeOf<typeof item>
