import { type ChannelEvent, finish, isObject, parseJson, type RawRequest, unreadable } from '@ramal/channel'
import { heardOnStandby } from '@ramal/channel-meta'
import { describeFaults, type Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { accountEvent, faultEvent } from './account.js'
import { callEvent } from './calls.js'
import { change, entry, envelope, type Value, value } from './codecs.js'
import { handoverEvent } from './handover.js'
import { readContacts } from './identity.js'
import { historyEvents, messageEvents } from './messages.js'
import { digitsIn, keyOf, type Scope, unrecognised } from './scope.js'
import { echoed } from './sent.js'
import { statusEvent } from './statuses.js'
import { preferenceEvent, userIdEvent } from './system.js'

const NONE: ReadonlySet<string> = new Set()

/** Everything that a webhook of the WhatsApp Business Platform reports. Total. */
export const decode = (
  request: Pick<RawRequest, 'body'>,
  receivedAt: Instant,
  portfolio: string,
  accounts: ReadonlySet<string> = NONE,
): readonly ChannelEvent[] => {
  const { body } = request
  const parsed = parseJson(body)
  if (E.isLeft(parsed)) return [unreadable('wa', body, parsed.left, receivedAt)]
  const scope: Scope = {
    endpoint: '',
    number: '',
    account: '',
    accounts,
    at: receivedAt,
    time: '',
    field: '',
    contacts: [],
    portfolio,
  }
  const read = envelope.decode(parsed.right)
  if (E.isLeft(read))
    return finish([unrecognised(scope, 'envelope', parsed.right, describeFaults(read.left))], body.length)
  const { entry: entries } = read.right
  const events = entries.flatMap((u) => entryEvents(u, scope))
  if (events.length === 0) events.push(unrecognised(scope, 'envelope', parsed.right, 'It holds nothing.'))
  return finish(events, body.length)
}

const entryEvents = (u: unknown, outer: Scope): readonly ChannelEvent[] => {
  const read = entry.decode(u)
  if (E.isLeft(read)) return [unrecognised(outer, 'entry', u, describeFaults(read.left))]
  const { id = '', time, changes } = read.right
  const scope = { ...outer, account: id, at: time ?? outer.at, time: String(time ?? '') }
  return changes.flatMap((c) => changeEvents(c, scope))
}

const changeEvents = (u: unknown, outer: Scope): readonly ChannelEvent[] => {
  const read = change.decode(u)
  if (E.isLeft(read)) return [unrecognised(outer, 'change', u, describeFaults(read.left))]
  const { field, value: inner } = read.right
  const decoded = value.decode(inner)
  const held: Value = E.isRight(decoded) ? decoded.right : {}
  const scope: Scope = {
    ...outer,
    field,
    endpoint: held.metadata?.phone_number_id ?? '',
    number: digitsIn(held.metadata?.display_phone_number),
    contacts: readContacts(held.contacts),
  }
  const events = field === 'standby' ? standbyEvents(inner, held, scope) : heldEvents(held, scope)
  if (events.length > 0) return events
  if (field === 'messaging_handovers') {
    const event = handoverEvent(inner, scope)
    if (event) return [event]
  }
  return [accountEvent(inner, scope) ?? unrecognised(scope, field, u)]
}

type ReadItem = (u: unknown, scope: Scope) => readonly ChannelEvent[]

const lists: readonly (readonly [
  name: Exclude<keyof Value, 'metadata' | 'contacts' | 'errors'>,
  read: ReadItem,
])[] = [
  ['messages', messageEvents],
  ['message_echoes', (u, scope) => messageEvents(echoed(u), scope, true)],
  ['statuses', (u, scope) => [statusEvent(u, scope)]],
  ['calls', (u, scope) => [callEvent(u, scope)]],
  ['user_preferences', (u, scope) => [preferenceEvent(u, scope)]],
  ['user_id_update', (u, scope) => [userIdEvent(u, scope)]],
  ['history', historyEvents],
  ['groups', (u, scope) => [unrecognised(scope, scope.field, u)]],
]

/** Each list, whatever the field: what is there is read, and fields come and go. */
const heldEvents = (held: Value, scope: Scope): readonly ChannelEvent[] => {
  const events: ChannelEvent[] = []
  for (const [name, read] of lists) for (const u of held[name] ?? []) events.push(...read(u, scope))
  // Beside something else an error is about that; alone it is about the number.
  const isBeside = events.length > 0
  for (const u of held.errors ?? [])
    events.push(isBeside ? unrecognised(scope, 'error', u) : faultEvent(u, scope))
  return events
}

/**
 * Another application answers here and we listen. The same lists stand in the change, or one level lower; whoever
 * takes part is told that the thread is not ours.
 */
const standbyEvents = (
  inner: Readonly<Record<string, unknown>>,
  held: Value,
  scope: Scope,
): readonly ChannelEvent[] => {
  const lower = value.decode(isObject(inner.standby) ? inner.standby : undefined)
  const events = [...heldEvents(held, scope)]
  if (E.isRight(lower)) {
    const contacts = readContacts(lower.right.contacts)
    events.push(...heldEvents(lower.right, contacts.length > 0 ? { ...scope, contacts } : scope))
  }
  return events.flatMap((event) => heardOnStandby(event, keyOf(scope, 'standby', event.dedupeKey)))
}
