import {
  fetchGuarded,
  id,
  type MediaFault,
  type MediaFile,
  type MediaReference,
  type OutboundIndication,
  type OutboundMessage,
  present,
  type SendFault,
  type SendReceipt,
  shape,
} from '@ramal/channel'
import type { Graph } from '@ramal/channel-meta'
import * as E from 'fp-ts/lib/Either.js'
import { classify } from './errors.js'
import type { MessengerOptions } from './options.js'
import { bodyOf } from './outbound.js'
import type { Platform } from './platform.js'

/** A page that can be sent through. */
export interface Sender {
  readonly graph: Graph
  readonly path: string
}

/** Nobody can send through a page that was not given. */
export const unknownPage = (endpoint: string): E.Either<SendFault, never> =>
  E.left({ class: 'channel', reason: `Page ${endpoint} is not among the pages of this adapter.` })

const answer = shape({ message_id: id }, { recipient_id: id })

export const sendMessage = async (
  { graph, path }: Sender,
  message: OutboundMessage,
  platform: Platform,
  tags: readonly string[],
): Promise<E.Either<SendFault, SendReceipt>> => {
  const body = bodyOf(message, platform, tags)
  if (E.isLeft(body)) return body
  const sent = await graph.call('POST', `${path}/messages`, classify, body.right)
  if (E.isLeft(sent)) return sent
  const read = answer.decode(sent.right)
  if (E.isLeft(read))
    return E.left({ class: 'uncertain', reason: 'The provider answered without the id of the message.' })
  return E.right({ providerId: read.right.message_id })
}

export const sendIndication = async (
  { graph, path }: Sender,
  { to, indication }: OutboundIndication,
): Promise<E.Either<SendFault, void>> => {
  if (indication.kind === 'reaction')
    return E.left({ class: 'content', reason: 'Reactions are not sent here.' })
  const action = indication.kind === 'read' ? 'mark_seen' : indication.on ? 'typing_on' : 'typing_off'
  const body = { recipient: { id: to.value }, sender_action: action }
  const sent = await graph.call('POST', `${path}/messages`, classify, body)
  return E.isLeft(sent) ? sent : E.right(undefined)
}

export const MEDIA_HOSTS: readonly string[] = ['.fbcdn.net', '.fbsbx.com', '.cdninstagram.com']

const MAX_MEDIA_BYTES = 30 * 1024 * 1024

/** Fetches a file that a customer sent. Its address is signed and needs no token; it lives for some days. */
export const downloadMedia = (
  { reference, mimeType, sha256 }: MediaReference,
  options: MessengerOptions,
): Promise<E.Either<MediaFault, MediaFile>> =>
  fetchGuarded(reference, {
    allow: options.mediaHosts ?? MEDIA_HOSTS,
    maxBytes: options.maxMediaBytes ?? MAX_MEDIA_BYTES,
    ...present({ fetch: options.fetch, clock: options.clock, sha256, mimeType }),
  })

const uploaded = shape({ attachment_id: id })

const attachmentTypeOf = (mimeType: string): string => {
  const kind = mimeType.split('/')[0] ?? ''
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file'
}

/** Gives a file to the provider; the result is its id, to be sent as `reference`. */
export const uploadMedia = async (
  { graph, path }: Sender,
  file: MediaFile,
): Promise<E.Either<SendFault, string>> => {
  const type = attachmentTypeOf(file.mimeType)
  const form = new FormData()
  form.set('message', JSON.stringify({ attachment: { type, payload: { is_reusable: true } } }))
  form.set('filedata', new Blob([Buffer.from(file.bytes)], { type: file.mimeType }), file.filename ?? type)
  const sent = await graph.call('POST', `${path}/message_attachments`, classify, form)
  // Nobody sees a file that was uploaded twice.
  if (E.isLeft(sent))
    return E.left(sent.left.class === 'uncertain' ? { ...sent.left, class: 'retry' } : sent.left)
  const read = uploaded.decode(sent.right)
  return E.isRight(read)
    ? E.right(read.right.attachment_id)
    : E.left({ class: 'retry', reason: 'The provider answered without the id of the file.' })
}
