import { type Appended, type Clock, type Conflict, StoreError } from '@ramal/core'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Append, Outcome, Writer } from './writer.js'

interface Waiting extends Append {
  settle(outcome: Outcome): void
}

export interface GroupCommit {
  append(request: Append): Promise<Either<Conflict, Appended>>
  /** Commits what waits, now. */
  flush(): void
}

/** About how many events one transaction takes: more would hold this thread too long. */
const MOST_EVENTS = 2_000

/** Appends that come in one turn of the event loop share a transaction and its sync of the disk. */
export const groupCommit = (
  writer: Writer,
  clock: Clock,
  asStoreError: (cause: unknown) => StoreError,
  committed: (events: number) => void,
): GroupCommit => {
  const queue: Waiting[] = []
  let scheduled = false

  const take = (): Waiting[] => {
    let events = 0
    let n = 0
    while (n < queue.length && events < MOST_EVENTS) {
      for (const write of queue[n]!.writes) events += write.events.length
      n++
    }
    return queue.splice(0, n)
  }

  const commitSome = () => {
    const batch = take()
    const before = writer.head()
    try {
      const outcomes = writer.commit(batch, clock.now())
      for (const [i, { settle }] of batch.entries()) settle(outcomes[i]!)
    } catch (cause) {
      const error = asStoreError(cause)
      for (const { settle } of batch) settle(error)
    }
    const events = writer.head() - before
    if (events > 0) committed(events)
  }

  const turn = () => {
    scheduled = false
    if (queue.length > 0) commitSome()
    if (queue.length > 0) schedule()
  }

  const schedule = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(turn)
  }

  return {
    append: ({ writes, guards }) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: Outcome) =>
          outcome instanceof StoreError ? reject(outcome) : resolve(outcome)
        queue.push({ writes, guards, settle })
        schedule()
      }),
    flush() {
      while (queue.length > 0) commitSome()
    },
  }
}
