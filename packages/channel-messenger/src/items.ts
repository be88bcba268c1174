import {
  type ChannelEvent,
  id,
  isObject,
  itemsOf,
  messageReported,
  present,
  shape,
  unixTime,
} from '@ramal/channel'
import { hashOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { contentsOf, referralOf, storyOf } from './content.js'
import { type ItemScope, keyOf, reported, unrecognised } from './scope.js'

type Raw = Readonly<Record<string, unknown>>
/** The events of one item; `u` is what stands under its name. Undefined: it is not as it should be. */
export type ItemReader = (u: Raw, item: Raw, scope: ItemScope) => readonly ChannelEvent[] | undefined

const textOf = (u: unknown): string | undefined => {
  const read = id.decode(u)
  return E.isRight(read) ? read.right : undefined
}

/** What a common message says in fields that an event has room for; with any other its payload is kept. */
const PLAIN = new Set([
  'mid',
  'text',
  'seq',
  'attachments',
  'quick_reply',
  'is_echo',
  'app_id',
  'metadata',
  'sticker_id',
])

/** From whom to whom, and when. */
const ENDS: ReadonlySet<string> = new Set(['sender', 'recipient', 'timestamp'])

/**
 * A message, an echo of ours, or a message taken back. The parts of a message with several attachments are
 * `<mid>`, `<mid>#1`, `<mid>#2` ...; what happens to `<mid>` happens to all of them.
 */
const message: ItemReader = (u, item, scope) => {
  const mid = textOf(u.mid)
  const key = keyOf(scope, mid ?? hashOf(item))
  const providerId = mid ?? key
  if (u.is_deleted === true)
    return mid === undefined
      ? undefined
      : [{ ...reported(scope, `${key}:deleted`), kind: 'messageRevoked', target: mid }]
  const contents = contentsOf(u, key)
  const isPlain = contents.every(
    (c) => c.kind === 'text' || c.kind === 'media' || c.kind === 'choice' || c.kind === 'location',
  )
  const isAlone = Object.keys(item).every((name) => ENDS.has(name) || name === 'message')
  const raw = isPlain && isAlone && Object.keys(u).every((name) => PLAIN.has(name)) ? undefined : item
  const application = textOf(u.app_id)
  const isSentByUs = scope.isOurs && application !== undefined && application === scope.appId
  // Where our id does not come back, the message is one that we know by the id in the answer, or soon will.
  if (isSentByUs && mid !== undefined && !scope.platform.echoesMetadata)
    return [{ ...reported(scope, key), kind: 'status', providerId: mid, to: 'sent' }]
  return contents.map((content, i): ChannelEvent => {
    const part = i === 0 ? '' : `#${i}`
    const base = reported(scope, key + part, i === 0 ? raw : undefined)
    if (scope.isOurs)
      return {
        ...base,
        kind: 'echo',
        providerId: providerId + part,
        content,
        by: { kind: isSentByUs ? 'system' : 'external' },
        ...present({ application, correlation: typeof u.metadata === 'string' ? u.metadata : undefined }),
      }
    const replied = isObject(u.reply_to) ? textOf(u.reply_to.mid) : undefined
    return messageReported(base, {
      providerId: providerId + part,
      content,
      replyTo: replied,
      referral: referralOf(u.referral) ?? storyOf(u.reply_to),
    })
  })
}

/** A button of ours was pressed. While another application has the thread, the payload is withheld. */
const postback: ItemReader = (u, item, scope) => {
  const title = textOf(u.title)
  const chosen = textOf(u.payload) ?? title
  if (chosen === undefined) return undefined
  const mid = textOf(u.mid)
  const key = keyOf(scope, mid ?? `${scope.other}:${scope.time}:${hashOf(u.payload ?? title)}`)
  return [
    {
      ...reported(scope, key, item),
      kind: 'message',
      providerId: mid ?? key,
      content: { kind: 'choice', id: chosen, title: title ?? chosen },
      ...present({ referral: referralOf(u.referral) }),
    },
  ]
}

const reaction: ItemReader = (u, _item, scope) => {
  const mid = textOf(u.mid)
  const action = textOf(u.action)
  if (mid === undefined || (action !== 'react' && action !== 'unreact')) return undefined
  const emoji = action === 'react' ? (textOf(u.emoji) ?? textOf(u.reaction)) : undefined
  const key = keyOf(scope, mid, scope.other, action, scope.time)
  const by = scope.isOurs ? ({ kind: 'external' } as const) : undefined
  return [{ ...reported(scope, key), kind: 'reaction', target: mid, ...present({ emoji, by }) }]
}

const edit: ItemReader = (u, _item, scope) => {
  const mid = textOf(u.mid)
  if (mid === undefined || typeof u.text !== 'string') return undefined
  const key = keyOf(scope, mid, 'edit', textOf(u.num_edit) ?? scope.time)
  return [
    { ...reported(scope, key), kind: 'messageEdited', target: mid, content: { kind: 'text', text: u.text } },
  ]
}

const watermark = (u: unknown): number | undefined => {
  const read = unixTime.decode(u)
  return E.isRight(read) ? read.right : undefined
}

/** Messenger says up to when, Instagram says which. */
const read: ItemReader = (u, item, scope) => {
  if (scope.isOurs) return [unrecognised(scope, 'read', item, 'It is what the page has read.')]
  const upTo = watermark(u.watermark)
  if (upTo !== undefined)
    return [{ ...reported(scope, keyOf(scope, scope.other, 'read', String(upTo))), kind: 'readCursor', upTo }]
  const mid = textOf(u.mid)
  if (mid === undefined) return undefined
  return [{ ...reported(scope, keyOf(scope, mid, 'read')), kind: 'status', providerId: mid, to: 'read' }]
}

const delivery: ItemReader = (u, item, scope) => {
  if (scope.isOurs) return [unrecognised(scope, 'delivery', item, 'It is what the page has got.')]
  const mids = itemsOf(u.mids).flatMap((mid) => textOf(mid) ?? [])
  if (mids.length > 0)
    return mids.map((mid) => ({
      ...reported(scope, keyOf(scope, mid, 'delivered')),
      kind: 'status',
      providerId: mid,
      to: 'delivered',
    }))
  const upTo = watermark(u.watermark)
  if (upTo === undefined) return undefined
  const key = keyOf(scope, scope.other, 'delivered', String(upTo))
  return [{ ...reported(scope, key), kind: 'deliveryCursor', upTo }]
}

/** A link or an advertisement was followed within a thread that exists. */
const referral: ItemReader = (u, item, scope) => {
  const from = referralOf(u)
  if (!from) return undefined
  const key = keyOf(scope, scope.other, 'referral', scope.time, hashOf(u))
  return [
    {
      ...reported(scope, key, item),
      kind: 'message',
      providerId: key,
      content: { kind: 'reference', to: 'referral', ...present({ id: from.id, url: from.url }) },
      referral: from,
    },
  ]
}

const OPT_OUT = /^STOP/i

/** Consent to be written to, or, without a type, that somebody came through a button on a site. */
const optin: ItemReader = (u, item, scope) => {
  const key = keyOf(scope, scope.other, 'optin', scope.time, hashOf(u))
  const type = textOf(u.type)
  if (type === 'one_time_notif_req')
    return [unrecognised(scope, 'optin', item, 'It allows one message, about one thing.')]
  if (type === 'notification_messages') {
    const status = textOf(u.notification_messages_status)
    const granted = !(status && OPT_OUT.test(status))
    return [
      { ...reported(scope, key, item), kind: 'consent', purpose: 'marketing', granted, source: 'provider' },
    ]
  }
  const ref = textOf(u.ref)
  if (ref === undefined) return undefined
  return [
    {
      ...reported(scope, key, item),
      kind: 'message',
      providerId: key,
      content: { kind: 'reference', to: 'optin', id: ref },
      referral: { source: 'optin', ref },
    },
  ]
}

const control =
  (taken: 'passed' | 'taken' | 'requested'): ItemReader =>
  (u, item, scope) => {
    const next = textOf(u.new_owner_app_id) ?? textOf(u.requested_owner_app_id)
    // The new owner is told that it was passed a thread, the old one that it was taken.
    const isUs =
      taken === 'requested' ||
      (next === undefined || scope.appId === undefined ? taken === 'passed' : next === scope.appId)
    const application = next ?? textOf(u.previous_owner_app_id)
    return [
      {
        ...reported(scope, keyOf(scope, scope.other, taken, scope.time, application ?? ''), item),
        kind: 'threadControl',
        owner: isUs ? 'us' : 'other',
        ...present({ application, requested: taken === 'requested' ? true : undefined }),
      },
    ]
  }

const policy = shape({ action: t.string }, { reason: t.string })

/** The page broke a rule, or is allowed again. */
const enforcement: ItemReader = (u, item, scope) => {
  const decoded = policy.decode(u)
  if (E.isLeft(decoded)) return undefined
  const { action, reason } = decoded.right
  return [
    {
      ...reported({ ...scope, peer: [] }, keyOf(scope, 'policy', action, scope.time), item),
      kind: 'endpointHealth',
      level: action === 'block' ? 'down' : action === 'unblock' ? 'ok' : 'degraded',
      what: `policy-enforcement.${action}`,
      ...present({ detail: reason }),
    },
  ]
}

/** By the name under which an item holds what it is. */
export const itemReaders: ReadonlyMap<string, ItemReader> = new Map<string, ItemReader>([
  ['message', message],
  ['postback', postback],
  ['reaction', reaction],
  ['message_edit', edit],
  ['read', read],
  ['delivery', delivery],
  ['referral', referral],
  ['optin', optin],
  ['pass_thread_control', control('passed')],
  ['take_thread_control', control('taken')],
  ['request_thread_control', control('requested')],
  ['policy-enforcement', enforcement],
  ['policy_enforcement', enforcement],
])

/** Names beside which an item holds what it is. */
const FRAME = new Set([...ENDS, 'hop_context', 'prior_message'])

export const readItem = (item: Raw, scope: ItemScope): readonly ChannelEvent[] => {
  const names = Object.keys(item).filter((key) => !FRAME.has(key))
  for (const name of names) {
    const reader = itemReaders.get(name)
    const held = item[name]
    if (!reader || !isObject(held)) continue
    if (scope.peer.length === 0 && reader !== enforcement)
      return [unrecognised(scope, name, item, 'It does not say who the other side is.')]
    return reader(held, item, scope) ?? [unrecognised(scope, name, item, `${name} is not as it should be.`)]
  }
  return [unrecognised(scope, names[0] ?? 'messaging', item)]
}
