import {
  laterOf,
  type Page,
  type Position,
  type Recorded,
  StoreError,
  type SubscribeOptions,
} from '@ramal/core'
import type { Connection } from './connection.js'
import { fromServer } from './envelope.js'
import { storeErrorOf } from './errors.js'
import { pushDown } from './filter.js'
import { type Intake, openIntake } from './intake.js'
import { positionFrom } from './position.js'
import { head, readLog } from './read.js'

const SHORTEST_PAUSE = 50
const LONGEST_PAUSE = 5_000

const pause = (failures: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const longest = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** Math.min(failures, 10))
    const timer = setTimeout(end, longest * (0.5 + Math.random() / 2))
    signal.addEventListener('abort', end)
  })

/**
 * Reads the log to its end, and then subscribes to what comes. It heals: when the subscription breaks, or when it is silent although there is something to say,
 * another begins after what was yielded last, never after what was only received.
 *
 * @param silence how long nothing may come, in ms, before the log itself is asked whether that is right
 */
export async function* subscribe(
  connection: Connection,
  { after, ...filter }: SubscribeOptions,
  silence: number,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const { onServer, wants } = pushDown(connection, filter)
  let position = after
  let told: Position | undefined
  let failures = 0

  /** A page for what has come, unless it would say what the last one said. */
  const pageOf = (events: readonly Recorded[], to: Position, caughtUp: boolean): Page | undefined => {
    const moved = to > position
    position = laterOf(position, to)
    if (events.length === 0 && !moved && !(caughtUp && told !== position)) return undefined
    told = caughtUp ? position : undefined
    return { events, position, caughtUp }
  }

  /** Nothing came. A page when nothing wanted was there to come; nothing when the subscription must be deaf. */
  const verify = async (): Promise<'at the end' | 'deaf' | Page> => {
    const end = await head(connection)
    // Servers before 23.10 do not say that they have caught up.
    if (end <= position) return pageOf([], position, true) ?? 'at the end'
    for await (const page of readLog(connection, { after: position, limit: 1, ...filter })) {
      if (page.events.length > 0) return 'deaf'
      if (page.caughtUp) return pageOf([], page.position, true) ?? 'at the end'
    }
    return 'deaf'
  }

  while (!signal.aborted) {
    let intake: Intake | undefined
    try {
      // What is there already comes faster, and in larger pages, by reading.
      for await (const read of readLog(connection, { after: position, ...filter })) {
        if (signal.aborted) return
        const page = pageOf(read.events, read.position, read.caughtUp)
        if (page) yield page
        if (signal.aborted) return
      }
      intake = openIntake(connection, position, onServer)
      for (;;) {
        const delivery = await intake.next(silence, signal)
        if (signal.aborted) return
        if (delivery === 'silence') {
          const found = await verify()
          if (signal.aborted) return
          if (found === 'deaf') break
          if (found !== 'at the end') yield found
          continue
        }
        failures = 0
        // After a resubscription the server may begin with what was the last event.
        const fresh = delivery.events.filter((event) => positionFrom(event.position) > position)
        const events = fresh
          .map(fromServer)
          .filter((event) => event !== undefined && wants(event)) as Recorded[]
        const last = fresh.at(-1)
        const to = laterOf(last ? positionFrom(last.position) : position, delivery.checkpoint ?? position)
        const page = pageOf(events, to, delivery.caughtUp)
        if (page) yield page
        if (signal.aborted) return
      }
    } catch (error) {
      const known = storeErrorOf(error, 'subscribing')
      if (signal.aborted) return
      if (known.code !== 'unavailable') throw known
      failures += 1
    } finally {
      intake?.stop()
    }
    await pause(failures, signal)
  }
}

/** Resolves when a subscription is accepted: shows that the second connection of the client works too. */
export const trySubscription = async ({ client, call }: Connection): Promise<void> =>
  call('subscribing', async () => {
    const subscription = client.subscribeToAll({ fromPosition: 'end', requiresLeader: true })
    try {
      await new Promise<void>((resolve, reject) => {
        subscription.on('error', reject)
        subscription.on('end', () => reject(new StoreError('unavailable', 'KurrentDB ended the connection.')))
        subscription.on('confirmation', () => resolve())
        subscription.resume()
      })
    } finally {
      subscription.unsubscribe().catch(() => undefined)
      subscription.destroy()
    }
  })
