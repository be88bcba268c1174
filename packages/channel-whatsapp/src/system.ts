import { type ChannelEvent, id, isObject, type Reported, shape, unixTime } from '@ramal/channel'
import { hashOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Item } from './codecs.js'
import { identifiersOf } from './identity.js'
import { keyOf, reported, type Scope, unrecognised } from './scope.js'

const system = shape(
  { type: t.string },
  {
    wa_id: id,
    new_wa_id: id,
    user_id: id,
    parent_user_id: id,
    previous_user_id: id,
    previous_parent_user_id: id,
    customer: id,
  },
)

/**
 * Notices about a person: another number, another user id, another device. Only ids in fields of their own count:
 * the text of a notice holds the name that people give themselves, which could be anybody's id.
 */
export const systemEvents = (
  u: unknown,
  read: Item,
  scope: Scope,
  base: Reported,
): readonly ChannelEvent[] => {
  const notice = system.decode(isObject(u) ? u.system : undefined)
  if (E.isLeft(notice)) return [unrecognised(scope, 'message.system', u, 'It has no system notice.', base)]
  const { type, wa_id, new_wa_id, user_id, parent_user_id } = notice.right
  const { customer, previous_user_id, previous_parent_user_id } = notice.right
  const before = identifiersOf(
    [read.from, read.from_user_id, customer, previous_user_id, previous_parent_user_id],
    scope.portfolio,
  )
  const after = identifiersOf([wa_id, new_wa_id, user_id, parent_user_id], scope.portfolio)
  const isNew = (i: { readonly value: string }) => after.every((other) => other.value !== i.value)
  switch (type) {
    case 'user_changed_number':
    case 'customer_changed_number':
    case 'user_changed_user_id':
      if (after.length === 0) break
      return [{ ...base, peer: after, kind: 'identityChanged', previous: before.filter(isNew), raw: u }]
    case 'customer_identity_changed':
    case 'user_identity_changed':
      if (base.peer.length === 0) break
      return [{ ...base, kind: 'identityChanged', previous: [], security: true, raw: u }]
  }
  return [unrecognised(scope, `system.${type}`, u, undefined, base)]
}

const change = shape({ current: id }, { previous: id })
const update = shape({}, { wa_id: id, user_id: change, parent_user_id: change, timestamp: unixTime })

/** A change of field `user_id_update`: somebody's user id is another now. */
export const userIdEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const read = update.decode(u)
  const { wa_id, user_id, parent_user_id, timestamp } = E.isRight(read) ? read.right : {}
  const peer = identifiersOf([wa_id, user_id?.current, parent_user_id?.current], scope.portfolio)
  const previous = identifiersOf([user_id?.previous, parent_user_id?.previous], scope.portfolio)
  if (peer.length === 0) return unrecognised(scope, 'user_id_update', u, 'It holds no id that we know.')
  const key = keyOf(scope, 'user-id', user_id?.current ?? hashOf(u), String(timestamp ?? ''))
  return {
    ...reported(scope, key, { peer, at: timestamp ?? scope.at }),
    kind: 'identityChanged',
    previous,
  }
}

const preference = shape(
  { category: t.string, value: t.string },
  { wa_id: id, user_id: id, parent_user_id: id, timestamp: unixTime },
)

/** What a person may be written about, as they set it in WhatsApp itself: it lets nothing else through. */
export const preferenceEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const read = preference.decode(u)
  if (E.isLeft(read)) return unrecognised(scope, 'user_preferences', u)
  const { category, value, wa_id, user_id, parent_user_id, timestamp } = read.right
  const peer = identifiersOf([wa_id, user_id, parent_user_id], scope.portfolio)
  const granted = value === 'resume' || value === 'signup'
  if (peer.length === 0 || category !== 'marketing_messages' || !(granted || value === 'stop'))
    return unrecognised(scope, 'user_preferences', u, `${category} is ${value}.`, { peer })
  const key = keyOf(scope, 'preference', wa_id ?? user_id ?? '', category, value, String(timestamp ?? ''))
  return {
    ...reported(scope, key, { peer, at: timestamp ?? scope.at, raw: u }),
    kind: 'consent',
    purpose: 'marketing',
    granted,
    source: 'provider',
  }
}
