import type { Clock } from '@ramal/core'
import type { Database } from './database.js'

export interface Checkpoints {
  /** A transaction of so many events was committed. */
  committed(events: number): void
}

/** About how much is copied at once: some milliseconds of work, between two commits. */
const MOST_COMMITS = 500
const MOST_EVENTS = 8_000

/** ms without a commit, after which what is left is copied. */
const IDLE = 250

/**
 * Copies what the write-ahead log holds into the file: after those who wait have their answer, in small portions,
 * never waiting for a reader. The write-ahead log keeps its size, since writing over it is faster than making it
 * longer; `journal_size_limit` bounds it.
 */
export const checkpoints = (db: Database, clock: Clock, closed: AbortSignal): Checkpoints => {
  const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  let commits = 0
  let events = 0
  let watching = false

  const forget = () => {
    commits = 0
    events = 0
  }

  const copy = () => {
    if (closed.aborted) return
    try {
      passive.get()
    } catch {
      // Nothing is lost: it is all in the write-ahead log, and the next time may succeed.
    }
  }

  const watchForRest = async () => {
    watching = true
    while (commits > 0 && !closed.aborted) {
      const before = commits
      await clock.sleep(IDLE, closed)
      if (commits !== before) continue
      forget()
      copy()
    }
    watching = false
  }

  return {
    committed(count) {
      commits += 1
      events += count
      if (commits >= MOST_COMMITS || events >= MOST_EVENTS) {
        forget()
        setImmediate(copy)
      } else if (!watching) void watchForRest()
    },
  }
}
