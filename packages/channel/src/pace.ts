import type { Clock, Instant } from '@ramal/core'
import { systemClock } from '@ramal/core'
import { identifierKey } from '@ramal/customer'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { OutboundMessage, SendFault, SendReceipt } from './outbound.js'

/** So many at once, and then one every so many ms. */
export interface Rate {
  readonly burst: number
  /** In ms; may be a fraction. */
  readonly every: number
}

/** Gives out turns, in the order in which they are asked for. */
export interface Pacer {
  /** Resolves when it is the caller's turn; at once when `signal` aborts. */
  turn(key: string, signal?: AbortSignal): Promise<void>
  /** No turn for this key for so many ms: the provider has said that it is too much. */
  hold(key: string, ms: number): void
  /** How many keys it remembers. */
  size(): number
}

/** The generic cell rate algorithm: one instant per key, and none for a key that has been quiet long enough. */
export const pacer = (rate: Rate, clock: Clock = systemClock): Pacer => {
  const slack = (rate.burst - 1) * rate.every
  const next = new Map<string, Instant>()
  let sweepAt = 1024
  const sweep = (now: Instant) => {
    if (next.size < sweepAt) return
    for (const [key, at] of next) if (at <= now) next.delete(key)
    sweepAt = Math.max(1024, next.size * 2)
  }
  return {
    async turn(key, signal) {
      const now = clock.now()
      sweep(now)
      const theirs = Math.max(next.get(key) ?? 0, now)
      next.set(key, theirs + rate.every)
      const wait = theirs - slack - now
      if (wait > 0) await clock.sleep(Math.ceil(wait), signal)
    },
    hold(key, ms) {
      const now = clock.now()
      next.set(key, Math.max(next.get(key) ?? 0, now + ms + slack))
    },
    size: () => next.size,
  }
}

export interface PaceOptions {
  /** Of all messages of one endpoint. */
  readonly endpoint?: Rate
  /** Of the messages of one endpoint to one person. */
  readonly pair?: Rate
  /** What to hold back after a fault: nothing, the person, or the endpoint. */
  readonly holds?: (
    fault: SendFault,
  ) => { readonly what: 'pair' | 'endpoint'; readonly ms: number } | undefined
  readonly clock?: Clock
}

type Send = (message: OutboundMessage) => TaskEither<SendFault, SendReceipt>

/**
 * A `send` that keeps within what the provider allows, by waiting. A person who is written to a lot does not
 * slow the others down. When the provider says that it was too much all the same, what follows waits longer.
 */
export const paced = (send: Send, options: PaceOptions): Send => {
  const { clock = systemClock, holds } = options
  const pairs = options.pair && pacer(options.pair, clock)
  const endpoints = options.endpoint && pacer(options.endpoint, clock)
  return (message) => async () => {
    const pair = `${message.endpoint} ${identifierKey(message.to)}`
    await pairs?.turn(pair)
    await endpoints?.turn(message.endpoint)
    const sent = await send(message)()
    if (sent._tag === 'Left') {
      const hold = holds?.(sent.left)
      if (hold?.what === 'pair') pairs?.hold(pair, hold.ms)
      if (hold?.what === 'endpoint') endpoints?.hold(message.endpoint, hold.ms)
    }
    return sent
  }
}
