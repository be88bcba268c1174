import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ChannelHost } from '@ramal/channel'
import { instant, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { WebSocket } from 'ws'
import type { Webchat } from './adapter.js'
import { readCursor } from './cursor.js'
import { follow } from './frames.js'
import { Problem, problemBody } from './http.js'
import { lifetime } from './lifetime.js'
import { MAX_JSON_BYTES } from './options.js'
import type { Claims } from './token.js'

/** How long a new socket may take to say who it is, in ms. */
const RESUME_WITHIN = 10_000

/** Bytes that a slow reader may leave unread before the log is read on for it. */
const MAX_BUFFERED = 64 * 1024

/** Frames that may wait for their turn. */
const MAX_QUEUED = 100

const resume = record({ t: t.literal('resume'), token: nonEmpty }, { after: t.string })
const said = record({ t: nonEmpty }, { on: t.boolean, upTo: instant })

/** The close code for a problem: 4401 no session, 4403 wrong site, 4429 too much, 4400 anything else. */
const closeCode = (e: unknown): number =>
  e instanceof Problem ? ([401, 403, 429].includes(e.status) ? 4000 + e.status : 4400) : 1011

const parse = (data: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch {
    throw new Problem(400, 'malformed', 'A frame is JSON in UTF-8.')
  }
}

interface Line {
  readonly chat: Webchat
  readonly host: ChannelHost
  readonly socket: WebSocket
  readonly signal: AbortSignal
}

const tell = ({ socket }: Line, frame: unknown) => {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
}

/** Sends the thread; waits where the other side does not keep up. */
const sendThread = async (line: Line, claims: Claims, after: string) => {
  const { chat, host, socket, signal } = line
  const deps = { settings: chat.service.settings, host, typing: chat.service.typing }
  for await (const frame of follow(deps, claims, after, signal)) {
    if (frame.event === 'heartbeat') socket.ping()
    else {
      const { event, ...rest } = frame
      tell(line, { t: event, ...rest })
    }
    while (socket.bufferedAmount > MAX_BUFFERED && !signal.aborted) await host.clock.sleep(20, signal)
  }
  // The token has expired, or the adapter stops: the client comes back with a new one.
  socket.close(signal.aborted ? 1001 : 4401)
}

const listen = async (line: Line, claims: Claims, frame: unknown) => {
  const { chat, host } = line
  const decoded = said.decode(frame)
  if (E.isLeft(decoded)) throw new Problem(400, 'malformed', 'A frame has a type in "t".')
  switch (decoded.right.t) {
    case 'message':
      return tell(line, { t: 'accepted', ...(await chat.service.submit(host, claims, frame)) })
    case 'typing':
      return chat.service.tellTyping(host, claims, frame)
    case 'read':
      return chat.service.tellRead(host, claims, frame)
    default:
      throw new Problem(400, 'malformed', 'The "t" of a frame is "message", "typing" or "read".')
  }
}

const clientMsgIdOf = (frame: unknown): Record<string, unknown> => {
  const id = (frame as { clientMsgId?: unknown } | null)?.clientMsgId
  return typeof id === 'string' ? { clientMsgId: id } : {}
}

const converse = (chat: Webchat, host: ChannelHost, socket: WebSocket, origin: string | undefined): void => {
  const { signal, end } = lifetime([chat.stopping])
  const line: Line = { chat, host, socket, signal }
  let claims: Claims | undefined
  let release = () => {}
  let alive = true
  // Frames are taken one by one: the order of messages is the order in which they were said.
  let turn = Promise.resolve()
  let queued = 0

  const fail = (e: unknown) => {
    if (e instanceof Problem) tell(line, { t: 'error', ...problemBody(e) })
    socket.close(closeCode(e))
  }
  const begin = async (frame: unknown) => {
    const decoded = resume.decode(frame)
    if (E.isLeft(decoded))
      throw new Problem(401, 'no_session', 'The first frame is {"t":"resume","token":...}.')
    const { token, after = '' } = decoded.right
    const found = await chat.service.authenticate(host, token, origin)
    // Whoever has hung up meanwhile holds no connection.
    if (signal.aborted) return
    claims = found
    release = chat.service.connect(claims)
    sendThread(line, claims, readCursor(chat.service.settings, after)).catch(fail)
  }
  const take = async (data: Buffer) => {
    if (!claims) return begin(parse(data))
    let frame: unknown
    try {
      frame = parse(data)
      await listen(line, claims, frame)
    } catch (e) {
      // One frame that is refused costs no other.
      if (!(e instanceof Problem)) throw e
      const retry = e.retryAfter === undefined ? {} : { retryAfter: e.retryAfter }
      tell(line, { t: 'refused', ...clientMsgIdOf(frame), ...retry, ...problemBody(e) })
    }
  }

  socket.on('message', (data: Buffer) => {
    if (++queued > MAX_QUEUED) return fail(new Problem(429, 'too_many', 'Too many frames at once.'))
    turn = turn
      .then(() => take(data))
      .catch(fail)
      .finally(() => queued--)
  })
  socket.on('pong', () => {
    alive = true
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    end()
    release()
  })
  void host.clock.sleep(RESUME_WITHIN, line.signal).then(() => {
    if (!claims) fail(new Problem(401, 'no_session', 'Nothing was said in time.'))
  })
  void watch()
  async function watch() {
    while (!line.signal.aborted) {
      alive = false
      socket.ping()
      await host.clock.sleep(2 * chat.service.settings.heartbeat, line.signal)
      if (!alive) socket.terminate()
    }
    socket.close(1001)
  }
}

/**
 * Takes WebSockets at `.../socket` of a server of Node, which the `handle` of an adapter cannot. Needs the
 * package `ws`, and an engine that has started the adapter. Returns what stops taking new ones; those that are
 * open end with the adapter.
 */
export const serveSockets = async (chat: Webchat, server: Server): Promise<() => void> => {
  const { WebSocketServer } = await import('ws').catch((cause: unknown) => {
    throw new Error('Web chat needs the package "ws" for WebSockets: npm install ws', { cause })
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_JSON_BYTES,
    perMessageDeflate: false,
  })
  const upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    if (!/\/socket$/.test(request.url?.split('?')[0] ?? '')) return
    const host = chat.host()
    if (!host) return void connection.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
    sockets.handleUpgrade(request, connection, head, (socket) =>
      converse(chat, host, socket, request.headers.origin),
    )
  }
  server.on('upgrade', upgrade)
  return () => {
    server.off('upgrade', upgrade)
    sockets.close()
  }
}
