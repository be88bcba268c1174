import type { Instant } from '@ramal/core'

export interface RateLimit {
  readonly count: number
  /** In ms. */
  readonly window: number
}

/** Counts what each key did in the last window; per process, nothing is kept. */
export interface RateLimiter {
  /** 0 when it may, and then it is counted; else in how many ms to try again. */
  take(key: string, now: Instant): number
}

export const rateLimiter = ({ count, window }: RateLimit): RateLimiter => {
  const seen = new Map<string, Instant[]>()
  let sweptAt = 0
  const sweep = (now: Instant) => {
    if (now - sweptAt < window) return
    sweptAt = now
    for (const [key, times] of seen) if (now - times.at(-1)! >= window) seen.delete(key)
  }
  return {
    take(key, now) {
      sweep(now)
      const times = (seen.get(key) ?? []).filter((at) => now - at < window)
      if (times.length >= count) return Math.max(1, times[0]! + window - now)
      times.push(now)
      seen.set(key, times)
      return 0
    },
  }
}
