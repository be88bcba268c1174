import { type ChannelEvent, id, isObject, shape } from '@ramal/channel'
import type { Content, Delivery } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { lookup } from './lookup.js'
import { instantOf } from './parameters.js'
import type { Reporter, SmsFile } from './report.js'

const choice = shape({ id, title: t.string })
const button = shape({ text: t.string }, { payload: id })
const file = shape({ url: t.string }, { caption: t.string })

const common = { to: id, from: id, timestamp: t.string, channel: t.string }
const message = shape(
  { message_uuid: id, message_type: t.string },
  {
    ...common,
    text: t.string,
    context: shape({}, { message_uuid: id }),
    profile: shape({}, { name: t.string }),
  },
)
const step = shape(
  { message_uuid: id, status: t.string },
  { ...common, client_ref: t.string, error: shape({}, { title: id, detail: t.string }) },
)

const deliveries: Readonly<Record<string, Delivery>> = {
  submitted: 'sent',
  delivered: 'delivered',
  read: 'read',
  rejected: 'failed',
  undeliverable: 'failed',
}

/** Source: Vonage, "Messages API errors". */
const faults: Readonly<Record<string, 'retry' | 'wait' | 'recipient' | 'content' | 'window' | 'channel'>> = {
  1000: 'retry',
  1040: 'channel',
  1060: 'channel',
  1170: 'recipient',
  1180: 'wait',
  1190: 'recipient',
  1210: 'content',
  1220: 'wait',
  1240: 'recipient',
  1250: 'recipient',
  1260: 'recipient',
  1280: 'recipient',
  1340: 'window',
  1420: 'channel',
}

const mediaKinds: Readonly<Record<string, NonNullable<SmsFile['media']>>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'document',
  vcard: 'document',
  sticker: 'sticker',
}

/** What a type of message holds under its own name. */
const contentOf = (
  type: string,
  held: unknown,
): { readonly file: SmsFile; readonly text?: string } | Content => {
  const media = lookup(mediaKinds, type)
  const asFile = file.decode(held)
  if (media && E.isRight(asFile)) {
    const { url, caption } = asFile.right
    return { file: { url, media }, ...(caption === undefined ? {} : { text: caption }) }
  }
  const asChoice = choice.decode(held)
  if (type === 'reply' && E.isRight(asChoice)) return { kind: 'choice', ...asChoice.right }
  const asButton = button.decode(held)
  if (type === 'button' && E.isRight(asButton)) {
    const { text, payload = text } = asButton.right
    return { kind: 'choice', id: payload, title: text }
  }
  return { kind: 'unrecognised', type }
}

/** A webhook of Vonage's Messages API; undefined for what is none, such as one of its SMS API. */
export const decodeVonageMessages = (
  json: unknown,
  at: number,
  report: Reporter,
): readonly ChannelEvent[] | undefined => {
  if (!isObject(json)) return undefined
  const asMessage = message.decode(json)
  if (E.isRight(asMessage)) {
    const { message_uuid, message_type: type, text, context, profile, from, to, timestamp } = asMessage.right
    const base = {
      id: message_uuid,
      from,
      to,
      at: instantOf(timestamp) ?? at,
      replyTo: context?.message_uuid,
      profileName: profile?.name,
      raw: json,
    }
    if (type === 'text') return report.message({ ...base, text: text ?? '' })
    const content = contentOf(type, json[type])
    return 'file' in content
      ? report.message({ ...base, text: content.text, files: [content.file] })
      : report.message({ ...base, other: [content] })
  }
  const asStep = step.decode(json)
  if (E.isLeft(asStep)) return undefined
  const { message_uuid, status, from, to, timestamp, client_ref, error } = asStep.right
  return report.status({
    id: message_uuid,
    status,
    to: lookup(deliveries, status),
    at: instantOf(timestamp) ?? at,
    our: from,
    their: to,
    correlation: client_ref,
    code: error?.title,
    reason: error?.detail,
    class: lookup(faults, error?.title),
    raw: json,
  })
}
