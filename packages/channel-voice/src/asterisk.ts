import {
  bodyText,
  type ChannelAdapter,
  type ChannelEvent,
  type ChannelHost,
  finish,
  parseJson,
  type RawRequest,
  unreadable,
} from '@ramal/channel'
import { freshId, type Instant, random, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type AriCalls, ariCalls } from './ari-calls.js'
import { type AriEntry, decodeFrame, readFrame } from './ari-decode.js'
import { type Ari, ariRest } from './ari-rest.js'
import { resync } from './ari-resync.js'
import { handleFrame, orderOf, type SessionContext } from './ari-session.js'
import { serveSocket } from './ari-socket.js'
import type { AsteriskOptions } from './asterisk-options.js'
import { gate } from './gate.js'
import { inOrder } from './in-order.js'
import { endpointsOf } from './voice-number.js'
import { loadWs, type WebSocketClass } from './ws-library.js'

const SHORTEST_PAUSE = 500

const decodeBody = (request: Pick<RawRequest, 'body'>, entry: AriEntry, at: Instant) => {
  const read = parseJson(request.body)
  if (E.isLeft(read)) return [unreadable('ari', request.body, read.left, at)]
  return finish(decodeFrame(read.right, entry, at), request.body.length)
}

const health = (app: string, level: 'ok' | 'down', what: string, at: Instant): ChannelEvent => ({
  kind: 'endpointHealth',
  dedupeKey: `ari:${app}:${what}:${freshId()}`,
  at,
  endpoint: '',
  peer: [],
  level,
  what,
})

interface Connecting {
  readonly Socket: WebSocketClass
  readonly options: AsteriskOptions
  readonly entry: AriEntry
  readonly ari: Ari
  readonly calls: AriCalls
}

/** A connection from its opening to its end. Gives why it ended, and whether another one has taken the application. */
const serveConnection = async (
  { Socket, options, entry, ari, calls }: Connecting,
  host: ChannelHost,
  signal: AbortSignal,
  synced: () => void,
): Promise<{ readonly failure: Error | undefined; readonly replaced: boolean }> => {
  const { app } = entry
  const { timeout = 15_000, pingEvery = 15_000, onTrouble = () => {} } = options
  const ending = new AbortController()
  const end = () => ending.abort()
  signal.addEventListener('abort', end, { once: true })
  const session: SessionContext = { calls, entry, host, signal, onTrouble }
  const order = inOrder((cause) => onTrouble(new Error('A frame of Asterisk was not worked off.', { cause })))
  let replaced = false
  let failure: Error | undefined
  let ready: Promise<void> = Promise.resolve()
  const take = (text: string) => {
    const bytes = Buffer.from(text)
    const read = parseJson(bytes)
    if (E.isLeft(read)) {
      onTrouble(new Error(`Asterisk sent a frame that is no JSON: ${bodyText(bytes).slice(0, 100)}`))
      return
    }
    if (readFrame(read.right)?.type === 'ApplicationReplaced') {
      replaced = true
      return end()
    }
    order(orderOf(read.right), async () => {
      await ready
      await handleFrame(session, read.right, bytes.length)
    })
  }
  const sync = async () => {
    try {
      await resync(ari, session)
      synced()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      failure = new Error(`What Asterisk has could not be compared with the log: ${why}`, { cause })
      end()
    }
  }
  const socketOptions = { ...options, app, timeout, pingEvery }
  const opened = () => {
    ready = sync()
  }
  const closed = await serveSocket(Socket, socketOptions, host.clock, { opened, frame: take }, ending.signal)
  await ready
  await order.idle()
  signal.removeEventListener('abort', end)
  return { failure: failure ?? closed, replaced }
}

/**
 * Calls of an Asterisk 16 or later, through ARI: its REST interface and its event socket. Needs the package `ws`.
 * One adapter serves an application at a time: when another connects, this one reports it and stays silent.
 * @throws TypeError when an option is missing
 */
export const asterisk = (options: AsteriskOptions): ChannelAdapter => {
  const { id = 'voice-asterisk', channel = 'phone', numbers, app = 'ramal', arg = 'inbound' } = options
  const { origin, user, password, longestPause = 30_000, timeout = 15_000 } = options
  if (!URL.canParse(origin) || !user || !password)
    throw new TypeError('asterisk needs origin, user and password: see http.conf and ari.conf.')
  if (numbers.length === 0) throw new TypeError('asterisk needs numbers: one or more that customers call.')
  const clock = options.clock ?? systemClock
  const entry: AriEntry = { app, arg, ...(options.caller ? { caller: options.caller } : {}) }
  const ari = ariRest(options, { ...options, clock })
  const calls = ariCalls(ari, options)

  /** While there is a connection that has looked at what there is: only then is all heard of a call that we place. */
  const synced = gate()

  const start = async (engine: ChannelHost, signal: AbortSignal): Promise<void> => {
    const host = { ...engine, clock }
    const connecting: Connecting = { Socket: await loadWs(), options, entry, ari, calls }
    const lots = random(freshId())
    const tell = (level: 'ok' | 'down', what: string) =>
      host.ingest([health(app, level, what, clock.now())]).catch((cause) => {
        options.onTrouble?.(new Error('The state of the connection could not be stored.', { cause }))
      })
    let down = false
    for (let failures = 0; !signal.aborted; failures++) {
      const { failure, replaced } = await serveConnection(connecting, host, signal, () => {
        failures = 0
        synced.open()
        if (down) void tell('ok', 'connected')
        down = false
      })
      synced.close()
      if (signal.aborted) return
      if (!down) await tell('down', replaced ? 'replaced' : 'disconnected')
      down = true
      if (replaced) {
        options.onTrouble?.(new Error(`Another connection has taken the application ${app}; this one waits.`))
        return
      }
      options.onTrouble?.(failure ?? new Error('Asterisk has closed the connection.'))
      // With chance in it, so that all who lost a server do not come back in one moment.
      const most = Math.min(longestPause, SHORTEST_PAUSE * 2 ** Math.min(failures, 10))
      await clock.sleep(most / 2 + lots.fraction() * (most / 2), signal)
    }
  }

  return {
    channel,
    id,
    endpoints: endpointsOf(numbers),
    verify: () => E.left({ status: 405, reason: 'ARI has no webhook' }),
    decode: (request, at) => decodeBody(request, entry, at),
    send: () => async () =>
      E.left({ class: 'content', reason: 'Nothing can be written in a telephone call.' }),
    control: (command) => async () => {
      const isHeard = command.action.kind !== 'place' || (await synced.within(timeout, clock))
      return isHeard
        ? calls.control(command)
        : E.left({ class: 'retry', reason: 'There is no connection to Asterisk; nobody is called.' })
    },
    start,
  }
}
