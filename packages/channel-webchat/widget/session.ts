/** The site vouches for who the visitor is: `signature` is `signIdentity` of the adapter, made on its server. */
export interface Identity {
  readonly externalId: string
  readonly signature: string
  readonly name?: string
}

export type KeyValues = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** The server's no. */
export class Refused extends Error {
  readonly status: number
  /** In ms. */
  readonly retryAfter: number
  constructor(status: number, message: string, retryAfter: number) {
    super(message)
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** Whether asking again is in vain. */
export const isFinal = (e: unknown): e is Refused =>
  e instanceof Refused && e.status >= 400 && e.status < 500 && ![401, 408, 429].includes(e.status)

/** What a server answered. @throws Refused */
export const answer = async (response: Response) => {
  const body = await response.json().catch(() => undefined)
  if (response.ok) return body
  const retryAfter = Number(response.headers.get('retry-after')) * 1000 || 0
  throw new Refused(
    response.status,
    body?.error?.message ?? `The server answered ${response.status}.`,
    retryAfter,
  )
}

export interface Session {
  /** Fetches with the session's token; opens or renews the session where that is needed. */
  request(path: string, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown): Promise<unknown>
}

export interface SessionOptions {
  readonly base: string
  readonly widget: string
  readonly identity: Identity | undefined
  readonly storage: KeyValues
  /** Where the token is kept: one place for the anonymous visitor, one for each who logs in. */
  readonly key: string
  readonly signal: AbortSignal
}

const CALL_TIMEOUT = 20_000
const UPLOAD_TIMEOUT = 120_000

export const session = ({ base, widget, identity, storage, key, signal }: SessionOptions): Session => {
  const kept = identity ? `${key} ${identity.externalId}` : key
  const within = (ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)])

  /** One tab opens for all: two would be two visitors. */
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    globalThis.navigator?.locks?.request(`${key} opening`, work) ?? work()

  const open = (stale: string | null) =>
    alone(async () => {
      const current = storage.getItem(kept)
      if (current && current !== stale) return current
      const token = stale ?? storage.getItem(key) ?? undefined
      const opened = await fetch(`${base}/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ widget, identity, token }),
        signal: within(CALL_TIMEOUT),
      }).then(answer)
      storage.setItem(kept, opened.token)
      // Who logs out leaves nothing behind that the next one at this browser could read.
      if (identity) storage.removeItem(key)
      return opened.token as string
    })

  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const call = (token: string) =>
      fetch(base + path, {
        signal: within(CALL_TIMEOUT),
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
      })
    const token = storage.getItem(kept) ?? (await open(null))
    const response = await call(token)
    return response.status === 401 ? call(await open(token)) : response
  }

  return {
    request,
    post: async (path, body) => {
      const file = body instanceof Blob
      const init = {
        method: 'POST',
        headers: { 'content-type': file ? body.type || 'application/octet-stream' : 'application/json' },
        body: file ? body : JSON.stringify(body),
        signal: within(file ? UPLOAD_TIMEOUT : CALL_TIMEOUT),
      }
      return answer(await request(path, init))
    },
  }
}
