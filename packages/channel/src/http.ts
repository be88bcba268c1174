import { type Clock, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { SendFault } from './outbound.js'
import { redact } from './redact.js'

export type Fetch = typeof globalThis.fetch

export interface HttpOptions {
  /** Default: the platform's. */
  readonly fetch?: Fetch
  readonly clock?: Clock
  /** From the first byte of the request to the last of the answer, in ms. Default 15,000. */
  readonly timeout?: number
  /** Taken out of every reason. */
  readonly secrets?: readonly string[]
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | FormData
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Failures of which it is certain that the request never left: no name, no route, nobody listening. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

const MAX_ANSWER = 1_000_000

/** The code and the message of what `fetch` rejected with; it wraps the cause, sometimes several of them. */
const causeOf = (error: unknown): { readonly code: string; readonly message: string } => {
  let inner = error
  for (let i = 0; i < 3 && inner instanceof Error && inner.cause instanceof Error; i++) inner = inner.cause
  const first = inner instanceof AggregateError ? inner.errors[0] : inner
  const code = first instanceof Error && 'code' in first ? String(first.code) : ''
  return { code, message: first instanceof Error ? first.message : String(first) }
}

/**
 * One call to a provider, for sending. Never rejects, never repeats and follows no redirect. What was certainly
 * not sent is `retry`; a call that timed out or broke is `uncertain`, since the provider may have taken it.
 */
export const call = async (
  request: HttpRequest,
  options: HttpOptions = {},
): Promise<E.Either<SendFault, HttpAnswer>> => {
  const { fetch = globalThis.fetch, clock = systemClock, timeout = 15_000, secrets = [] } = options
  const over = new AbortController()
  const done = new AbortController()
  let late = false
  void clock.sleep(timeout, done.signal).then(() => {
    if (done.signal.aborted) return
    late = true
    over.abort()
  })
  try {
    const { method, url, headers = {}, body } = request
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: over.signal,
      ...(body === undefined ? {} : { body }),
    })
    const text = await readText(response, MAX_ANSWER)
    return E.right({ status: response.status, headers: response.headers, text })
  } catch (error) {
    if (late)
      return E.left({ class: 'uncertain', reason: `No answer within ${timeout} ms.`, code: 'timeout' })
    const { code, message } = causeOf(error)
    const reason = redact(`The call failed: ${message}`, secrets)
    return E.left({ class: NOT_SENT.has(code) ? 'retry' : 'uncertain', reason, ...(code ? { code } : {}) })
  } finally {
    done.abort()
  }
}

const readText = async (response: Response, limit: number): Promise<string> =>
  new TextDecoder().decode((await readBytes(response, limit)) ?? new Uint8Array())

/** The body of an answer, or undefined as soon as it proves longer than `limit` bytes. */
export const readBytes = async (response: Response, limit: number): Promise<Uint8Array | undefined> => {
  if (!response.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    // Leaving the loop cancels the stream.
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** `Retry-After`, in seconds or as a date, as ms from `now`. */
export const retryAfterOf = (headers: Headers, now: number): number | undefined => {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/**
 * What an answer that is no success means when its body says nothing that the adapter knows. An answer that was
 * written by something on the way says nothing about what happened behind it.
 */
export const faultOfStatus = (answer: HttpAnswer, now: number): SendFault => {
  const { status } = answer
  const reason = `The provider answered ${status}.`
  const code = `http ${status}`
  if (status === 429 || status === 503) {
    const retryAfter = retryAfterOf(answer.headers, now)
    return { class: 'retry', reason, code, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }
  if (status >= 500 || status === 408 || status < 300) return { class: 'uncertain', reason, code }
  if (status === 400 || status === 413 || status === 422) return { class: 'content', reason, code }
  return { class: 'channel', reason, code }
}
