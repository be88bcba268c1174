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
  const events: ChannelEvent[] = []
  for (const u of read.right.entry) readEntry(u, scope, events)
  if (events.length === 0) events.push(unrecognised(scope, 'envelope', parsed.right, 'It holds nothing.'))
  return finish(events, body.length)
}

// What nearly every webhook goes through is put together field by field and list by list: a copy of another object, and
// a list of lists that is made one, cost as much as all that is read here.

const readEntry = (u: unknown, outer: Scope, events: ChannelEvent[]): void => {
  const read = entry.decode(u)
  if (E.isLeft(read)) return void events.push(unrecognised(outer, 'entry', u, describeFaults(read.left)))
  const { id = '', time, changes } = read.right
  const { endpoint, number, accounts, field, contacts, portfolio } = outer
  const at = time ?? outer.at
  const said = time === undefined ? '' : String(time)
  const scope = { endpoint, number, account: id, accounts, at, time: said, field, contacts, portfolio }
  for (const c of changes) readChange(c, scope, events)
}

const readChange = (u: unknown, outer: Scope, events: ChannelEvent[]): void => {
  const read = change.decode(u)
  if (E.isLeft(read)) return void events.push(unrecognised(outer, 'change', u, describeFaults(read.left)))
  const { field, value: inner } = read.right
  const decoded = value.decode(inner)
  const held: Value = E.isRight(decoded) ? decoded.right : {}
  const { account, accounts, at, time, portfolio } = outer
  const endpoint = held.metadata?.phone_number_id ?? ''
  const number = digitsIn(held.metadata?.display_phone_number)
  const contacts = readContacts(held.contacts)
  const scope: Scope = { endpoint, number, account, accounts, at, time, field, contacts, portfolio }
  const before = events.length
  if (field === 'standby') events.push(...standbyEvents(inner, held, scope))
  else readHeld(held, scope, events)
  if (events.length > before) return
  const handover = field === 'messaging_handovers' ? handoverEvent(inner, scope) : undefined
  events.push(handover ?? accountEvent(inner, scope) ?? unrecognised(scope, field, u))
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
const readHeld = (held: Value, scope: Scope, events: ChannelEvent[]): void => {
  const before = events.length
  for (const [name, read] of lists) {
    const items = held[name]
    if (items) for (const u of items) for (const event of read(u, scope)) events.push(event)
  }
  if (!held.errors) return
  // Beside something else an error is about that; alone it is about the number.
  const isBeside = events.length > before
  for (const u of held.errors) events.push(isBeside ? unrecognised(scope, 'error', u) : faultEvent(u, scope))
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
  const events: ChannelEvent[] = []
  readHeld(held, scope, events)
  if (E.isRight(lower)) {
    const contacts = readContacts(lower.right.contacts)
    readHeld(lower.right, contacts.length > 0 ? { ...scope, contacts } : scope, events)
  }
  return events.flatMap((event) => heardOnStandby(event, keyOf(scope, 'standby', event.dedupeKey)))
}
