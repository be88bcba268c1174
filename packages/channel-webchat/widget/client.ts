import { backoff } from './backoff.js'
import { outbox, type Pending } from './outbox.js'
import { answer, type Identity, isFinal, type KeyValues, Refused, session } from './session.js'
import { type Frame, type Message, parseEvent, thread } from './thread.js'

export type { Pending } from './outbox.js'
export type { Identity, KeyValues } from './session.js'
export type { Content, Message } from './thread.js'

export interface ClientOptions {
  /** Where the adapter is mounted, such as `https://help.example/webhooks/webchat`. */
  readonly base: string
  readonly widget: string
  readonly identity?: Identity
  /** Called whenever something to show has changed. */
  readonly changed?: () => void
  /** Default `localStorage`. */
  readonly storage?: KeyValues
}

export type Connection = 'connecting' | 'online' | 'offline'

export interface ChatClient {
  readonly messages: () => readonly Message[]
  readonly pending: () => readonly Pending[]
  readonly connection: () => Connection
  readonly agentTypes: () => boolean
  send(text: string): void
  choose(option: { readonly id: string; readonly title: string }): void
  /** Uploads a file and sends it. Rejects with what the server says against it. */
  attach(file: Blob & { readonly name?: string }): Promise<void>
  typing(on: boolean): void
  /** All that is there has been read. */
  read(): void
  close(): void
}

/** What the tab that reads tells the others. */
interface Told {
  readonly frames: readonly Frame[]
  readonly after: string
  readonly state?: Connection
}

/** Longer than two heartbeats of the server: a connection so silent is dead. */
const SILENCE = 60_000
const TYPING_SHOWN = 7_000

/**
 * The browser's side of the chat without a user interface: one session, an outbox that survives a reload, and a
 * log that is read on from a cursor, so that a lost connection loses nothing. Runs wherever `fetch` streams.
 */
export const chatClient = (options: ClientOptions): ChatClient => {
  const { base, widget, identity, changed = () => {}, storage = localStorage } = options
  const key = `ramal-chat ${base} ${widget}`
  const name = identity ? `${key} ${identity.externalId}` : key
  const closing = new AbortController()
  const { signal } = closing
  const waits = backoff()
  const shared = new BroadcastChannel(name)
  const { request, post } = session({ base, widget, identity, storage, key, signal })
  const box = outbox(storage, `${name} out `, waits, signal, (message) => post('/messages', message), changed)
  let state: Connection = 'connecting'
  let typingUntil = 0

  const log = thread(base, (frame) => {
    if (frame.event === 'item' && frame.item.clientMsgId) box.settle(frame.item.clientMsgId)
    if (frame.event === 'item' && frame.item.from === 'agent') typingUntil = 0
    if (frame.event !== 'typing') return
    typingUntil = frame.on ? Date.now() + TYPING_SHOWN : 0
    if (frame.on) setTimeout(changed, TYPING_SHOWN + 50)
  })

  const become = (next: Connection) => {
    if (state !== next) {
      state = next
      changed()
    }
  }

  const catchUp = async () => {
    for (let ready = false; !ready && !signal.aborted; ) {
      const after = log.cursor()
      const page = await request(`/events?wait=0&after=${encodeURIComponent(after)}`).then(answer)
      log.apply([...page.events, { event: 'checkpoint', cursor: page.cursor }], after)
      ready = page.ready
    }
    become('online')
    changed()
  }

  /** Reads the log as it grows. Ends when the connection does, and rejects when there is none. */
  const stream = async (connected: () => void) => {
    const drop = new AbortController()
    const cut = () => drop.abort()
    let watchdog = setTimeout(cut, SILENCE)
    globalThis.addEventListener?.('offline', cut)
    try {
      const response = await request(`/events?after=${encodeURIComponent(log.cursor())}`, {
        headers: { accept: 'text/event-stream' },
        signal: AbortSignal.any([signal, drop.signal]),
      })
      if (!response.ok || !response.body) return void (await answer(response))
      connected()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let text = ''; ; ) {
        const { done, value } = await reader.read()
        if (done) return
        clearTimeout(watchdog)
        watchdog = setTimeout(cut, SILENCE)
        const parts = (text + value).split('\n\n')
        text = parts.pop() ?? ''
        const frames = parts.flatMap((part) => parseEvent(part) ?? [])
        if (frames.length === 0) continue
        const after = log.cursor()
        log.apply(frames, after)
        shared.postMessage({ frames, after })
        changed()
      }
    } finally {
      clearTimeout(watchdog)
      globalThis.removeEventListener?.('offline', cut)
    }
  }

  const follow = async () => {
    for (let failures = 0; !signal.aborted; failures++) {
      let atLeast = 0
      await stream(() => {
        failures = 0
        become('online')
        void box.flush()
      }).catch((e) => {
        if (e instanceof Refused) atLeast = e.retryAfter
        if (isFinal(e)) log.restart()
      })
      if (signal.aborted) return
      become('offline')
      shared.postMessage({ frames: [], after: log.cursor(), state })
      await waits.pause(failures, atLeast)
    }
  }

  /** Of several tabs one reads for all, and the next takes over when it goes. Without locks each reads itself. */
  const lead = async () => {
    const locks = globalThis.navigator?.locks
    if (!locks) return follow()
    await locks.request(name, { ifAvailable: true }, (lock) => (lock ? follow() : undefined))
    if (signal.aborted) return
    catchUp().catch(() => {})
    await locks.request(name, { signal }, follow)
  }

  shared.onmessage = ({ data }: MessageEvent<Told>) => {
    if (log.apply(data.frames, data.after)) become(data.state ?? 'online')
    else catchUp().catch(() => {})
    changed()
  }
  globalThis.addEventListener?.('online', waits.wake)
  lead().catch(() => {})
  void box.flush()

  const quietly = (path: string, body: unknown) => void post(path, body).catch(() => {})
  return {
    messages: log.messages,
    pending: box.pending,
    connection: () => state,
    agentTypes: () => Date.now() < typingUntil,
    send: (text) => box.add({ text }),
    choose: (choice) => box.add({ choice }),
    async attach(file) {
      const uploaded = await post(`/attachments?name=${encodeURIComponent(file.name ?? 'file')}`, file)
      box.add({ attachment: (uploaded as { attachment: string }).attachment })
    },
    typing: (on) => quietly('/typing', { on }),
    read() {
      const upTo = Math.max(0, ...log.messages().map((message) => message.at))
      if (upTo > 0) quietly('/read', { upTo })
    },
    close() {
      closing.abort()
      globalThis.removeEventListener?.('online', waits.wake)
      shared.close()
      waits.wake()
    },
  }
}
