import { type Position, StoreError } from '@ramal/core'
import { alarm } from './alarm.js'
import type { EngineContext } from './context.js'
import { ingest } from './ingest.js'
import { waiters } from './waiters.js'

export interface Late {
  /** Resolves when what was early, and whose message is in the log up to here, was written down or tried. */
  settledAt(position: Position): Promise<void>
  readonly ended: Promise<void>
}

const PAUSE = 1_000

/**
 * Writes down what was reported of a message before the message was known, such as a status that was faster than
 * the answer to the send, or an edit that was delivered first. Of several engines each may; it is written once.
 */
export const startLate = (engine: EngineContext, signal: AbortSignal): Late => {
  const { directory, clock, onTrouble } = engine
  const waiting = waiters()
  const { wake, sleep } = alarm(clock, signal)
  let working = false
  /** After a fault, until it is tried again: nobody waits for that. */
  let pausing = false

  const settle = async (): Promise<void> => {
    for (const [commandId, { channel, report }] of [...directory.early]) {
      if (signal.aborted) return
      await ingest(engine, channel, [report])
      directory.settled(commandId)
    }
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (directory.early.size === 0) {
        working = false
        waiting.tell()
        await sleep()
        continue
      }
      working = true
      try {
        await settle()
      } catch (error) {
        if (signal.aborted) return
        onTrouble(error)
        pausing = true
        waiting.tell()
        await clock.sleep(PAUSE, signal)
        pausing = false
      }
    }
  }

  const unwatch = directory.onPage(wake)
  signal.addEventListener('abort', waiting.tell, { once: true })
  const ended = run().finally(unwatch)

  return {
    ended,
    async settledAt(position) {
      await directory.reached(position)
      while (!pausing && (working || directory.early.size > 0)) {
        if (signal.aborted) throw new StoreError('closed', 'The engine has ended.')
        await waiting.next()
      }
    },
  }
}
