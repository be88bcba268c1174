import { StoreError, systemClock } from '@ramal/core'

const FIRST_PAUSE = 25
const LONGEST_PAUSE = 2_000

export interface Persistence {
  /** For how long to try again, in ms. */
  readonly patience: number
  /** Aborted: no further attempt, and the last error is thrown. */
  readonly signal: AbortSignal
}

/** The pause after so many failures in a row: doubling, and by lot, so that many clients do not come back as one. */
export const pauseAfter = (failures: number): number =>
  Math.min(FIRST_PAUSE * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE) * (0.5 + Math.random() / 2)

/** Tries again, with growing pauses, for as long as the server is away. Only for what may be done twice. */
export const persist = async <T>(
  attempt: () => Promise<T>,
  { patience, signal }: Persistence,
): Promise<T> => {
  const end = performance.now() + patience
  for (let failures = 1; ; failures++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'unavailable')) throw error
      if (signal.aborted || performance.now() >= end) throw error
      await systemClock.sleep(Math.min(pauseAfter(failures), end - performance.now()), signal)
    }
  }
}
