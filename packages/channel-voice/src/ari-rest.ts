import { basicAuth, call, type HttpOptions, type SendFault } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'

export interface AriAccount {
  /** Such as `http://127.0.0.1:8088`. */
  readonly origin: string
  /** Of `ari.conf`. */
  readonly user: string
  readonly password: string
}

type Parameters = Readonly<Record<string, string | number | undefined>>

/** One call to Asterisk: what it answered, or what went wrong. Never rejects, never repeats. */
export interface Ari {
  ask(method: string, path: string, parameters?: Parameters): Promise<E.Either<SendFault, unknown>>
  /** The same, and what is not there, or there already, is as wanted. */
  settle(method: string, path: string, parameters?: Parameters): Promise<E.Either<SendFault, void>>
}

/** A segment of a path: channel ids have dots, and may have more. */
export const segment = encodeURIComponent

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What to do about a status. 404 and 422: the channel is gone or has left us; 409: there already. */
const faultOf = (status: number, what: string): SendFault => {
  const reason = `Asterisk answered ${status} to ${what}.`
  const code = `http ${status}`
  if (status === 404 || status === 409 || status === 412 || status === 422)
    return { class: 'recipient', reason, code }
  if (status === 400) return { class: 'content', reason, code }
  if (status === 401 || status === 403) return { class: 'channel', reason, code }
  return { class: status === 503 ? 'retry' : 'uncertain', reason, code }
}

export const ariRest = ({ origin, user, password }: AriAccount, options: HttpOptions): Ari => {
  const authorization = basicAuth(user, password)
  const secrets = [password, authorization]
  const ask: Ari['ask'] = async (method, path, parameters = {}) => {
    const given = Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    )
    const query = new URLSearchParams(given).toString()
    const url = `${origin.replace(/\/+$/, '')}/ari/${path}${query && `?${query}`}`
    const answered = await call({ method, url, headers: { authorization } }, { ...options, secrets })
    if (E.isLeft(answered)) return answered
    const { status, text } = answered.right
    return status >= 200 && status < 300
      ? E.right(parsed(text))
      : E.left(faultOf(status, `${method} ${path.split('/')[0]}`))
  }
  return {
    ask,
    async settle(method, path, parameters) {
      const done = await ask(method, path, parameters)
      if (E.isRight(done) || done.left.class === 'recipient') return E.right(undefined)
      return done
    },
  }
}
