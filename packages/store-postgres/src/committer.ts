import { type Appended, type Conflict, StoreError, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { alone } from './alone.js'
import { batchOf, type Call, type Encoded, rowOf } from './batch.js'
import { pauseAfter } from './persist.js'
import type { Value } from './statement.js'

type Outcome = E.Either<Conflict, Appended>

/** Most of what one call carries: beyond it a longer batch gains nothing and holds the lock of the log for longer. */
const MOST_APPENDS = 512
const MOST_CHARACTERS = 4_000_000

export interface CommitterOptions {
  /** Carries out one call on the server. Rejects with a `StoreError`. */
  readonly send: (call: Call) => Promise<string>
  /** Writes one row at its place, and tells whether it did. Rejects with a `StoreError`. */
  readonly insert: (row: readonly Value[]) => Promise<boolean>
  /** How long an append is tried again while the server is away, in ms. */
  readonly patience: number
  /** Told of what was written. */
  readonly onWritten: (outcome: Appended) => void
}

export interface Committer {
  append(encoded: Encoded): Promise<Outcome>
  /** Waits for the call under way; what waits behind it is refused. */
  close(): Promise<void>
}

interface Waiting {
  readonly encoded: Encoded
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: StoreError) => void
  readonly deadline: number
  /** It was sent, and no answer came: it may be in the log. */
  sent: boolean
}

const closedError = ({ sent }: Waiting) =>
  new StoreError(
    'closed',
    sent
      ? 'The store was closed while the server was away. Whether the append was written is not known; the same again, with the same ids, will tell.'
      : 'The store was closed before the append was sent. Nothing was written.',
  )

const lateError = ({ sent }: Waiting, cause: StoreError) =>
  new StoreError(
    'unavailable',
    sent
      ? `${cause.message} Whether the append was written is not known; the same again, with the same ids, will tell.`
      : `${cause.message} The append was not sent: nothing was written.`,
    { cause },
  )

/** Whom an error is about: everybody, or the one append that brought it about. */
const isCommon = ({ code }: StoreError): boolean => code !== 'invalid' && code !== 'unsupported'

/**
 * Group commit. One call is under way at a time; what comes meanwhile goes with the next one. A call that broke
 * is made again: the log knows by their ids the events that it holds already, so nothing is written twice.
 */
export const committer = ({ send, insert, patience, onWritten }: CommitterOptions): Committer => {
  let queue: Waiting[] = []
  const closing = new AbortController()
  let running: Promise<void> | undefined
  let failures = 0
  const known = alone()

  const take = (): Waiting[] => {
    let size = 0
    let count = 0
    while (count < queue.length && count < MOST_APPENDS) {
      size += queue[count]!.encoded.size
      if (count > 0 && size > MOST_CHARACTERS) break
      count++
    }
    const taken = queue.slice(0, count)
    queue = queue.slice(count)
    return taken
  }

  /** Where nobody else writes, one event is written without asking what the log knows. */
  const writeNext = async (encoded: Encoded): Promise<Appended | undefined> => {
    const place = known.placeOf(encoded)
    if (!place) return undefined
    if (await insert(rowOf(encoded, place))) {
      const versions = new Map([[encoded.lookUps[0]!.stream, place.version]])
      return { position: place.position, versions, repeated: false }
    }
    known.forget()
    return undefined
  }

  const decide = async (batch: readonly Encoded[]): Promise<readonly Outcome[]> => {
    const next = batch.length === 1 ? await writeNext(batch[0]!) : undefined
    if (next) {
      known.written([next], 1)
      return [E.right(next)]
    }
    const call = batchOf(batch)
    const { outcomes, origin } = call.decode(await send(call))
    const written: Appended[] = []
    let events = 0
    outcomes.forEach((outcome, i) => {
      if (outcome._tag === 'Left' || outcome.right.repeated) return
      written.push(outcome.right)
      events += batch[i]!.events
    })
    known.written(written, events, origin)
    return outcomes
  }

  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    let outcomes: readonly Outcome[]
    try {
      outcomes = await decide(batch.map(({ encoded }) => encoded))
      failures = 0
    } catch (error) {
      return failed(batch, error as StoreError)
    }
    outcomes.forEach((outcome, i) => {
      if (outcome._tag === 'Right') onWritten(outcome.right)
      batch[i]!.resolve(outcome)
    })
  }

  const failed = async (batch: readonly Waiting[], error: StoreError): Promise<void> => {
    if (error.code !== 'unavailable') {
      if (batch.length > 1 && !isCommon(error)) for (const one of batch) await commit([one])
      else for (const { reject } of batch) reject(error)
      return
    }
    failures++
    const now = performance.now()
    for (const one of batch) one.sent ||= !neverSent(error)
    for (const one of batch) if (one.deadline <= now) one.reject(lateError(one, error))
    queue = [...batch.filter((one) => one.deadline > now), ...queue]
    await systemClock.sleep(pauseAfter(failures), closing.signal)
  }

  const run = async (): Promise<void> => {
    // What comes at the same moment goes together; whoever is alone does not wait for others.
    await undefined
    while (queue.length > 0 && !closing.signal.aborted) {
      await commit(take())
      // Others waited: whoever was just answered gets the time to append again, and so to be part of the next call.
      if (queue.length > 0) await new Promise(setImmediate)
    }
    for (const one of queue.splice(0)) one.reject(closedError(one))
    running = undefined
  }

  return {
    append: (encoded) =>
      new Promise((resolve, reject) => {
        queue.push({ encoded, resolve, reject, deadline: performance.now() + patience, sent: false })
        running ??= run()
      }),
    async close() {
      closing.abort()
      await running
    },
  }
}

/** The call failed before it had a connection. */
const neverSent = (error: StoreError): boolean => {
  const cause = error.cause as { syscall?: unknown; code?: unknown } | undefined
  return cause?.syscall === 'connect' || cause?.code === '57P03' || cause?.code === '53300'
}
