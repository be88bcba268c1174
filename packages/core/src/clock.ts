import type { Instant } from './event.js'

/** The only way to the time, so that a whole engine can run on a clock that a test or a simulation moves. */
export interface Clock {
  now(): Instant
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The longest time that a timer of the platform takes: about 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER))
      signal?.addEventListener('abort', done, { once: true })
    }),
}

export interface VirtualClock extends Clock {
  /**
   * Moves the time to `instant`, waking each sleeper at its own time, in order of time and then of falling
   * asleep. Before time goes on `settle` is awaited, at first and whenever those of one moment are awake, so that
   * what is going on can end, and whoever is at work falls asleep before the moment that they wait for.
   */
  advanceTo(instant: Instant, settle?: () => Promise<void>): Promise<void>
  /** When the next sleeper wakes, if anyone sleeps. */
  nextWake(): Instant | undefined
}

export const virtualClock = (start: Instant = 0): VirtualClock => {
  let now = start
  let sequence = 0
  const sleepers: { due: Instant; order: number; wake: () => void }[] = []
  const first = () =>
    sleepers.reduce<(typeof sleepers)[number] | undefined>(
      (best, s) => (!best || s.due < best.due || (s.due === best.due && s.order < best.order) ? s : best),
      undefined,
    )
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper = { due: now + Math.max(0, Math.ceil(ms)), order: sequence++, wake: () => done() }
        const done = () => {
          const index = sleepers.indexOf(sleeper)
          if (index >= 0) sleepers.splice(index, 1)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', done, { once: true })
      }),
    nextWake: () => first()?.due,
    async advanceTo(instant, settle = () => Promise.resolve()) {
      await settle()
      for (let next = first(); next && next.due <= instant; next = first()) {
        now = Math.max(now, next.due)
        const awake = sleepers
          .filter(({ due }) => due <= now)
          .sort((a, b) => a.due - b.due || a.order - b.order)
        for (const { wake } of awake) wake()
        await settle()
      }
      now = Math.max(now, instant)
      await settle()
    },
  }
}
