import type fc from 'fast-check'
import type { Settings } from './check.js'

export type FastCheck = typeof fc

/** fast-check is an optional peer: only checks that draw by lot need it, and they say so. */
export const loadFastCheck = async (): Promise<FastCheck> => {
  try {
    return (await import('fast-check')).default
  } catch (cause) {
    throw new Error('This check needs fast-check, version 4: install it beside @ramal/core.', { cause })
  }
}

/** The same seed draws the same rounds; a slow store gets fewer of them, never more time. */
export const roundsOf = ({ seed, quick }: Settings) => ({
  seed,
  numRuns: quick ? 20 : 100,
  interruptAfterTimeLimit: quick ? 6_000 : 25_000,
})

/** The time-out of a check that draws: its rounds, and then the search for the smallest that fails. */
export const DRAWN_TIMEOUT = 60_000
