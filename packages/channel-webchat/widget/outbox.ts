import type { Backoff } from './backoff.js'
import { isFinal, type KeyValues, Refused } from './session.js'

/** A message of this browser that has not come back in the log yet. */
export interface Pending {
  readonly clientMsgId: string
  readonly sentAt: number
  readonly text?: string
  readonly attachment?: string
  readonly choice?: { readonly id: string; readonly title: string }
  /** Why the server refused it for good. */
  readonly refused?: string
}

export interface Outbox {
  readonly pending: () => readonly Pending[]
  add(message: Omit<Pending, 'clientMsgId' | 'sentAt'>): void
  /** It stands in the log. */
  settle(clientMsgId: string): void
  /** Sends what waits, in order, until nothing does. */
  flush(): Promise<void>
}

/** Keeps messages through reloads, each under a key of its own: tabs do not overwrite one another's. */
export const outbox = (
  storage: KeyValues,
  prefix: string,
  { pause }: Backoff,
  signal: AbortSignal,
  send: (message: Pending) => Promise<unknown>,
  changed: () => void,
): Outbox => {
  const waiting = new Map<string, Pending>()
  /** Taken by the server, but not seen in the log yet. */
  const taken = new Set<string>()
  let flushing = false

  for (let i = 0; i < storage.length; i++) {
    const key = storage.key(i) ?? ''
    if (!key.startsWith(prefix)) continue
    const message: Pending = JSON.parse(storage.getItem(key) ?? 'null')
    waiting.set(message.clientMsgId, message)
  }

  const flush = async () => {
    if (flushing) return
    flushing = true
    for (let failures = 0; !signal.aborted; ) {
      const message = [...waiting.values()].find((m) => !m.refused && !taken.has(m.clientMsgId))
      if (!message) break
      const { clientMsgId } = message
      try {
        await send(message)
        taken.add(clientMsgId)
        failures = 0
      } catch (e) {
        if (isFinal(e)) {
          waiting.set(clientMsgId, { ...message, refused: e.message })
          storage.removeItem(prefix + clientMsgId)
          changed()
        } else await pause(failures++, e instanceof Refused ? e.retryAfter : 0)
      }
    }
    flushing = false
  }

  return {
    pending: () => [...waiting.values()],
    flush,
    add(content) {
      const message = { ...content, clientMsgId: crypto.randomUUID(), sentAt: Date.now() }
      waiting.set(message.clientMsgId, message)
      storage.setItem(prefix + message.clientMsgId, JSON.stringify(message))
      changed()
      void flush()
    },
    settle(id) {
      if (waiting.delete(id)) storage.removeItem(prefix + id)
    },
  }
}
