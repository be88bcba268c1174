const SHORTEST = 500
const LONGEST = 30_000

/** Pauses between attempts, which end early when the network is back. */
export interface Backoff {
  /** Waits a random part of a span that doubles with each failure, so that many clients do not return at once. */
  pause(failures: number, atLeast?: number): Promise<void>
  wake(): void
}

export const backoff = (): Backoff => {
  const sleeping = new Set<() => void>()
  return {
    pause: (failures, atLeast = 0) =>
      new Promise((resolve) => {
        const span = Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures, 10))
        const done = () => {
          clearTimeout(timer)
          sleeping.delete(done)
          resolve()
        }
        const timer = setTimeout(done, Math.max(atLeast, Math.random() * span))
        sleeping.add(done)
      }),
    wake: () => {
      for (const done of [...sleeping]) done()
    },
  }
}
