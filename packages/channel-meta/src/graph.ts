import { call, type Fetch, type HttpRequest, redact, type SendFault } from '@ramal/channel'
import { type Clock, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type Classify, faultOfAnswer } from './graph-error.js'

export interface GraphOptions {
  /** The token itself, or what gives the current one. */
  readonly accessToken: string | (() => string | Promise<string>)
  /** Such as `v25.0`. Meta retires a version about two years after it appeared. */
  readonly apiVersion?: string
  /** Default `https://graph.facebook.com`. */
  readonly baseUrl?: string
  /** Of one call, in ms. Default 15,000. */
  readonly timeout?: number
  readonly fetch?: Fetch
  readonly clock?: Clock
}

export const DEFAULT_API_VERSION = 'v25.0'

export interface Graph {
  /** One call; `path` begins after the version. The answer is parsed JSON. Never rejects, never repeats. */
  call(
    method: string,
    path: string,
    classify: Classify,
    body?: object | FormData,
  ): Promise<E.Either<SendFault, unknown>>
  token(): Promise<string>
}

export const graph = (options: GraphOptions): Graph => {
  const { accessToken, clock = systemClock, fetch, timeout } = options
  const root = `${(options.baseUrl ?? 'https://graph.facebook.com').replace(/\/+$/, '')}/${options.apiVersion ?? DEFAULT_API_VERSION}`
  const token = async () => (typeof accessToken === 'string' ? accessToken : await accessToken())
  return {
    token,
    async call(method, path, classify, body) {
      let bearer: string
      try {
        bearer = await token()
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return E.left({ class: 'retry', reason: `There is no access token now: ${why}.` })
      }
      const request: HttpRequest = {
        method,
        url: `${root}/${path}`,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      }
      const answered = await call(request, {
        clock,
        secrets: [bearer],
        ...(fetch ? { fetch } : {}),
        ...(timeout === undefined ? {} : { timeout }),
      })
      if (E.isLeft(answered)) return answered
      const { status, text } = answered.right
      if (status < 200 || status >= 300) {
        const fault = faultOfAnswer(answered.right, classify, clock.now())
        return E.left({ ...fault, reason: redact(fault.reason, [bearer]) })
      }
      try {
        return E.right(JSON.parse(text))
      } catch {
        return E.left({ class: 'uncertain', reason: `The provider answered ${status} with no JSON.` })
      }
    },
  }
}
