import { type Clock, type Instant, systemClock } from '@ramal/core'
import { matchKey } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
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
  /**
   * Resolves with 0 when it is the caller's turn. With a wait of more than `maxWait` ms before it, no turn is taken:
   * it resolves at once, with that wait in ms.
   */
  turn(key: string, maxWait?: number): Promise<number>
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
    async turn(key, maxWait = Number.POSITIVE_INFINITY) {
      const now = clock.now()
      sweep(now)
      const theirs = Math.max(next.get(key) ?? 0, now)
      const wait = Math.ceil(theirs - slack - now)
      if (wait > maxWait) return wait
      next.set(key, theirs + rate.every)
      if (wait > 0) await clock.sleep(wait)
      return 0
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
  /**
   * Longest wait for a turn, in ms; where it would be longer the message is not sent and is to be tried again then.
   * Default 10,000.
   */
  readonly maxWait?: number
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
  const { clock = systemClock, holds, maxWait = 10_000 } = options
  const pairs = options.pair && pacer(options.pair, clock)
  const endpoints = options.endpoint && pacer(options.endpoint, clock)
  return (message) => async () => {
    const pair = `${message.endpoint} ${matchKey(message.to)}`
    // What would be of no use any more does not wait for it.
    const most = Math.min(maxWait, message.validFor ?? maxWait)
    const wait = (await pairs?.turn(pair, most)) || (await endpoints?.turn(message.endpoint, most))
    if (wait)
      return E.left({
        class: 'retry',
        reason: 'More would be sent than the provider allows.',
        retryAfter: wait,
      })
    const sent = await send(message)()
    if (E.isLeft(sent)) {
      const hold = holds?.(sent.left)
      if (hold?.what === 'pair') pairs?.hold(pair, hold.ms)
      if (hold?.what === 'endpoint') endpoints?.hold(message.endpoint, hold.ms)
    }
    return sent
  }
}
