import { rangeOf } from '@ramal/channel'
import { type Attachment, conversationReducer } from '@ramal/conversation'
import { type EventStore, load, streamName } from '@ramal/core'
import { type MediaStore, plainType } from './media-store.js'

/** What a browser may show inside a page: nothing that can hold a script. */
const SHOWN =
  /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/(mpeg|mp4|aac|ogg|amr|wav|webm|x-m4a)|video\/(mp4|webm|ogg|3gpp|quicktime))$/

const text = (status: number, body: string, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })

/** A name that is safe in a header and in a folder. */
const cleanName = (name: string | undefined): string => {
  const last = (name ?? '').toWellFormed().split(/[/\\]/).at(-1) ?? ''
  return (
    last
      .replaceAll(/[\p{Cc}\p{Cf}"<>:|?*]/gu, '')
      .replace(/^[. ]+/, '')
      .slice(0, 120) || 'file'
  )
}

const encodeName = (name: string): string =>
  encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)

/** The file of an attachment as an answer that a browser can be trusted with, whoever sent the file. */
export const fileResponse = (
  blob: Blob,
  { mimeType, sha256, filename }: Partial<Pick<Attachment, 'mimeType' | 'sha256' | 'filename'>>,
  request?: Request,
): Response => {
  const type = plainType(mimeType ?? blob.type)
  const isShown = SHOWN.test(type)
  const headers: Record<string, string> = {
    // What is not shown is only bytes: no browser takes it for a page.
    'content-type': isShown || type === 'application/pdf' ? type : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(cleanName(filename))}`,
    'x-content-type-options': 'nosniff',
    // Even if something active got through, it would run nowhere.
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, max-age=3600',
    'accept-ranges': 'bytes',
    ...(sha256 === undefined ? {} : { etag: `"${sha256}"` }),
  }
  if (sha256 !== undefined && request?.headers.get('if-none-match') === `"${sha256}"`)
    return new Response(null, { status: 304, headers })
  const range = rangeOf(request?.headers.get('range') ?? null, blob.size)
  if (range === 'none')
    return text(416, 'The file has no such part.', { 'content-range': `bytes */${blob.size}` })
  const part = range === 'all' ? blob : blob.slice(range.from, range.to)
  headers['content-length'] = String(part.size)
  if (range !== 'all') headers['content-range'] = `bytes ${range.from}-${range.to - 1}/${blob.size}`
  const body = request?.method === 'HEAD' ? null : part.stream()
  return new Response(body, { status: range === 'all' ? 200 : 206, headers })
}

/** 404 for what never was, 503 for what is not fetched yet, 410 for what never will be. */
export const serveMedia = async (
  store: EventStore,
  files: MediaStore | undefined,
  conversation: string,
  attachment: string,
  request?: Request,
): Promise<Response> => {
  const { state } = await load(store, conversationReducer, streamName('conversation', conversation))
  const file = Object.hasOwn(state.attachments, attachment) ? state.attachments[attachment] : undefined
  if (!file || !files) return text(404, 'There is no such file.')
  if (file.state === 'erased') return text(410, 'The file was erased.', { 'cache-control': 'no-store' })
  if (file.state === 'pending')
    return text(503, 'The file is not fetched yet.', { 'retry-after': '5', 'cache-control': 'no-store' })
  if (file.state === 'failed' || file.location === undefined)
    return text(410, 'The file could not be fetched.')
  const blob = await files.get(file.location)
  return blob ? fileResponse(blob, file, request) : text(410, 'The file is not kept any more.')
}
