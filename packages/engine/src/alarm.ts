import type { Clock, Instant } from '@ramal/core'

/** What a loop sleeps by that works off what the log tells it to. */
export interface Alarm {
  /** Ends the sleep that goes on; where none does, nothing. */
  wake(): void
  /** Until it is woken, until a moment if there is one, or until `signal` aborts. One sleep at a time. */
  sleep(until?: Instant): Promise<void>
}

export const alarm = (clock: Clock, signal: AbortSignal): Alarm => {
  let wake = () => {}
  // Once for all sleeps: to listen and to stop listening costs more than what most loops are woken for.
  signal.addEventListener('abort', () => wake(), { once: true })
  return {
    wake: () => wake(),
    async sleep(until) {
      if (signal.aborted) return
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      if (until === undefined) return woken
      const waking = new AbortController()
      await Promise.race([woken, clock.sleep(until - clock.now(), waking.signal)])
      waking.abort('woken')
    },
  }
}
