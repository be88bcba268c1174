import type { Clock } from '@ramal/core'
import type { RunningProjection } from '@ramal/projection'
import type { FcrState } from './projection.js'

export interface WatchDeps {
  readonly running: RunningProjection<FcrState>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Yields the live figures, refreshed: at first when the log has been read to its end, then whenever a unit went
 * from one state to another, because of a fact or because its window was over. Whatever happened while the
 * reader was busy is judged once. Ends with the projection, or when `signal` aborts.
 */
export async function* watchFcr({
  running,
  clock,
  signal,
}: WatchDeps): AsyncGenerator<FcrState, void, undefined> {
  let changed = false
  let ended = false
  let shown: FcrState | undefined
  let wake = new AbortController()
  const note = () => {
    changed = true
    wake.abort()
  }
  const stop = running.onChange(note)
  const finish = () => {
    ended = true
    wake.abort()
  }
  running.outcome.then(finish, finish)
  // One listener for all waits: a signal made of two for each wait would stay with the long-lived one.
  const abort = () => wake.abort()
  signal.addEventListener('abort', abort)
  try {
    while (!signal.aborted) {
      changed = false
      const { state } = running
      let due = Number.POSITIVE_INFINITY
      if (running.progress.caughtUp) {
        const transitions = state.refresh(clock.now())
        due = state.nextDue()
        if (transitions > 0 || state !== shown) {
          shown = state
          yield state
        }
      }
      if (ended) return
      if (changed || signal.aborted) continue
      wake = new AbortController()
      await clock.sleep(due - clock.now(), wake.signal)
    }
  } finally {
    stop()
    signal.removeEventListener('abort', abort)
  }
}
