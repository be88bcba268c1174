import { basicAuth, redact } from '@ramal/channel'
import type { Clock } from '@ramal/core'
import type { WebSocket } from 'ws'
import type { AriAccount } from './ari-rest.js'
import type { WebSocketClass } from './ws-library.js'

export interface SocketOptions extends AriAccount {
  readonly app: string
  /** For the connection, and for a sign of life, in ms. */
  readonly timeout: number
  /** Between signs of life, in ms. */
  readonly pingEvery: number
}

/** What comes of a connection: frames in order, and one end. */
export interface SocketListener {
  /** Asterisk sends events to us from now on. */
  opened(): void
  frame(text: string): void
}

/** A frame of ARI has some kilobytes. */
const MAX_FRAME = 1_000_000

const addressOf = ({ origin, app }: SocketOptions): string => {
  const url = new URL('/ari/events', origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.searchParams.set('app', app)
  return url.href
}

/** Ends a connection that gives no sign of life. */
const keepAlive = async (
  socket: WebSocket,
  clock: Clock,
  { timeout, pingEvery }: SocketOptions,
  over: AbortSignal,
): Promise<void> => {
  while (!over.aborted) {
    await clock.sleep(pingEvery, over)
    if (over.aborted) return
    const answered = new AbortController()
    const pong = () => answered.abort()
    socket.once('pong', pong)
    over.addEventListener('abort', pong, { once: true })
    socket.ping()
    await clock.sleep(timeout, answered.signal)
    over.removeEventListener('abort', pong)
    socket.off('pong', pong)
    if (!answered.signal.aborted) socket.terminate()
  }
}

/**
 * One connection to the events of an application, from its beginning to its end. Resolves with why it ended; with
 * nothing when it was `signal`. Never rejects.
 */
export const serveSocket = (
  Socket: WebSocketClass,
  options: SocketOptions,
  clock: Clock,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<Error | undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined)
    const { user, password, timeout } = options
    // In a header: addresses end up in logs.
    const authorization = basicAuth(user, password)
    const socket = new Socket(addressOf(options), {
      headers: { authorization },
      maxPayload: MAX_FRAME,
      perMessageDeflate: false,
    })
    const over = new AbortController()
    let failure: Error | undefined
    const stop = () => socket.terminate()
    const end = (error: Error | undefined) => {
      if (over.signal.aborted) return
      over.abort()
      signal.removeEventListener('abort', stop)
      resolve(signal.aborted ? undefined : error)
    }
    signal.addEventListener('abort', stop, { once: true })
    const connecting = new AbortController()
    over.signal.addEventListener('abort', () => connecting.abort(), { once: true })
    void clock.sleep(timeout, connecting.signal).then(() => {
      if (!connecting.signal.aborted) socket.terminate()
    })
    socket.on('open', () => {
      connecting.abort()
      listener.opened()
      void keepAlive(socket, clock, options, over.signal)
    })
    socket.on('message', (data: Buffer) => listener.frame(data.toString()))
    socket.on('error', (error: Error) => {
      failure = new Error(redact(error.message, [password, authorization]))
    })
    socket.on('close', (code) =>
      end(failure ?? new Error(`Asterisk's event socket was closed with ${code}.`)),
    )
  })
