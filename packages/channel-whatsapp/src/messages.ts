import {
  type ChannelEvent,
  id,
  isObject,
  itemsOf,
  messageReported,
  present,
  type Referral,
  shape,
  wordOf,
} from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import { describeFaults, hashOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type Item, item } from './codecs.js'
import { readers, unsupported } from './content.js'
import { type Person, personOf } from './identity.js'
import type { ReadContent } from './reader.js'
import { keyOf, reported, type Scope, unrecognised } from './scope.js'
import { systemEvents } from './system.js'

/** Types by which WhatsApp says that it has a message for us that it cannot hand over. */
const NOT_HANDED_OVER = new Set(['unsupported', 'unknown', 'ephemeral'])

/** Types that are no message, but say something about one or about a person. */
const CHANGES = new Set(['reaction', 'edit', 'revoke', 'system'])

/** What a common item says in fields that an event has room for; with any other its payload is kept. */
const PLAIN_FIELDS = new Set([
  ...['id', 'type', 'from', 'from_user_id', 'from_parent_user_id', 'to', 'to_user_id', 'to_parent_user_id'],
  ...['timestamp', 'text', 'image', 'video', 'audio', 'voice', 'document', 'sticker', 'location', 'button'],
])

const PLAIN_CONTEXT = new Set(['id', 'from', 'forwarded', 'frequently_forwarded'])

const PLAIN_REPLIES: ReadonlySet<unknown> = new Set(['button_reply', 'list_reply'])

const isPlain = (raw: Readonly<Record<string, unknown>>, content: Content): boolean =>
  Object.keys(raw).every(
    (key) =>
      PLAIN_FIELDS.has(key) ||
      (key === 'interactive' && content.kind === 'choice' && isObject(raw.interactive)
        ? PLAIN_REPLIES.has(raw.interactive.type)
        : false) ||
      (key === 'context' &&
        isObject(raw.context) &&
        Object.keys(raw.context).every((k) => PLAIN_CONTEXT.has(k))),
  )

const referralOf = ({ referral }: Item): Referral | undefined =>
  referral && {
    source: referral.source_type ?? 'ad',
    ...present({
      id: referral.source_id,
      url: referral.source_url,
      headline: referral.headline,
      body: referral.body,
      click: referral.ctwa_clid,
    }),
  }

/** Who the other side is: the sender of a message, the addressee of an echo. */
const otherSideOf = (read: Item, scope: Scope, isEcho: boolean): Person =>
  isEcho
    ? personOf([read.to, read.to_user_id, read.to_parent_user_id], scope.contacts, scope.portfolio)
    : personOf([read.from, read.from_user_id, read.from_parent_user_id], scope.contacts, scope.portfolio)

const contentOf = (read: Item, raw: Readonly<Record<string, unknown>>, key: string): ReadContent => {
  const reader = readers.get(read.type)
  if (reader) return reader(raw[read.type], key)
  if (NOT_HANDED_OVER.has(read.type)) return E.right(unsupported(read.type, raw[read.type], read.errors))
  return E.left(`type: ${JSON.stringify(read.type)} is not known`)
}

/** The events of one item of `messages` or `message_echoes`. */
export const messageEvents = (u: unknown, scope: Scope, isEcho = false): readonly ChannelEvent[] => {
  const decoded = item.decode(u)
  if (E.isLeft(decoded) || !isObject(u))
    return [unrecognised(scope, 'message', u, E.isLeft(decoded) ? describeFaults(decoded.left) : undefined)]
  if (scope.field === 'history') return [historyEvent(u, scope)]
  const read = decoded.right
  const { type, timestamp, context } = read
  const person = otherSideOf(read, scope, isEcho)
  const at = timestamp ?? scope.at
  const rest = { peer: person.peer, profileName: person.profileName, at }
  // What changes an earlier message has an id of its own, but some senders have been seen to repeat that of the other.
  const change = CHANGES.has(type) ? [type, String(timestamp ?? '')] : []
  const key = keyOf(scope, read.id ?? hashOf(u), ...change)
  const base = reported(scope, key, rest)

  if (type === 'system') return systemEvents(u, read, scope, base)
  if (person.peer.length === 0 && read.group_id === undefined)
    return [unrecognised(scope, `message.${type}`, u, 'It does not say who the other side is.', { at })]

  if (type === 'reaction' || type === 'edit' || type === 'revoke') {
    const event = changeOf(type, u[type], base)
    if (isEcho && event?.kind === 'reaction') return [{ ...event, by: { kind: 'external' } }]
    return [
      event ?? unrecognised(scope, `message.${type}`, u, 'It does not say which message is meant.', rest),
    ]
  }

  const content = contentOf(read, u, key)
  const providerId = read.id ?? key
  // A message whose content we cannot read is a message all the same: somebody has written and waits.
  const said: Content = E.isRight(content) ? content.right : { kind: 'unrecognised', type }
  const raw = E.isRight(content) && isPlain(u, said) ? undefined : u
  if (read.group_id === undefined && !isEcho)
    return [
      messageReported(base, {
        providerId,
        content: said,
        replyTo: context?.id,
        forwarded: context?.forwarded || context?.frequently_forwarded || undefined,
        referral: referralOf(read),
        raw,
      }),
    ]
  const kept = raw === undefined ? base : { ...base, raw }
  return read.group_id === undefined
    ? [{ ...kept, kind: 'echo', providerId, content: said, by: { kind: 'external' } }]
    : [{ ...kept, kind: 'groupMessage', providerId, group: read.group_id, content: said }]
}

const target = shape({ message_id: id })
const original = shape({ original_message_id: id })

/** What an item does to an earlier message. */
const changeOf = (
  type: 'reaction' | 'edit' | 'revoke',
  u: unknown,
  base: ReturnType<typeof reported>,
): ChannelEvent | undefined => {
  if (type === 'reaction') {
    const read = target.decode(u)
    if (E.isLeft(read) || !isObject(u)) return undefined
    // Taken back: an empty emoji, or none.
    const emoji = typeof u.emoji === 'string' && u.emoji !== '' ? { emoji: u.emoji } : {}
    return { ...base, kind: 'reaction', target: read.right.message_id, ...emoji }
  }
  const read = original.decode(u)
  if (E.isLeft(read) || !isObject(u)) return undefined
  const { original_message_id: edited } = read.right
  if (type === 'revoke') return { ...base, kind: 'messageRevoked', target: edited }
  const message = isObject(u.message) ? u.message : {}
  const inner = wordOf(message.type) ?? ''
  const content = readers.get(inner)?.(message[inner], base.dedupeKey)
  return content && E.isRight(content)
    ? { ...base, kind: 'messageEdited', target: edited, content: content.right }
    : {
        ...base,
        kind: 'messageEdited',
        target: edited,
        content: { kind: 'unrecognised', type: inner },
        raw: u,
      }
}

/** Of whom a message of the history is: `thread` where that is said, else whoever of the two is not us. */
const historyEvent = (u: unknown, scope: Scope, thread?: string): ChannelEvent => {
  const read = item.decode(u)
  const { timestamp: at = scope.at, from, to }: Partial<Item> = E.isRight(read) ? read.right : {}
  const other = thread ?? to ?? (from === scope.number ? undefined : from)
  const person = other === undefined ? {} : personOf([other], scope.contacts, scope.portfolio)
  return unrecognised(scope, 'history', u, 'It is older than our connection.', { ...person, at })
}

/** Messages from before we were connected: kept with who they are of, but nobody waits for an answer to them. */
export const historyEvents = (u: unknown, scope: Scope): readonly ChannelEvent[] => {
  if (!isObject(u) || !Array.isArray(u.threads)) return [unrecognised(scope, 'history', u)]
  return u.threads.flatMap((thread: unknown) => {
    if (!isObject(thread)) return [unrecognised(scope, 'history', thread)]
    const other = typeof thread.id === 'string' ? thread.id : undefined
    return itemsOf(thread.messages).map((message) => historyEvent(message, scope, other))
  })
}
