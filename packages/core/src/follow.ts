import type { Position } from './position.js'
import type { Page } from './store.js'

/** Wakes those who wait for the log to grow past a position. For stores that know of each commit. */
export interface Bell {
  /** The log has grown to `head`. */
  ring(head: Position): void
  /** Resolves when the log has grown past `after`, at once if it has already, or when `signal` aborts. */
  wait(after: Position, signal: AbortSignal): Promise<void>
}

export const bell = (initial: Position): Bell => {
  let head = initial
  const waiting = new Set<() => void>()
  return {
    ring(position) {
      if (position > head) head = position
      // Who is woken leaves the set; a copy would cost an allocation for each append that nobody waits for.
      for (const wake of waiting) wake()
    },
    wait: (after, signal) =>
      new Promise((resolve) => {
        if (head > after || signal.aborted) return resolve()
        const wake = () => {
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      }),
  }
}

/**
 * A subscription made of reads: read on, and where the log ends wait for more. It holds no buffer, so a slow
 * consumer costs nothing and misses nothing.
 * @param readPage the next events after a position; `caughtUp` when there were no more
 * @param wait resolves when there may be more; may resolve too often, never too seldom
 */
export async function* follow(
  readPage: (after: Position) => Promise<Page> | Page,
  wait: (after: Position, signal: AbortSignal) => Promise<void>,
  after: Position,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  let position = after
  let told: Position | undefined
  while (!signal.aborted) {
    const page = await readPage(position)
    if (signal.aborted) return
    if (page.position > position) position = page.position
    if (page.events.length > 0 || (page.caughtUp && told !== position)) {
      told = page.caughtUp ? position : undefined
      yield page
    }
    if (page.caughtUp) await wait(position, signal)
  }
}
