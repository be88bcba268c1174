import {
  type ChannelAdapter,
  type ChannelHost,
  MAX_BODY_BYTES,
  type RawRequest,
  type Reply,
} from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import type { EngineContext } from './context.js'
import { ingest } from './ingest.js'

/** Requests that were not let in, by channel id and reason. Counted, never stored. */
export type Refusals = ReadonlyMap<string, number>

export interface Gateway {
  readonly handle: (request: Request) => Promise<Response>
  readonly refusals: Refusals
}

const text = (status: number, body: string): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })

const answer = ({ status, headers, body }: Reply): Response =>
  new Response(body ?? null, headers ? { status, headers: { ...headers } } : { status })

/** The body, or nothing when it is longer than `most`: what comes after that is not even read. */
const readBody = async (request: Request, most: number): Promise<Uint8Array | undefined> => {
  if (Number(request.headers.get('content-length') ?? 0) > most) return undefined
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length
    if (size > most) {
      await reader.cancel().catch(() => {})
      return undefined
    }
    chunks.push(part.value)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/** What every caller may know; the reason stays with us. */
const REFUSED: Readonly<Record<number, string>> = {
  400: 'malformed request',
  401: 'signature missing',
  403: 'not accepted',
  405: 'method not allowed',
  413: 'body too large',
}

/**
 * A request to a response, for any server that speaks the Fetch API. Webhooks come in at
 * `BASE/webhooks/CHANNEL-ID`: verified over the raw bytes, stored, and only then answered.
 */
export const gateway = (
  engine: EngineContext,
  base: string,
  host: (a: ChannelAdapter) => ChannelHost,
): Gateway => {
  const refusals = new Map<string, number>()
  const prefix = `${base}/webhooks/`
  const refuse = (adapter: ChannelAdapter, status: number, reason: string): Response => {
    const key = `${adapter.id}: ${reason}`
    refusals.set(key, (refusals.get(key) ?? 0) + 1)
    return text(status, REFUSED[status] ?? 'not accepted')
  }

  const webhook = async (adapter: ChannelAdapter, request: Request): Promise<Response> => {
    const body = await readBody(request, MAX_BODY_BYTES)
    if (!body) return refuse(adapter, 413, 'body too large')
    const raw: RawRequest = { method: request.method, url: request.url, headers: request.headers, body }
    const reply = adapter.handshake?.(raw)
    if (reply) return reply.status < 400 ? answer(reply) : refuse(adapter, reply.status, 'handshake')
    const now = engine.clock.now()
    const verified = adapter.verify(raw, now)
    if (E.isLeft(verified)) return refuse(adapter, verified.left.status, verified.left.reason)
    const events = adapter.decode(raw, now)
    await ingest(engine, adapter.channel, events)
    const [only, ...others] = events
    // Kept for us to look at; the sender learns that it was not understood.
    if (only?.kind === 'unrecognised' && only.type === 'body' && others.length === 0)
      return refuse(adapter, 400, 'malformed body')
    return answer(adapter.acknowledge ?? { status: 200 })
  }

  return {
    refusals,
    async handle(request) {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith(prefix)) return text(404, 'There is nothing here.')
      const id = pathname.slice(prefix.length).split('/', 1)[0]!
      const adapter = engine.adapters.byId(id)
      if (!adapter) return text(404, 'There is no such channel.')
      try {
        const own = await adapter.handle?.(request, host(adapter))
        return own ?? (await webhook(adapter, request))
      } catch (error) {
        // Nothing is acknowledged that may not be stored: the provider brings it again.
        engine.onTrouble(error)
        return text(503, 'It could not be stored; deliver it again.')
      }
    },
  }
}
