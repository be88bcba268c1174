/** Whatever the server may answer; the tests say what they expect. */
export interface Answer {
  readonly session: string
  readonly token: string
  readonly expiresAt: number
  readonly cursor: string
  readonly ready: boolean
  readonly duplicate: boolean
  readonly attachment: string
  readonly name: string
  readonly mimeType: string
  readonly bytes: number
  readonly error: { readonly code: string; readonly message: string }
  readonly events: readonly {
    readonly item: {
      readonly clientMsgId?: string
      readonly content: {
        readonly text: string
        readonly media: string
        readonly url: string
        readonly reference?: string
      }
    }
  }[]
}

export const answerOf = async (response: Response): Promise<Answer> => (await response.json()) as Answer

/** What a visitor's browser does, call by call. */
export const visitorOf = (base: string, origin = 'https://shop.example') => {
  const post = (path: string, body: unknown, token?: string, headers: Record<string, string> = {}) =>
    fetch(base + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    })
  const open = async (more: object = {}): Promise<Answer> =>
    answerOf(await post('/sessions', { widget: 'site', ...more }))
  const poll = async (token: string, after = '', wait = 0) => {
    const url = `${base}/events?wait=${wait}&after=${encodeURIComponent(after)}`
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    return answerOf(response)
  }
  return { post, open, poll }
}

export interface Sse {
  /** The next event, comments left out. */
  next(): Promise<{ id?: string; event: string; data: never }>
  readonly response: Response
  close(): void
}

export const sse = async (url: string, headers: Record<string, string>): Promise<Sse> => {
  const stop = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: stop.signal,
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    response,
    close: () => stop.abort(),
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const block = text.slice(0, end)
          text = text.slice(end + 2)
          const fields = Object.fromEntries(
            block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)),
          )
          if (fields.event) return { ...fields, data: JSON.parse(fields.data) }
        } else {
          const { done, value } = await reader.read()
          if (done) throw new Error('the stream has ended')
          text += value
        }
      }
    },
  }
}
