import { setImmediate } from 'node:timers/promises'
import type { AllStreamRecordedEvent, AllStreamResolvedEvent, Filter } from '@kurrent/kurrentdb-client'
import type { Position } from '@ramal/core'
import type { Connection } from './connection.js'
import { knownPosition, logPositionOf } from './position.js'

/** What a subscription has brought since it was asked last, in the order in which the server sent it. */
export interface Delivery {
  readonly events: readonly AllStreamRecordedEvent[]
  /** How far the server has come, where it said so. */
  readonly checkpoint: Position | undefined
  /** Nothing more lies ready, and the server sends what comes as it comes. */
  readonly caughtUp: boolean
}

/** One subscription of the client, to be pulled from. */
export interface Intake {
  /** Waits for something to come, for at most `ms`. Rejects when the subscription breaks. */
  next(ms: number, signal: AbortSignal): Promise<Delivery | 'silence'>
  stop(): void
}

/** What the server says between two events. The client tells it aside, at once, and not in its place. */
interface Note {
  /** It follows the so-manieth event. */
  readonly after: number
  readonly live?: boolean
  readonly checkpoint?: Position | undefined
}

/** Most events of a page. So many may wait here to be pulled and as many on their way; then the server waits. */
const BUFFER = 128

export const openIntake = ({ client }: Connection, after: Position, filter: Filter): Intake => {
  const notes: Note[] = []
  let taken = 0
  let live = false
  let failure: { readonly error: unknown } | undefined
  let wake: () => void = () => {}
  const subscription = client.subscribeToAll(
    {
      fromPosition: logPositionOf(after),
      requiresLeader: true,
      filter: {
        ...filter,
        checkpointReached: (_, position) => note({ checkpoint: knownPosition(position) }),
      },
    },
    { highWaterMark: BUFFER },
  )
  const note = (what: Omit<Note, 'after'>): void => {
    const place = taken + subscription.readableLength
    const last = notes.at(-1)
    // Between the same two events the later checkpoint says all that the earlier did, so notes are as few as events.
    if (last && last.after === place && last.live === what.live) notes.pop()
    notes.push({ after: place, ...what })
    wake()
  }
  const fail = (error: unknown) => {
    failure ??= { error }
    wake()
  }
  subscription.on('caughtUp', ({ position }) => note({ live: true, checkpoint: knownPosition(position) }))
  subscription.on('fellBehind', () => note({ live: false }))
  subscription.on('readable', () => wake())
  // Stays on after the end: an error that nobody hears would end the process.
  subscription.on('error', fail)
  subscription.on('end', () => fail(new Error('the server ended the subscription')))

  const take = (): Delivery | undefined => {
    const events: AllStreamRecordedEvent[] = []
    let checkpoint: Position | undefined
    let [noted, reachedEnd] = [false, false]
    while (events.length < BUFFER && !reachedEnd) {
      const next = notes[0]
      if (next && next.after <= taken) {
        notes.shift()
        noted = true
        checkpoint = next.checkpoint ?? checkpoint
        live = next.live ?? live
        reachedEnd = next.live ?? false
        continue
      }
      const resolved: AllStreamResolvedEvent | null = subscription.read()
      if (resolved === null) break
      taken += 1
      if (resolved.event) events.push(resolved.event)
    }
    if (events.length === 0 && !noted) return undefined
    return { events, checkpoint, caughtUp: reachedEnd || (live && subscription.readableLength === 0) }
  }

  /** Resolves when something has come, and says whether it did. */
  const wait = (ms: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const end = (came: boolean) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        wake = () => {}
        resolve(came)
      }
      const onAbort = () => end(false)
      const timer = setTimeout(() => end(false), ms)
      signal.addEventListener('abort', onAbort)
      wake = () => end(true)
    })

  return {
    async next(ms, signal) {
      for (;;) {
        const delivery = take()
        if (delivery) return delivery
        if (failure) throw failure.error
        if (signal.aborted || !(await wait(ms, signal))) return 'silence'
        // What came with it in one go shall be one page.
        await setImmediate()
      }
    },
    stop() {
      subscription.unsubscribe().catch(() => undefined)
      subscription.destroy()
    },
  }
}
