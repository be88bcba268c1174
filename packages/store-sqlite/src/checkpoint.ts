import type { Clock } from '@ramal/core'
import type { Database } from './database.js'

export interface Checkpoints {
  /** A transaction of so many events was committed. */
  committed(events: number): void
}

/** About how many pages are copied at once: some milliseconds of work, between two commits. */
const PAGES = 4_000

/** Most commits, and most and fewest events, after which that is done. */
const MOST_COMMITS = 500
const MOST_EVENTS = 32_000
const FEWEST_EVENTS = 4_000

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
  /** Events of many streams are on a page each, those of one stream several together: so many came to `PAGES` before. */
  let mostEvents = 2 * FEWEST_EVENTS
  let watching = false

  const forget = () => {
    commits = 0
    events = 0
  }

  const copy = (copied: number) => {
    if (closed.aborted) return
    try {
      const { log } = passive.get() as { readonly log: number }
      const fitting = Math.round((copied * PAGES) / Math.max(log, 1))
      if (copied >= FEWEST_EVENTS) mostEvents = Math.max(FEWEST_EVENTS, Math.min(fitting, MOST_EVENTS))
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
      const copied = events
      forget()
      copy(copied)
    }
    watching = false
  }

  return {
    committed(count) {
      commits += 1
      events += count
      if (commits >= MOST_COMMITS || events >= mostEvents) {
        const copied = events
        forget()
        setImmediate(copy, copied)
      } else if (!watching) void watchForRest()
    },
  }
}
