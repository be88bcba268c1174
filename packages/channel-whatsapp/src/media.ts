import {
  fetchGuarded,
  id,
  type MediaFault,
  type MediaFile,
  type MediaReference,
  present,
  type SendFault,
  shape,
} from '@ramal/channel'
import type { Graph } from '@ramal/channel-meta'
import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { classify, withPause } from './errors.js'
import type { WhatsAppOptions } from './options.js'

export const MEDIA_HOSTS: readonly string[] = ['lookaside.fbsbx.com', '.fbcdn.net', '.whatsapp.net']

const MAX_MEDIA_BYTES = 100 * 1024 * 1024

const DAY = 86_400_000

/** Files that came with a webhook are kept for seven days; an address without an id lives for five minutes. */
export const mediaUntil = (reference: string, receivedAt: Instant): Instant =>
  receivedAt + (reference.startsWith('https:') ? 5 * 60_000 : 7 * DAY)

/** Uploaded files are kept for thirty days; a day is left for the way. */
export const UPLOADS_LAST = 29 * DAY

const located = shape({ url: t.string }, { mime_type: t.string, sha256: t.string })

export interface MediaAddress {
  /** Lives for five minutes, and needs the access token. */
  readonly url: string
  readonly mimeType?: string
  readonly sha256?: string
}

/** Where a file is now. */
export const locateMedia = async (
  graph: Graph,
  endpoint: string,
  mediaId: string,
): Promise<E.Either<MediaFault, MediaAddress>> => {
  const path = `${encodeURIComponent(mediaId)}?phone_number_id=${encodeURIComponent(endpoint)}`
  const answered = await graph.call('GET', path, classify)
  if (E.isLeft(answered)) {
    const { class: kind, reason, retryAfter } = answered.left
    // A read can be repeated whatever became of it. Code 100: there is no such file, or no longer.
    return E.left({ final: kind === 'content', reason, ...present({ retryAfter }) })
  }
  const read = located.decode(answered.right)
  if (E.isLeft(read)) return E.left({ final: false, reason: 'WhatsApp answered without an address.' })
  const { url, mime_type, sha256 } = read.right
  return E.right({ url, ...present({ mimeType: mime_type, sha256 }) })
}

/**
 * Fetches a file that a customer sent: asks where it is, fetches it from there with the token, which is shown to
 * Meta's hosts only, and checks its hash. To be repeated as a whole: the address does not live long.
 */
export const downloadMedia = async (
  graph: Graph,
  { endpoint, reference, mimeType, sha256 }: MediaReference,
  options: WhatsAppOptions,
): Promise<E.Either<MediaFault, MediaFile>> => {
  const found: E.Either<MediaFault, MediaAddress> = reference.startsWith('https:')
    ? E.right({ url: reference })
    : await locateMedia(graph, endpoint, reference)
  if (E.isLeft(found)) return found
  const address = found.right
  let token: string
  try {
    token = await graph.token()
  } catch {
    return E.left({ final: false, reason: 'There is no access token now.' })
  }
  return fetchGuarded(address.url, {
    allow: options.mediaHosts ?? MEDIA_HOSTS,
    maxBytes: options.maxMediaBytes ?? MAX_MEDIA_BYTES,
    headers: { authorization: `Bearer ${token}` },
    secrets: [token],
    ...present({
      fetch: options.fetch,
      clock: options.clock,
      sha256: sha256 ?? address.sha256,
      mimeType: address.mimeType ?? mimeType,
    }),
  })
}

const uploaded = shape({ id })

/** By type: WhatsApp refuses a file whose name ends otherwise than its type says. */
const extensions: ReadonlyMap<string, string> = new Map([
  ['audio/ogg', 'ogg'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp4', 'm4a'],
  ['audio/aac', 'aac'],
  ['audio/amr', 'amr'],
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
  ['video/mp4', 'mp4'],
  ['video/3gpp', '3gp'],
  ['application/pdf', 'pdf'],
  ['text/plain', 'txt'],
])

/** Gives a file to WhatsApp, for thirty days; the result is its id, to be sent as `reference`. */
export const uploadMedia = async (
  graph: Graph,
  endpoint: string,
  file: MediaFile,
): Promise<E.Either<SendFault, string>> => {
  const plainType = file.mimeType.split(';')[0]?.trim() ?? ''
  const name = file.filename ?? `file.${extensions.get(plainType) ?? 'bin'}`
  const form = new FormData()
  form.set('messaging_product', 'whatsapp')
  form.set('type', file.mimeType)
  form.set('file', new Blob([Buffer.from(file.bytes)], { type: file.mimeType }), name)
  const sent = await graph.call('POST', `${encodeURIComponent(endpoint)}/media`, classify, form)
  if (E.isLeft(sent)) {
    // Nobody sees a file that was uploaded twice.
    const fault = withPause(sent.left)
    return E.left(fault.class === 'uncertain' ? { ...fault, class: 'retry' } : fault)
  }
  const read = uploaded.decode(sent.right)
  return E.isRight(read)
    ? E.right(read.right.id)
    : E.left({ class: 'retry', reason: 'WhatsApp answered without the id of the file.' })
}
