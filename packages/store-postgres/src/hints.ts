import { type Bell, type Position, START, systemClock } from '@ramal/core'
import pg from 'pg'
import type { Settings } from './options.js'
import { pauseAfter } from './persist.js'

/** Least time between two notifications, in ms: a hint of the newest position is as good as one of each. */
const HINT_GAP = 25

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

/** Calls `hear` for each hint of another process, on a connection of its own, until the signal aborts. */
export const listen = async (
  { connection, channel }: Settings,
  hear: () => void,
  signal: AbortSignal,
): Promise<void> => {
  for (let failures = 0; !signal.aborted; failures++) {
    if (failures > 0) await systemClock.sleep(pauseAfter(failures), signal)
    const client = new pg.Client(connection)
    let leave = () => {}
    const gone = new Promise<void>((resolve) => {
      leave = () => resolve()
      client.on('error', leave)
      client.on('end', leave)
      signal.addEventListener('abort', leave)
    })
    client.on('notification', hear)
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
      failures = 0
      // What was told while nobody listened.
      hear()
      if (!signal.aborted) await gone
    } catch {
      // Polling goes on meanwhile, and tells what does not heal.
    }
    signal.removeEventListener('abort', leave)
    // Not waited for: a server that is gone says no goodbye.
    void client.end().catch(() => undefined)
  }
}

/**
 * Asks for the head of the log, again and again until the signal aborts, and rings the bell when it has moved.
 * @param wanted whether anybody waits; nobody is asked otherwise
 * @returns asks at once: a hint says that something may have come, and only the log says what
 */
export const poll = (
  wanted: () => boolean,
  head: () => Promise<Position>,
  bell: Bell,
  interval: number,
  signal: AbortSignal,
): (() => void) => {
  let hinted = new AbortController()
  const run = async () => {
    for (let last = START; !signal.aborted; ) {
      await systemClock.sleep(interval, AbortSignal.any([signal, hinted.signal]))
      hinted = new AbortController()
      if (!wanted()) continue
      try {
        const now = await head()
        if (now > last) bell.ring(now)
        last = now
      } catch {
        // Whoever waits finds out by reading, and either tries again or tells.
        bell.ring(START)
      }
    }
  }
  void run()
  return () => hinted.abort()
}
