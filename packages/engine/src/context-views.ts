import type { ConversationEvent } from '@ramal/conversation'
import { type EventStore, type Position, type Recorded, type StreamName, streamName } from '@ramal/core'
import {
  type ContextOptions,
  type CustomerContext,
  type CustomerIndex,
  customerContext,
  indexedOf,
  membersOf,
  type RunningProjection,
} from '@ramal/projection'
import { fromNullable, type Option } from 'fp-ts/lib/Option.js'
import { distinctUntilChanged, Observable, shareReplay } from 'rxjs'

export interface ContextViews {
  /**
   * Everything that whoever answers needs to know of a customer, by any of their ids: who they are, what goes on and
   * what was, on every channel, and who helped last. None for somebody who is not known.
   */
  contextOf(customer: string, options?: ContextOptions): Promise<Option<CustomerContext>>
  /** As it changes: once for each page of the log that concerns the customer, and only when it is another. */
  context(customer: string, options?: Omit<ContextOptions, 'before'>): Observable<Option<CustomerContext>>
}

interface ContextDeps {
  readonly store: EventStore
  readonly index: () => RunningProjection<CustomerIndex>
  readonly signal: AbortSignal
  /** Told of what ends with the engine. */
  readonly started: (outcome: Promise<void>) => void
}

interface Listener {
  readonly written: (events: readonly Recorded[]) => void
  /** Nothing more will be told. */
  readonly failed: (error: unknown) => void
}

/** Tells what is written from when somebody listens, as long as somebody does: one reader of the log for all. */
const listening = ({ store, signal, started }: ContextDeps) => {
  const listeners = new Set<Listener>()
  let running: { readonly stop: AbortController; readonly ready: Promise<void> } | undefined

  const follow = async (after: Position, until: AbortSignal): Promise<void> => {
    const options = { after, categories: ['conversation', 'customer'] }
    for await (const { events } of store.subscribe(options, until))
      if (events.length > 0) for (const { written } of [...listeners]) written(events)
  }

  const fail = (error: unknown): void => {
    running = undefined
    for (const { failed } of [...listeners]) failed(error)
  }

  /** Resolves when nothing that is written from now on is missed. */
  const listen = (listener: Listener): { readonly ready: Promise<void>; readonly stop: () => void } => {
    listeners.add(listener)
    if (!running) {
      const stop = new AbortController()
      const ready = store.head().then((head) => {
        const following = follow(head, AbortSignal.any([signal, stop.signal]))
        started(following.catch(fail))
      })
      ready.catch(fail)
      running = { stop, ready }
    }
    return {
      ready: running.ready,
      stop() {
        listeners.delete(listener)
        if (listeners.size > 0) return
        running?.stop.abort()
        running = undefined
      },
    }
  }
  return listen
}

/** Whether an event can change what is known of these customers. */
const concerns = (event: Recorded, ids: ReadonlySet<string>, streams: ReadonlySet<StreamName>): boolean => {
  if (streams.has(event.stream)) return true
  if (event.type !== 'ConversationOpened') return false
  const { customer, alias = customer } = event.data as Extract<
    ConversationEvent,
    { type: 'ConversationOpened' }
  >['data']
  return ids.has(alias)
}

export const contextViews = (deps: ContextDeps): ContextViews => {
  const { store, index } = deps
  const listen = listening(deps)

  const read = async (customer: string, options?: ContextOptions): Promise<Option<CustomerContext>> => {
    await index().caughtUp()
    return fromNullable(await customerContext(store, index().state, customer, options))
  }

  const observe = (customer: string, options?: ContextOptions) =>
    new Observable<Option<CustomerContext>>((subscriber) => {
      const ids = new Set<string>()
      const streams = new Set<StreamName>()
      let dirty = true
      let reading = false

      /** What to look at is told anew each time: merges and new conversations change it. */
      const lookAt = () => {
        ids.clear()
        streams.clear()
        for (const id of membersOf(index().state, customer)) ids.add(id).add(customer)
        for (const id of ids) streams.add(streamName('customer', id))
        for (const { conversation } of indexedOf(index().state, customer))
          streams.add(streamName('conversation', conversation))
      }

      const readOn = async (): Promise<void> => {
        if (reading) return
        reading = true
        try {
          while (dirty && !subscriber.closed) {
            dirty = false
            // First what to look at: whatever is written after that is told, and whatever before is read.
            await index().caughtUp()
            lookAt()
            subscriber.next(await read(customer, options))
          }
        } catch (error) {
          if (deps.signal.aborted) subscriber.complete()
          else subscriber.error(error)
        } finally {
          reading = false
        }
      }

      const { ready, stop } = listen({
        written(events) {
          if (!events.some((event) => concerns(event, ids, streams))) return
          dirty = true
          void readOn()
        },
        failed: (error) => (deps.signal.aborted ? subscriber.complete() : subscriber.error(error)),
      })
      ready.then(readOn, () => {})
      return stop
    }).pipe(
      distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
      shareReplay({ bufferSize: 1, refCount: true }),
    )

  return { contextOf: read, context: observe }
}
