import type { ChannelAdapter, ChannelEvent, ChannelHost, RawRequest } from '@ramal/channel'
import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { EngineContext } from './context.js'
import type { Answer, Desk } from './http-desk.js'
import { type FetchHandler, fetchHandler } from './http-fetch.js'
import { type NodeListener, nodeListener } from './http-node.js'
import type { TakeReports } from './inbox.js'
import { perTurn } from './per-turn.js'

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

/** A webhook that waits for its answer. */
interface Arrived {
  readonly adapter: ChannelAdapter
  readonly raw: RawRequest
  /** What it reports, once that is decoded. */
  events: readonly ChannelEvent[]
  readonly answer: (answer: Answer) => void
}

/** Webhooks that go through the steps together: what more of them say does not stay near the processor meanwhile. */
const TOGETHER = 64

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
  engine: Pick<EngineContext, 'clock' | 'adapters' | 'onTrouble'>,
  base: string,
  take: TakeReports,
  host?: (a: ChannelAdapter) => ChannelHost,
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

  /** Whether a request may come in. One that may not, or that only asks whether we are here, is answered. */
  const letIn = ({ adapter, raw, answer }: Arrived, now: Instant): boolean => {
    const reply = adapter.handshake?.(raw)
    if (reply) {
      answer(reply.status < 400 ? reply : refuse(adapter, reply.status, 'handshake'))
      return false
    }
    const verified = adapter.verify(raw, now)
    if (E.isRight(verified)) return true
    answer(refuse(adapter, verified.left.status, verified.left.reason))
    return false
  }

  /** What is answered to what is stored. */
  const answerTo = ({ adapter, raw, events }: Arrived): Answer => {
    const [only] = events
    // Kept for us to look at; the sender learns that it was not understood.
    if (only?.kind === 'unrecognised' && only.type === 'body' && events.length === 1)
      return refuse(adapter, 400, 'malformed body')
    return adapter.instruct?.(raw) ?? adapter.acknowledge ?? TAKEN
  }

  /** A step for one webhook: where it breaks, that one is told so. */
  const passing = (step: (one: Arrived) => boolean) => (one: Arrived) => {
    try {
      return step(one)
    } catch (error) {
      one.answer(broken(error))
      return false
    }
  }

  const acknowledge = passing((one) => {
    one.answer(answerTo(one))
    return true
  })

  /**
   * What arrived together goes through each step together: a step that runs for many in a row finds its code where it
   * left it, and costs half as much for each.
   */
  const takeSome = (arrived: readonly Arrived[]): void => {
    const now = engine.clock.now()
    const verified = arrived.filter(passing((one) => letIn(one, now)))
    const decoded = verified.filter(
      passing((one) => {
        one.events = one.adapter.decode(one.raw, now)
        return true
      }),
    )
    // No promises of our own: several for each webhook cost as much as checking its signature.
    for (const one of decoded)
      take(one.adapter.channel, one.events).then(
        () => acknowledge(one),
        (error: unknown) => one.answer(broken(error)),
      )
  }

  const arrive = perTurn<Arrived>((arrived) => {
    for (let from = 0; from < arrived.length; from += TOGETHER) takeSome(arrived.slice(from, from + TOGETHER))
  })

  const desk: Desk = {
    find(pathname) {
      if (!pathname.startsWith(prefix)) return NOT_HERE
      const end = pathname.indexOf('/', prefix.length)
      const id = end < 0 ? pathname.slice(prefix.length) : pathname.slice(prefix.length, end)
      return engine.adapters.byId(id) ?? NO_CHANNEL
    },
    webhook(adapter, raw, answer) {
      if (raw) arrive({ adapter, raw, events: [], answer })
      else answer(refuse(adapter, 413, 'body too large'))
    },
    own: async (adapter, request) => host && adapter.handle?.(request, host(adapter)),
    broken,
  }
  const handle = fetchHandler(desk)
  return { refusals, handle, listener: nodeListener(desk, handle) }
}
