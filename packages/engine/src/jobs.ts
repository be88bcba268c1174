import { type EventStore, type Instant, type Position, type Recorded, START, StoreError } from '@ramal/core'
import { alarm } from './alarm.js'
import type { EngineContext } from './context.js'
import { waiters } from './waiters.js'

export interface Job {
  /** Not before. */
  due: Instant
}

export interface JobOptions<J extends Job> {
  readonly types: readonly string[]
  readonly fold: (event: Recorded) => void
  /** What is to be done: a fold of the log. A job that is done leaves it by the events that it writes. */
  readonly jobs: ReadonlyMap<string, J>
  /** Most at a time. */
  readonly concurrency: number
  readonly work: (job: J) => Promise<void>
  /** After a fault of ours, such as a store that is not reachable, in ms. Default 5 s. */
  readonly pause?: number
}

export interface RunningJobs {
  /** Resolves when everything asked for up to here, and due by now, was tried. */
  settledAt(position: Position): Promise<void>
  readonly ended: Promise<void>
}

/** Follows the conversations in the log and does what it finds to do, until `signal` aborts. */
export const runJobs = <J extends Job>(
  { store, clock, onTrouble }: Pick<EngineContext, 'store' | 'clock' | 'onTrouble'>,
  { types, fold, jobs, concurrency, work, pause = 5000 }: JobOptions<J>,
  signal: AbortSignal,
): RunningJobs => {
  const working = new Map<string, Promise<void>>()
  const waiting = waiters()
  const { wake, sleep } = alarm(clock, signal)
  let position: Position = START
  let stopped = false

  const start = (key: string, job: J): void => {
    const done = work(job)
      .catch((error) => {
        if (!signal.aborted) onTrouble(error)
        job.due = clock.now() + pause
      })
      .finally(() => {
        working.delete(key)
        wake()
      })
    working.set(key, done)
  }

  const startDue = (): void => {
    const now = clock.now()
    for (const [key, job] of jobs) {
      if (working.size >= concurrency) return
      if (job.due <= now && !working.has(key)) start(key, job)
    }
  }

  const nextDue = (): Instant | undefined => {
    let next: Instant | undefined
    for (const [key, job] of jobs)
      if (!working.has(key)) next = next === undefined ? job.due : Math.min(next, job.due)
    return next
  }

  const follow = async (log: EventStore): Promise<void> => {
    for await (const page of log.subscribe({ after: START, categories: ['conversation'], types }, signal)) {
      for (const event of page.events) fold(event)
      position = page.position
      if (page.caughtUp) wake()
    }
  }

  const loop = async (): Promise<void> => {
    const following = follow(store)
    following.finally(() => wake()).catch(() => {})
    while (!signal.aborted) {
      // Until something comes, a job is through, or time alone makes one due.
      await sleep(working.size >= concurrency ? undefined : nextDue())
      if (signal.aborted) break
      startDue()
      waiting.tell()
    }
    await following
    await Promise.all(working.values())
  }

  const ended = loop().finally(() => {
    stopped = true
    waiting.tell()
  })
  ended.catch(() => {})

  const isBusy = (): boolean => {
    const now = clock.now()
    return working.size > 0 || [...jobs.values()].some(({ due }) => due <= now)
  }

  return {
    ended,
    async settledAt(wanted) {
      while (position < wanted || isBusy()) {
        if (stopped) throw new StoreError('closed', 'The engine has ended.')
        await waiting.next()
      }
    },
  }
}
