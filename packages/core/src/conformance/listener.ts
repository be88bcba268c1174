import { systemClock } from '../clock.js'
import type { Recorded } from '../event.js'
import type { Position } from '../position.js'
import type { EventStore, Page, SubscribeOptions } from '../store.js'
import { ensure } from './expect.js'

/** Someone who reads a subscription and keeps what came. */
export interface Listener {
  readonly pages: readonly Page[]
  /** The events that came, in the order in which they came. */
  events(): readonly Recorded[]
  /** Resolves when what came fulfils the condition; rejects when it does not in time, or when the subscription ends. */
  until(condition: (listener: Listener) => boolean, what: string): Promise<void>
  /** Resolves when the subscription has ended by itself without an error. */
  ended(what: string): Promise<void>
  /** Aborts and waits for the end. */
  stop(): Promise<void>
}

export interface ListenOptions extends SubscribeOptions {
  /** How long the condition of `until` may take, in ms. */
  readonly patience: number
  /** Awaited after each page: a slow consumer. */
  readonly pause?: () => Promise<void>
  /** Which events count. */
  readonly keep?: (event: Recorded) => boolean
}

export const listen = (store: EventStore, options: ListenOptions): Listener => {
  const { patience, pause, keep = () => true, ...subscription } = options
  const stopping = new AbortController()
  const pages: Page[] = []
  const events: Recorded[] = []
  const watchers = new Set<() => void>()
  let state: 'running' | 'ended' | { readonly error: unknown } = 'running'
  const wake = () => {
    for (const watcher of [...watchers]) watcher()
  }
  const run = async (): Promise<void> => {
    try {
      let last: Position = subscription.after
      for await (const page of store.subscribe(subscription, stopping.signal)) {
        for (const event of page.events) {
          ensure(event.position > last, `A subscription gave ${event.position} after ${last}.`)
          last = event.position
        }
        ensure(page.position >= last, `A page at ${page.position} holds an event at ${last}.`)
        last = page.position
        pages.push(page)
        events.push(...page.events.filter(keep))
        wake()
        await pause?.()
      }
      state = 'ended'
    } catch (error) {
      state = { error }
    }
    wake()
  }
  const running = run()

  const wait = async (condition: () => boolean, what: string): Promise<void> => {
    const giveUp = new AbortController()
    let over = false
    const late = systemClock.sleep(patience, giveUp.signal).then(() => {
      over = true
      wake()
    })
    try {
      while (!condition()) {
        if (typeof state === 'object') throw state.error
        ensure(state === 'running', `The subscription ended before ${what}.`)
        ensure(!over, `The subscription did not bring ${what} within ${patience} ms; ${summary()}.`)
        await new Promise<void>((resolve) => {
          const watcher = () => {
            watchers.delete(watcher)
            resolve()
          }
          watchers.add(watcher)
        })
      }
    } finally {
      giveUp.abort()
      await late
    }
  }
  const summary = () => {
    const last = pages.at(-1)
    return last
      ? `${pages.length} pages with ${events.length} events came, the last at ${last.position}, caught up: ${last.caughtUp}`
      : 'nothing came'
  }
  const ended = async (what: string): Promise<void> => {
    const giveUp = new AbortController()
    const late = systemClock.sleep(patience, giveUp.signal)
    await Promise.race([running, late])
    giveUp.abort()
    if (typeof state === 'object') throw state.error
    ensure(state === 'ended', `The subscription did not end within ${patience} ms after ${what}.`)
  }
  const listener: Listener = {
    pages,
    events: () => events,
    until: (condition, what) => wait(() => condition(listener), what),
    ended,
    async stop() {
      stopping.abort()
      await ended('its signal was aborted')
    },
  }
  return listener
}

/** Listens for as long as `body` takes, and ends the subscription whatever comes. */
export const whileListening = async (
  store: EventStore,
  options: ListenOptions,
  body: (listener: Listener) => Promise<void>,
): Promise<void> => {
  const listener = listen(store, options)
  try {
    await body(listener)
  } catch (error) {
    // The first fault is the one to tell; a subscription that then does not end either would only hide it.
    await listener.stop().catch(() => undefined)
    throw error
  }
  await listener.stop()
}
