import {
  type EventStore,
  ordinalOf,
  type Page,
  type Position,
  positionOf,
  type SubscribeOptions,
  systemClock,
} from '../../src/index.js'
import { broken, type Mutant, mapPages } from './mutant.js'

const subscribing = (
  name: string,
  caughtBy: string | readonly string[],
  change: (inner: EventStore, options: SubscribeOptions, signal: AbortSignal) => AsyncIterable<Page>,
): Mutant =>
  broken(name, caughtBy, (inner) => ({ subscribe: (options, signal) => change(inner, options, signal) }))

const STORM = 'a subscription never skips, never reorders and never repeats while eight write'
const IN_ANY_ORDER =
  'two writers and a subscriber, in any order: nothing lost, nothing twice, nothing out of order'

export const ofSubscriptions: readonly Mutant[] = [
  subscribing(
    'never says caughtUp',
    [
      'a subscription gives what is there, says caughtUp, and then gives what comes',
      'a subscription to an empty part of the log says caughtUp',
      'an abort ends a subscription that waits, without an error',
      'close ends a subscription without an error',
    ],
    (inner, options, signal) =>
      mapPages(inner.subscribe(options, signal), (page) =>
        page.events.length > 0 ? { ...page, caughtUp: false } : undefined,
      ),
  ),
  subscribing(
    'says caughtUp once and never again',
    'caughtUp comes again after each time that more came',
    (inner, options, signal) => {
      let said = false
      return mapPages(inner.subscribe(options, signal), (page) => {
        const caughtUp: boolean = page.caughtUp && !said
        said ||= page.caughtUp
        return { ...page, caughtUp }
      })
    },
  ),
  subscribing(
    'says caughtUp before it is',
    'a subscription gives what is there, says caughtUp, and then gives what comes',
    async function* (inner, options, signal) {
      yield { events: [], position: options.after, caughtUp: true }
      yield* inner.subscribe(options, signal)
    },
  ),
  subscribing(
    'begins at its position, inclusive',
    [
      'a subscription begins after its position, not at it',
      'a subscription that is taken up again from its last page misses nothing and repeats nothing',
    ],
    (inner, { after, ...options }, signal) =>
      inner.subscribe({ after: positionOf(Math.max(0, ordinalOf(after) - 1)), ...options }, signal),
  ),
  subscribing(
    'begins one event too late',
    'a subscription begins after its position, not at it',
    (inner, { after, ...options }, signal) =>
      inner.subscribe({ after: positionOf(ordinalOf(after) + 1), ...options }, signal),
  ),
  subscribing(
    'gives no checkpoints through a filter',
    'a filtered subscription moves on when only others come',
    (inner, options, signal) => {
      let first = true
      return mapPages(inner.subscribe(options, signal), (page) => {
        if (page.events.length === 0 && !first) return undefined
        first = false
        return page
      })
    },
  ),
  subscribing(
    'gives checkpoints that do not move through a filter',
    'a filtered subscription moves on when only others come',
    (inner, options, signal) => {
      let last = options.after
      return mapPages(inner.subscribe(options, signal), (page) => {
        last = page.events.at(-1)?.position ?? last
        return { ...page, position: last }
      })
    },
  ),
  subscribing(
    'ignores its filter',
    'a filtered subscription gives what it wants and no more',
    (inner, { after }, signal) => inner.subscribe({ after }, signal),
  ),
  subscribing(
    'ends after history',
    ['a subscription gives what is there, says caughtUp, and then gives what comes', STORM],
    (inner, options) => inner.readAll(options),
  ),
  subscribing(
    'does not notice what comes',
    [
      'a subscription gives what is there, says caughtUp, and then gives what comes',
      'caughtUp comes again after each time that more came',
      'a slow consumer misses nothing',
      'many subscriptions see one order',
    ],
    async function* (inner, options, signal) {
      yield* inner.readAll(options)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    },
  ),
  // A number is drawn when an append begins and the event is seen when it ends: who reads in between passes it.
  broken(
    'lets a reader pass an append that has a place and is not yet to be seen',
    [
      STORM,
      'many subscriptions see one order',
      'a subscription sees what another handle writes, without a skip',
    ],
    (inner) => {
      const hidden = new Set<Position>()
      let appends = 0
      const visible = (page: Page): Page => ({
        ...page,
        events: page.events.filter((e) => !hidden.has(e.position)),
      })
      return {
        async append(writes, guards) {
          const result = await inner.append(writes, guards)
          if (result._tag === 'Left' || ++appends % 5 !== 0) return result
          hidden.add(result.right.position)
          await systemClock.sleep(3)
          hidden.delete(result.right.position)
          return result
        },
        readAll: (options) => mapPages(inner.readAll(options), visible),
        subscribe: (options, signal) => mapPages(inner.subscribe(options, signal), visible),
      }
    },
  ),
  subscribing(
    'drops what a slow consumer does not take in time',
    'a slow consumer misses nothing',
    async function* (inner, options, signal) {
      let late = false
      for await (const page of inner.subscribe(options, signal)) {
        const given = systemClock.now()
        if (!late) yield page
        late = systemClock.now() - given > 2
      }
    },
  ),
  subscribing('skips an event now and then', [STORM, IN_ANY_ORDER], (inner, options, signal) => {
    let count = 0
    return mapPages(inner.subscribe(options, signal), (page) => ({
      ...page,
      events: page.events.filter(() => ++count % 7 !== 0),
    }))
  }),
  subscribing(
    'repeats the last event of a page in the next',
    [STORM, IN_ANY_ORDER],
    (inner, options, signal) => {
      let last: Page['events'] = []
      return mapPages(inner.subscribe(options, signal), (page) => {
        const events = [...last, ...page.events]
        last = page.events.slice(-1)
        return { ...page, events }
      })
    },
  ),
  subscribing(
    'gives the events of a page in another order',
    [STORM, IN_ANY_ORDER],
    (inner, options, signal) =>
      mapPages(inner.subscribe(options, signal), (page) => ({ ...page, events: [...page.events].reverse() })),
  ),
  subscribing(
    'says of a page that it came further than it did',
    'a subscription that is taken up again from its last page misses nothing and repeats nothing',
    (inner, options, signal) =>
      mapPages(inner.subscribe(options, signal), (page) => ({
        ...page,
        position: positionOf(ordinalOf(page.position) + 1),
      })),
  ),
  subscribing(
    'hears no abort while it waits',
    ['an abort ends a subscription that waits, without an error'],
    (inner, options) => inner.subscribe(options, new AbortController().signal),
  ),
  subscribing(
    'goes on with history after an abort',
    'an abort ends a subscription in the middle of history',
    async function* (inner, options, signal) {
      yield* inner.readAll({ ...options, limit: 10 })
      yield* inner.readAll(options)
      if (!signal.aborted) yield* inner.subscribe(options, signal)
    },
  ),
  subscribing(
    'ends with an error when it is aborted',
    [
      'an abort ends a subscription that waits, without an error',
      'close ends a subscription without an error',
    ],
    async function* (inner, options, signal) {
      yield* inner.subscribe(options, signal)
      throw new Error('The operation was aborted.')
    },
  ),
  {
    ...broken('stays locked when a consumer leaves', 'a consumer may leave', (inner) => {
      let locked = false
      const closed = new AbortController()
      return {
        async *subscribe(options, signal) {
          while (locked && !closed.signal.aborted) await systemClock.sleep(5)
          locked = true
          for await (const page of inner.subscribe(options, signal)) yield page
          locked = false
        },
        async close() {
          closed.abort()
        },
      }
    }),
    hangs: true,
  },
]
