import {
  type ChannelEvent,
  finish,
  id,
  isObject,
  itemsOf,
  parseJson,
  type RawRequest,
  shape,
  unixTime,
  unreadable,
} from '@ramal/channel'
import { heardOnStandby } from '@ramal/channel-meta'
import { describeFaults, type Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { itemReaders, readItem } from './items.js'
import type { Platform } from './platform.js'
import { keyOf, type Scope, unrecognised } from './scope.js'

const side = shape({}, { id, user_ref: id })
const frame = shape(
  {},
  { sender: side, recipient: side, timestamp: unixTime, message: shape({}, { is_echo: t.boolean }) },
)
const entry = shape(
  {},
  {
    id,
    time: unixTime,
    messaging: t.UnknownArray,
    standby: t.UnknownArray,
    changes: t.UnknownArray,
  },
)

/** What stands in an entry of which nothing more is kept: `hop_context` is through which applications it came. */
const READ = new Set(['id', 'time', 'messaging', 'standby', 'changes', 'hop_context'])

const envelopes = {
  page: shape({ object: t.literal('page'), entry: t.UnknownArray }),
  instagram: shape({ object: t.literal('instagram'), entry: t.UnknownArray }),
}

/** Everything that a webhook of Messenger or Instagram reports. Total. */
export const decode = (
  request: Pick<RawRequest, 'body'>,
  receivedAt: Instant,
  platform: Platform,
  appId?: string,
): readonly ChannelEvent[] => {
  const { body } = request
  const parsed = parseJson(body)
  if (E.isLeft(parsed)) return [unreadable(platform.prefix, body, parsed.left, receivedAt)]
  const scope: Scope = { platform, appId, endpoint: '', at: receivedAt, time: '' }
  const envelope = envelopes[platform.object].decode(parsed.right)
  if (E.isLeft(envelope))
    return finish([unrecognised(scope, 'envelope', parsed.right, describeFaults(envelope.left))], body.length)
  const events = envelope.right.entry.flatMap((u) => entryEvents(u, scope))
  if (events.length === 0) events.push(unrecognised(scope, 'envelope', parsed.right, 'It holds nothing.'))
  return finish(events, body.length)
}

const entryEvents = (u: unknown, outer: Scope): readonly ChannelEvent[] => {
  const read = entry.decode(u)
  if (E.isLeft(read)) return [unrecognised(outer, 'entry', u, describeFaults(read.left))]
  const { id: page = '', time, messaging, standby, changes } = read.right
  const scope = { ...outer, endpoint: page, at: time ?? outer.at, time: String(time ?? '') }
  const events: ChannelEvent[] = []
  for (const item of itemsOf(messaging)) events.push(...itemEvents(item, scope))
  for (const item of itemsOf(standby)) events.push(...standbyEvents(item, scope))
  for (const change of itemsOf(changes)) events.push(...changeEvents(change, scope))
  // Such as calls, which stand beside the messages.
  for (const [name, more] of Object.entries(isObject(u) ? u : {}))
    if (!READ.has(name))
      for (const item of Array.isArray(more) ? more : [more])
        if (isObject(item)) events.push(unrecognised(scope, name, item))
  return events.length > 0 ? events : [unrecognised(scope, 'entry', u, 'It holds nothing that we know.')]
}

const itemEvents = (u: unknown, outer: Scope): readonly ChannelEvent[] => {
  const read = frame.decode(u)
  if (E.isLeft(read) || !isObject(u)) return [unrecognised(outer, 'messaging', u, 'It is no object.')]
  const { sender, recipient, timestamp, message } = read.right
  // What the page did goes from the page to the person, all else the other way; only messages say which.
  const isOurs = message?.is_echo === true || (outer.endpoint !== '' && sender?.id === outer.endpoint)
  const [other, page] = isOurs ? [recipient?.id, sender?.id] : [sender?.id, recipient?.id]
  const endpoint = page ?? outer.endpoint
  const { identifier } = outer.platform
  return readItem(u, {
    platform: outer.platform,
    appId: outer.appId,
    endpoint,
    at: timestamp ?? outer.at,
    time: timestamp === undefined ? outer.time : String(timestamp),
    isOurs,
    other: other ?? '',
    peer: other === undefined ? [] : [{ kind: identifier, scope: endpoint, value: other, verified: true }],
  })
}

/** Another application answers here and we listen: whoever takes part is told that the thread is not ours. */
const standbyEvents = (u: unknown, scope: Scope): readonly ChannelEvent[] =>
  itemEvents(u, scope).flatMap((event) => heardOnStandby(event, keyOf(scope, 'standby', event.dedupeKey)))

/** Instagram also sends items as changes of a field; comments and other news are kept as they are. */
const changeEvents = (u: unknown, scope: Scope): readonly ChannelEvent[] => {
  const value = isObject(u) ? u.value : undefined
  if (isObject(value) && isObject(value.sender) && Object.keys(value).some((key) => itemReaders.has(key)))
    return itemEvents(value, scope)
  return [unrecognised(scope, isObject(u) && typeof u.field === 'string' ? u.field : 'change', u)]
}
