import { type EventStore, type Instant, type Position, type Recorded, START, StoreError } from '@ramal/core'
import type { EngineContext } from './context.js'

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
  const waiters = new Set<() => void>()
  let position: Position = START
  let stopped = false
  let poke = () => {}

  const start = (key: string, job: J): void => {
    const done = work(job)
      .catch((error) => {
        if (!signal.aborted) onTrouble(error)
        job.due = clock.now() + pause
      })
      .finally(() => {
        working.delete(key)
        poke()
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

  /** Until something comes, a job is through, or time alone makes one due. */
  const wait = async (): Promise<void> => {
    const waking = new AbortController()
    const due = nextDue()
    const poked = new Promise<void>((resolve) => {
      poke = resolve
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true, signal: waking.signal })
    })
    const slept =
      due === undefined || working.size >= concurrency ? poked : clock.sleep(due - clock.now(), waking.signal)
    await Promise.race([poked, slept])
    waking.abort()
  }

  const follow = async (log: EventStore): Promise<void> => {
    for await (const page of log.subscribe({ after: START, categories: ['conversation'], types }, signal)) {
      for (const event of page.events) fold(event)
      position = page.position
      if (page.caughtUp) poke()
    }
  }

  const tell = (): void => {
    for (const waiter of [...waiters]) waiter()
  }

  const loop = async (): Promise<void> => {
    const following = follow(store)
    following.finally(() => poke()).catch(() => {})
    while (!signal.aborted) {
      await wait()
      if (signal.aborted) break
      startDue()
      tell()
    }
    await following
    await Promise.all(working.values())
  }

  const ended = loop().finally(() => {
    stopped = true
    tell()
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
        await new Promise<void>((resolve) => {
          const waiter = () => {
            waiters.delete(waiter)
            resolve()
          }
          waiters.add(waiter)
        })
      }
    },
  }
}
