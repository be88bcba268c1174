/**
 * The browser's side of the chat, without a user interface: one session, an outbox that survives a reload, and a
 * log that is read on from a cursor, so that a lost connection loses nothing. No dependencies; runs wherever
 * `fetch` streams.
 */

/** One entry of the thread, as the server sends it. The server's order is the only order. */
export interface ChatItem {
  readonly id: string
  readonly from: 'visitor' | 'agent'
  readonly at: number
  /** What the visitor's own message was called when it was sent. */
  readonly clientMsgId?: string
  readonly text: string
  readonly attachment?: { readonly url?: string; readonly name?: string; readonly type?: string }
  readonly revoked?: boolean
}

/** A message of this browser that the server has not confirmed yet. */
export interface Pending {
  readonly clientMsgId: string
  readonly text?: string
  readonly attachment?: string
  readonly sentAt: number
  /** Why the server refused it for good. */
  readonly refused?: string
}

/** The site vouches for who the visitor is: HMAC-SHA256 of `externalId` with the widget's secret, in hex. */
export interface Identity {
  readonly externalId: string
  readonly signature: string
  readonly name?: string
}

export interface ClientOptions {
  /** Where the adapter is mounted, such as `https://chat.example.com/chat`. */
  readonly base: string
  readonly widget: string
  readonly identity?: Identity
  /** Called whenever something to show has changed. */
  readonly changed?: () => void
  readonly storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & {
    readonly length: number
    key(i: number): string | null
  }
}

export type Connection = 'connecting' | 'online' | 'offline'

export interface ChatClient {
  readonly items: () => readonly ChatItem[]
  readonly pending: () => readonly Pending[]
  readonly connection: () => Connection
  readonly agentTyping: () => boolean
  send(text: string): void
  /** Uploads a file and sends it. Rejects with what the server says against it. */
  attach(file: Blob & { readonly name?: string }): Promise<void>
  typing(on: boolean): void
  /** Everything shown so far has been read. */
  read(): void
  close(): void
}

const HEARTBEAT_LIMIT = 60_000
const TYPING_TTL = 7_000
const LONGEST_PAUSE = 30_000

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter = 0,
  ) {
    super(message)
  }
}

const forGood = (e: unknown): e is Refused =>
  e instanceof Refused && e.status >= 400 && e.status < 500 && ![401, 408, 429].includes(e.status)

export const chatClient = ({
  base,
  widget,
  identity,
  changed = () => {},
  storage,
}: ClientOptions): ChatClient => {
  const store = storage ?? globalThis.localStorage
  const name = `ramal-chat ${base} ${widget}`
  const closing = new AbortController()
  const entries = new Map<string, ChatItem & { readonly cursor: string }>()
  const outbox = new Map<string, Pending>()
  const shared = new BroadcastChannel(name)
  let session: { readonly token: string } | undefined
  let opening: Promise<{ readonly token: string }> | undefined
  let cursor = ''
  let state: Connection = 'connecting'
  let typingUntil = 0
  let wake = () => {}

  /** Waits for a random part of a span that doubles with each failure: many clients do not come back at once. */
  const pause = (failures: number, atLeast = 0) =>
    new Promise<void>((resolve) => {
      const span = Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(failures, 10))
      const timer = setTimeout(resolve, Math.max(atLeast, Math.random() * span))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const become = (next: Connection) => {
    if (state === next) return
    state = next
    changed()
  }

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const raw = body instanceof Blob
    const response = await fetch(base + path, {
      method: 'POST',
      headers: {
        'content-type': raw ? body.type || 'application/octet-stream' : 'application/json',
        ...headers,
      },
      body: raw ? body : JSON.stringify(body),
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(raw ? 120_000 : 20_000)]),
    })
    return answer(response)
  }

  const answer = async (response: Response) => {
    const body = await response.json().catch(() => undefined)
    if (response.ok) return body
    const retryAfter = Number(response.headers.get('retry-after')) * 1000 || 0
    throw new Refused(
      response.status,
      body?.error?.message ?? `The server answered ${response.status}.`,
      retryAfter,
    )
  }

  const open = () => {
    opening ??= post('/sessions', { widget, identity, token: store.getItem(name) ?? undefined })
      .then((opened: { token: string }) => {
        store.setItem(name, opened.token)
        session = opened
        return opened
      })
      .finally(() => {
        opening = undefined
      })
    return opening
  }

  /** Calls with the session's token; renews it once when the server no longer takes it. */
  const authorized = async <T>(call: (headers: { authorization: string }) => Promise<T>): Promise<T> => {
    const { token } = session ?? (await open())
    try {
      return await call({ authorization: `Bearer ${token}` })
    } catch (e) {
      if (!(e instanceof Refused) || e.status !== 401) throw e
      if (session?.token === token) session = undefined
      const renewed = session ?? (await open())
      return call({ authorization: `Bearer ${renewed.token}` })
    }
  }

  // The log

  const take = (item: ChatItem, at: string) => {
    entries.set(item.id, { ...item, cursor: entries.get(item.id)?.cursor ?? at })
    if (item.clientMsgId) forget(item.clientMsgId)
    if (item.from === 'agent') typingUntil = 0
  }

  /** Frames continue `after`; one who has not come so far leaves the cursor and fetches what is between. */
  const apply = (frames: readonly Frame[], after: string) => {
    const continues = cursor >= after
    for (const frame of frames) {
      if (frame.event === 'item') take(JSON.parse(frame.data), frame.id)
      if (frame.event === 'typing') {
        typingUntil = JSON.parse(frame.data).on ? Date.now() + TYPING_TTL : 0
        setTimeout(changed, TYPING_TTL + 50)
      }
      if (continues && frame.id > cursor) cursor = frame.id
    }
    changed()
    return continues
  }

  const catchUp = async () => {
    for (let more = true; more && !closing.signal.aborted; ) {
      const url = `${base}/events?after=${encodeURIComponent(cursor)}&wait=0`
      const page = await authorized((headers) => fetch(url, { headers, signal: closing.signal }).then(answer))
      more = page.events.length > 0
      apply(
        page.events.map((e: { id: string; item: ChatItem }) => ({
          id: e.id,
          event: 'item',
          data: JSON.stringify(e.item),
        })),
        cursor,
      )
    }
  }

  /** Reads the log as it grows. Ends, by an error, when the connection does. */
  const stream = (opened: () => void) =>
    authorized(async (headers) => {
      const stop = new AbortController()
      let watchdog = setTimeout(() => stop.abort(), HEARTBEAT_LIMIT)
      const drop = () => stop.abort()
      globalThis.addEventListener?.('offline', drop)
      try {
        const response = await fetch(`${base}/events?after=${encodeURIComponent(cursor)}`, {
          headers: { ...headers, accept: 'text/event-stream' },
          signal: AbortSignal.any([closing.signal, stop.signal]),
        })
        if (!response.ok || !response.body) return await answer(response)
        opened()
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
        for (let text = ''; ; ) {
          const { done, value } = await reader.read()
          if (done) return
          clearTimeout(watchdog)
          watchdog = setTimeout(() => stop.abort(), HEARTBEAT_LIMIT)
          const parts = (text + value).split('\n\n')
          text = parts.pop()!
          const frames = parts.map(parseFrame).filter((f) => f.event !== '')
          if (frames.length === 0) continue
          const after = cursor
          apply(frames, after)
          shared.postMessage({ frames, after })
        }
      } finally {
        clearTimeout(watchdog)
        globalThis.removeEventListener?.('offline', drop)
      }
    })

  const follow = async () => {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      let atLeast = 0
      await stream(() => {
        failures = 0
        become('online')
        flush()
      }).catch((e) => {
        if (e instanceof Refused) atLeast = e.retryAfter
      })
      if (closing.signal.aborted) return
      become('offline')
      await pause(failures, atLeast)
    }
  }

  /** Of several tabs one reads for all; the next takes over when it goes. Without locks each reads for itself. */
  const lead = async () => {
    const locks = globalThis.navigator?.locks
    if (!locks) return follow()
    const others = locks.request(name, { signal: closing.signal }, follow)
    const held = (await locks.query()).held?.some((l) => l.name === name)
    if (held)
      await catchUp().then(
        () => become('online'),
        () => {},
      )
    await others
  }

  // The outbox

  const keep = (message: Pending) => {
    outbox.set(message.clientMsgId, message)
    store.setItem(`${name} out ${message.clientMsgId}`, JSON.stringify(message))
    changed()
  }

  const forget = (id: string) => {
    outbox.delete(id)
    store.removeItem(`${name} out ${id}`)
  }

  let flushing = false
  const flush = async () => {
    if (flushing) return
    flushing = true
    for (let failures = 0; !closing.signal.aborted; ) {
      const message = [...outbox.values()].find((m) => !m.refused && !delivered.has(m.clientMsgId))
      if (!message) break
      try {
        await authorized((headers) => post('/messages', message, headers))
        delivered.add(message.clientMsgId)
        failures = 0
      } catch (e) {
        if (forGood(e)) keep({ ...message, refused: e.message })
        else await pause(failures++, e instanceof Refused ? e.retryAfter : 0)
      }
    }
    flushing = false
  }
  /** Accepted by the server; they leave the outbox when they come back in the log. */
  const delivered = new Set<string>()

  const say = (message: { text: string } | { attachment: string }) => {
    keep({ ...message, clientMsgId: crypto.randomUUID(), sentAt: Date.now() })
    void flush()
  }

  const quietly = (path: string, body: unknown) =>
    void authorized((headers) => post(path, body, headers)).catch(() => {})

  const online = () => wake()
  globalThis.addEventListener?.('online', online)
  shared.onmessage = ({ data }) => {
    if (!apply(data.frames, data.after)) catchUp().catch(() => {})
    become('online')
  }
  for (let i = 0; i < store.length; i++) {
    const key = store.key(i)
    if (!key?.startsWith(`${name} out `)) continue
    const kept: Pending = JSON.parse(store.getItem(key)!)
    outbox.set(kept.clientMsgId, kept)
  }
  lead().catch(() => {})
  if (outbox.size > 0) void flush()

  return {
    items: () => [...entries.values()].sort((a, b) => (a.cursor < b.cursor ? -1 : 1)),
    pending: () => [...outbox.values()],
    connection: () => state,
    agentTyping: () => Date.now() < typingUntil,
    send: (text) => say({ text }),
    async attach(file) {
      const path = `/attachments?name=${encodeURIComponent(file.name ?? 'file')}`
      const { attachment } = await authorized((headers) => post(path, file, headers))
      say({ attachment })
    },
    typing: (on) => quietly('/typing', { on }),
    read: () => {
      const last = [...entries.values()].reduce((at, item) => Math.max(at, item.at), 0)
      if (last > 0) quietly('/read', { upTo: last })
    },
    close() {
      closing.abort()
      globalThis.removeEventListener?.('online', online)
      shared.close()
      wake()
    },
  }
}

interface Frame {
  readonly id: string
  readonly event: string
  readonly data: string
}

const parseFrame = (text: string): Frame => {
  const field = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join('\n')
  return { id: field('id'), event: field('event'), data: field('data') }
}
