import { createHash, randomBytes } from 'node:crypto'
import { type ChannelHost, locationOf, type MediaFile, rangeOf } from '@ramal/channel'
import type { Blob, BlobStore } from './blob-store.js'
import { Problem, readBody } from './http.js'
import type { Settings } from './options.js'
import { sniff } from './sniff.js'
import { type Claims, equalTexts, signText } from './token.js'

const LONGEST_NAME = 120

/** A name that is safe in a folder, a header and a page. */
const cleanName = (name: string | null, fallback: string): string => {
  const last = (name ?? '').toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const clean = last.replaceAll(/[\p{Cc}\p{Cf}"<>:|?*]/gu, '').replace(/^[. ]+/, '')
  return [...clean].slice(0, LONGEST_NAME).join('') || fallback
}

export const storesOf = (settings: Settings): BlobStore => {
  if (!settings.attachments)
    throw new Problem(404, 'no_attachments', 'Files cannot be sent here; the widget has no attachment store.')
  return settings.attachments
}

const freshBlobId = (): string => randomBytes(18).toString('base64url')

export interface Uploaded {
  readonly attachment: string
  readonly name: string
  readonly mimeType: string
  readonly bytes: number
}

/** Stores a visitor's file. What it is, its bytes say, not its name. @throws Problem 413, 415 */
export const upload = async (settings: Settings, claims: Claims, request: Request): Promise<Uploaded> => {
  const store = storesOf(settings)
  const bytes = await readBody(request, settings.maxAttachment)
  const found = sniff(bytes)
  if (!found)
    throw new Problem(
      415,
      'unknown_type',
      'This kind of file is not taken; send a picture, sound, film, PDF, archive or plain text.',
    )
  const name = cleanName(new URL(request.url).searchParams.get('name'), found.media)
  const attachment = freshBlobId()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const info = { name, mimeType: found.mimeType, bytes: bytes.length, sha256, owner: claims.visitor }
  await store.put(attachment, { info, bytes })
  return { attachment, name, mimeType: found.mimeType, bytes: bytes.length }
}

/** Stores a file that an agent sends. @returns the reference to send it under */
export const storeOutbound = async (store: BlobStore, file: MediaFile): Promise<string> => {
  const id = freshBlobId()
  const { bytes, mimeType, sha256 } = file
  const name = cleanName(file.filename ?? null, 'file')
  await store.put(id, { info: { name, mimeType, bytes: bytes.length, sha256, owner: 'agent' }, bytes })
  return id
}

/** A path that fetches one file until `expires`, for whoever has it: a picture in a page can send no token. */
export const signedPath = (settings: Settings, id: string, expires: number): string =>
  `attachments/${encodeURIComponent(id)}?expires=${expires}&signature=${signText(settings.secrets[0]!, 'attachment', `${id} ${expires}`)}`

/** Types that a browser may show inside a page. Anything else is only offered for download. */
const shown = /^(image\/(png|jpeg|gif|webp|avif)|audio\/|video\/)/

const fileHeaders = ({ info }: Blob): Record<string, string> => ({
  'content-type': info.mimeType,
  'content-length': String(info.bytes),
  'content-disposition': `${shown.test(info.mimeType) ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(info.name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
  'x-content-type-options': 'nosniff',
  // Even if something active got through, it would run nowhere.
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'private, max-age=3600',
  'accept-ranges': 'bytes',
})

/** A file of the visitor or of ours, wherever it is kept. */
const find = async (settings: Settings, host: ChannelHost, id: string): Promise<Blob | undefined> => {
  const location = locationOf(id)
  if (location === undefined) return storesOf(settings).get(id)
  const stored = await host.media?.(location)
  if (!stored) return undefined
  const { size, type: mimeType } = stored
  const info = { name: 'file', mimeType, bytes: size, sha256: location, owner: 'agent' }
  return { info, bytes: new Uint8Array(await stored.arrayBuffer()) }
}

/** Serves a file to whoever has its signed path. @throws Problem 403, 410 */
export const serveAttachment = async (
  settings: Settings,
  host: ChannelHost,
  id: string,
  url: URL,
  range: string | null,
): Promise<Response> => {
  const expires = url.searchParams.get('expires') ?? ''
  const signature = url.searchParams.get('signature') ?? ''
  const signed = settings.secrets.some((secret) =>
    equalTexts(signText(secret, 'attachment', `${id} ${expires}`), signature),
  )
  if (!signed || !(Number(expires) > host.clock.now()))
    throw new Problem(
      403,
      'expired',
      'This address of a file has expired; read the thread again for a new one.',
    )
  const blob = await find(settings, host, id)
  // Only what was here has an address of ours.
  if (!blob) throw new Problem(410, 'erased', 'This file was erased.')
  const size = blob.bytes.byteLength
  const part = rangeOf(range, size)
  const headers = fileHeaders(blob)
  if (part === 'all') return new Response(blob.bytes, { headers })
  if (part === 'none')
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } })
  headers['content-length'] = String(part.to - part.from)
  headers['content-range'] = `bytes ${part.from}-${part.to - 1}/${size}`
  return new Response(blob.bytes.subarray(part.from, part.to), { status: 206, headers })
}
