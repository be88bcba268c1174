import { createHash } from 'node:crypto'
import { systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type HttpOptions, readBytes, retryAfterOf } from './http.js'
import type { MediaFault, MediaFile } from './media.js'
import { redact } from './redact.js'

export interface MediaRules extends HttpOptions {
  /**
   * Where files may come from: a host (`graph.facebook.com`), everything below one (`.fbcdn.net`), or a whole
   * origin (`http://127.0.0.1:8080`). Hosts are reached by https only, on its own port. There is no way to allow
   * all: an address in a message must not make us call into our own network.
   */
  readonly allow: readonly string[]
  readonly maxBytes: number
  /** Sent to the origin of the address only: whoever that redirects to is not shown our credentials. */
  readonly headers?: Readonly<Record<string, string>>
  /** Base64 or hexadecimal; what came must have it. */
  readonly sha256?: string
  readonly mimeType?: string
}

const MAX_REDIRECTS = 3

/** Whether a file may be fetched from there. */
export const isAllowed = (url: URL, allow: readonly string[]): boolean => {
  if (url.username || url.password) return false
  if (allow.includes(url.origin)) return true
  if (url.protocol !== 'https:' || url.port !== '') return false
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  return allow.some((rule) =>
    rule.startsWith('.') ? host.endsWith(rule) && host.length > rule.length : host === rule,
  )
}

const fault = (final: boolean, reason: string, retryAfter?: number): E.Either<MediaFault, never> =>
  E.left({ final, reason, ...(retryAfter === undefined ? {} : { retryAfter }) })

const hasHash = (hex: string, expected: string): boolean => {
  const wanted = expected.trim()
  if (/^[0-9a-f]{64}$/i.test(wanted)) return wanted.toLowerCase() === hex
  return Buffer.from(wanted, 'base64').toString('hex') === hex
}

const isHash = (text: string): boolean =>
  /^[0-9a-f]{64}$/i.test(text.trim()) || Buffer.from(text.trim(), 'base64').length === 32

/** Fetches a file from where it may come from, at most so large, and checks what came. Never rejects. */
export const fetchGuarded = async (
  address: string,
  rules: MediaRules,
): Promise<E.Either<MediaFault, MediaFile>> => {
  const { fetch = globalThis.fetch, clock = systemClock, timeout = 60_000, secrets = [] } = rules
  const over = new AbortController()
  const done = new AbortController()
  void clock.sleep(timeout, done.signal).then(() => {
    if (!done.signal.aborted) over.abort()
  })
  try {
    let url = address
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      if (!URL.canParse(url)) return fault(true, 'The address of the file is no address.')
      const target = new URL(url)
      if (!isAllowed(target, rules.allow))
        return fault(true, `Files are not fetched from ${target.protocol}//${target.host}.`)
      const response = await fetch(target, {
        redirect: 'manual',
        signal: over.signal,
        headers: target.origin === new URL(address).origin ? { ...rules.headers } : {},
      })
      const next = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && next) {
        await response.body?.cancel()
        url = URL.canParse(next, target.href) ? new URL(next, target).href : ''
        continue
      }
      return await fileOf(response, rules, clock.now())
    }
    return fault(true, `The file was redirected more than ${MAX_REDIRECTS} times.`)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return fault(
      false,
      over.signal.aborted
        ? `The file did not come within ${timeout} ms.`
        : redact(`The file did not come: ${message}.`, secrets),
    )
  } finally {
    done.abort()
  }
}

const fileOf = async (
  response: Response,
  rules: MediaRules,
  now: number,
): Promise<E.Either<MediaFault, MediaFile>> => {
  const { maxBytes } = rules
  const tooLarge = () => fault(true, `The file is larger than ${maxBytes} bytes.`)
  if (!response.ok) {
    await response.body?.cancel()
    // An expired address answers 401, 403 or 404: whoever resolves it again may still get the file.
    return fault(
      response.status === 410 || response.status === 451,
      `The file's host answered ${response.status}.`,
      retryAfterOf(response.headers, now),
    )
  }
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body?.cancel()
    return tooLarge()
  }
  const bytes = await readBytes(response, maxBytes)
  if (!bytes) return tooLarge()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (rules.sha256 !== undefined && isHash(rules.sha256) && !hasHash(sha256, rules.sha256))
    return fault(false, 'The hash of the file is not the one that the message gave.')
  const mimeType =
    rules.mimeType ?? response.headers.get('content-type')?.split(';')[0] ?? 'application/octet-stream'
  return E.right({ bytes, mimeType, sha256 })
}
