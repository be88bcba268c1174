import type { ChannelAdapter, ChannelHost, RawRequest } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import type { EngineContext } from './context.js'
import type { Answer, Desk } from './http-desk.js'
import { type FetchHandler, fetchHandler } from './http-fetch.js'
import { type NodeListener, nodeListener } from './http-node.js'
import { ingest } from './ingest.js'

/** Requests that were not let in, by channel id and reason. Counted, never stored. */
export type Refusals = ReadonlyMap<string, number>

export interface Gateway {
  readonly handle: FetchHandler
  readonly listener: NodeListener
  readonly refusals: Refusals
}

const text = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
})

/** What every caller may know; the reason stays with us. */
const REFUSED: Readonly<Record<number, Answer>> = {
  400: text(400, 'malformed request'),
  401: text(401, 'signature missing'),
  403: text(403, 'not accepted'),
  405: text(405, 'method not allowed'),
  413: text(413, 'body too large'),
}

const NOT_HERE = text(404, 'There is nothing here.')
const NO_CHANNEL = text(404, 'There is no such channel.')
const AGAIN = text(503, 'It could not be stored; deliver it again.')
const TAKEN: Answer = { status: 200 }

/**
 * Webhooks come in at `BASE/webhooks/CHANNEL-ID`: verified over the raw bytes, stored, and only then answered.
 */
export const gateway = (
  engine: EngineContext,
  base: string,
  host: (a: ChannelAdapter) => ChannelHost,
): Gateway => {
  const refusals = new Map<string, number>()
  const prefix = `${base}/webhooks/`
  const refuse = (adapter: ChannelAdapter, status: number, reason: string): Answer => {
    const key = `${adapter.id}: ${reason}`
    refusals.set(key, (refusals.get(key) ?? 0) + 1)
    return REFUSED[status] ?? text(status, 'not accepted')
  }

  const broken = (error: unknown): Answer => {
    // The provider brings again what was not acknowledged.
    engine.onTrouble(error)
    return AGAIN
  }

  const take = async (adapter: ChannelAdapter, raw: RawRequest): Promise<Answer> => {
    const reply = adapter.handshake?.(raw)
    if (reply) return reply.status < 400 ? reply : refuse(adapter, reply.status, 'handshake')
    const now = engine.clock.now()
    const verified = adapter.verify(raw, now)
    if (E.isLeft(verified)) return refuse(adapter, verified.left.status, verified.left.reason)
    const events = adapter.decode(raw, now)
    await ingest(engine, adapter.channel, events)
    const [only, ...others] = events
    // Kept for us to look at; the sender learns that it was not understood.
    if (only?.kind === 'unrecognised' && only.type === 'body' && others.length === 0)
      return refuse(adapter, 400, 'malformed body')
    return adapter.instruct?.(raw) ?? adapter.acknowledge ?? TAKEN
  }

  const desk: Desk = {
    find(pathname) {
      if (!pathname.startsWith(prefix)) return NOT_HERE
      const end = pathname.indexOf('/', prefix.length)
      const id = end < 0 ? pathname.slice(prefix.length) : pathname.slice(prefix.length, end)
      return engine.adapters.byId(id) ?? NO_CHANNEL
    },
    webhook: (adapter, raw) =>
      raw ? take(adapter, raw).catch(broken) : Promise.resolve(refuse(adapter, 413, 'body too large')),
    own: async (adapter, request) => adapter.handle?.(request, host(adapter)),
    broken,
  }
  const handle = fetchHandler(desk)
  return { refusals, handle, listener: nodeListener(desk, handle) }
}
