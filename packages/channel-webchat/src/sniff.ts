/** What a file is by its first bytes, whatever its name or the browser says it is. */
export interface Sniffed {
  readonly mimeType: string
  readonly media: 'image' | 'video' | 'audio' | 'document'
}

interface Signature extends Sniffed {
  readonly at: number
  readonly bytes: string
  /** More bytes, at 8: what a RIFF or an ISO media file holds. */
  readonly brand?: RegExp
}

const latin = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to)

const signatures: readonly Signature[] = [
  { at: 0, bytes: '\x89PNG\r\n\x1a\n', mimeType: 'image/png', media: 'image' },
  { at: 0, bytes: '\xff\xd8\xff', mimeType: 'image/jpeg', media: 'image' },
  { at: 0, bytes: 'GIF8', mimeType: 'image/gif', media: 'image' },
  { at: 0, bytes: 'RIFF', brand: /^WEBP/, mimeType: 'image/webp', media: 'image' },
  { at: 0, bytes: 'RIFF', brand: /^WAVE/, mimeType: 'audio/wav', media: 'audio' },
  { at: 4, bytes: 'ftyp', brand: /^hei[cx]|^mif1/, mimeType: 'image/heic', media: 'image' },
  { at: 4, bytes: 'ftyp', brand: /^avif/, mimeType: 'image/avif', media: 'image' },
  { at: 4, bytes: 'ftyp', brand: /^M4A/, mimeType: 'audio/mp4', media: 'audio' },
  { at: 4, bytes: 'ftyp', brand: /^qt/, mimeType: 'video/quicktime', media: 'video' },
  { at: 4, bytes: 'ftyp', mimeType: 'video/mp4', media: 'video' },
  { at: 0, bytes: '\x1a\x45\xdf\xa3', mimeType: 'video/webm', media: 'video' },
  { at: 0, bytes: 'OggS', mimeType: 'audio/ogg', media: 'audio' },
  { at: 0, bytes: 'ID3', mimeType: 'audio/mpeg', media: 'audio' },
  { at: 0, bytes: '\xff\xfb', mimeType: 'audio/mpeg', media: 'audio' },
  { at: 0, bytes: '%PDF-', mimeType: 'application/pdf', media: 'document' },
  { at: 0, bytes: 'PK\x03\x04', mimeType: 'application/zip', media: 'document' },
  { at: 0, bytes: '\xd0\xcf\x11\xe0', mimeType: 'application/x-ole-storage', media: 'document' },
]

/** Text without control characters, in UTF-8. Never HTML: it is served as plain text. */
const isText = (bytes: Uint8Array): boolean => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 0x7f || (code < 0x20 && code !== 9 && code !== 10 && code !== 13)) return false
    }
    return true
  } catch {
    return false
  }
}

/** Nothing for a file of a kind that a visitor has no reason to send, such as a program. */
export const sniff = (bytes: Uint8Array): Sniffed | undefined => {
  if (bytes.length === 0) return undefined
  for (const { at, bytes: magic, brand, mimeType, media } of signatures)
    if (latin(bytes, at, at + magic.length) === magic && (!brand || brand.test(latin(bytes, 8, 12))))
      return { mimeType, media }
  return isText(bytes) ? { mimeType: 'text/plain; charset=utf-8', media: 'document' } : undefined
}

/** What kind of media a type that `sniff` found is. */
export const sniffedMedia = (mimeType: string): Sniffed['media'] =>
  mimeType.startsWith('image/')
    ? 'image'
    : mimeType.startsWith('video/')
      ? 'video'
      : mimeType.startsWith('audio/')
        ? 'audio'
        : 'document'
