import { type Bell, positionOf, START, StoreError, systemClock } from '@ramal/core'
import pg from 'pg'
import type { Settings } from './options.js'
import { pauseAfter } from './persist.js'

/** Least time between two notifications, in ms: a hint of the newest position is as good as one of each. */
const HINT_GAP = 10

/** Tells other processes of new events. A hint is sent after the commit, never within it: see the README. */
export const hinter = (
  send: (position: string) => Promise<unknown>,
  signal: AbortSignal,
): ((position: string) => void) => {
  let wanted: string | undefined
  let running = false
  const run = async () => {
    running = true
    while (wanted !== undefined && !signal.aborted) {
      const position = wanted
      wanted = undefined
      // A hint that is lost costs a poll interval.
      await send(position).catch(() => undefined)
      await systemClock.sleep(HINT_GAP, signal)
    }
    running = false
  }
  return (position) => {
    wanted = position
    if (!running) void run()
  }
}

/** Rings the bell for each hint of another process, on a connection of its own, until the signal aborts. */
export const listen = async (
  { connection, channel }: Settings,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> => {
  for (let failures = 0; !signal.aborted; failures++) {
    if (failures > 0) await systemClock.sleep(pauseAfter(failures), signal)
    const client = new pg.Client(connection)
    const gone = new Promise<void>((resolve) => {
      client.on('error', () => resolve())
      client.on('end', () => resolve())
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    client.on('notification', ({ payload }) => {
      const ordinal = Number(payload)
      if (Number.isSafeInteger(ordinal)) bell.ring(positionOf(ordinal))
    })
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
      failures = 0
      // What was told while nobody listened.
      bell.ring(START)
      await gone
    } catch {
      // Polling goes on meanwhile, and tells what does not heal.
    }
    // Not waited for: a server that is gone says no goodbye.
    void client.end().catch(() => undefined)
  }
}

/** Rings the bell when the log has grown, whoever wrote and whatever became of the hint. */
export const poll = async (
  head: () => Promise<string>,
  bell: Bell,
  interval: number,
  signal: AbortSignal,
): Promise<void> => {
  let last = ''
  while (!signal.aborted) {
    await systemClock.sleep(interval, signal)
    try {
      const now = await head()
      if (now > last) bell.ring(positionOf(Number(now)))
      last = now
    } catch (error) {
      // Whoever waits finds out by reading, and either tries again or tells.
      if (!(error instanceof StoreError && error.code === 'closed')) bell.ring(START)
    }
  }
}
