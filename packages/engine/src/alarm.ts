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
  return {
    wake: () => wake(),
    async sleep(until) {
      const waking = new AbortController()
      const woken = new Promise<void>((resolve) => {
        wake = resolve
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true, signal: waking.signal })
      })
      await (until === undefined
        ? woken
        : Promise.race([woken, clock.sleep(until - clock.now(), waking.signal)]))
      waking.abort()
    },
  }
}
