import {
  type EventStore,
  memoryStore,
  type NewEvent,
  type Recorded,
  StoreError,
  type StreamName,
  streamName,
  systemClock,
  type Write,
} from '../../src/index.js'
import { broken, brokenEvents, type Mutant, mapPages } from './mutant.js'

const mapText = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((inner) => mapText(inner, change))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [change(k), mapText(v, change)]))
}

const texts = (
  name: string,
  caughtBy: string | readonly string[],
  change: (text: string) => string,
): Mutant => brokenEvents(name, caughtBy, (event) => ({ ...event, data: mapText(event.data, change) }))

const mapEvents = (writes: readonly Write[], change: (event: NewEvent) => NewEvent): Write[] =>
  writes.map((write) => ({ ...write, events: write.events.map(change) }))

/** A store that keeps streams under other names. */
const names = (
  name: string,
  caughtBy: string | readonly string[],
  change: (stream: StreamName) => StreamName,
): Mutant =>
  broken(name, caughtBy, (inner) => ({
    append: (writes, guards) =>
      inner.append(
        writes.map((w) => ({ ...w, stream: change(w.stream) })),
        guards,
      ),
    read: (stream, options) => inner.read(change(stream), options),
  }))

/** A store that writes stream by stream and event by event, and looks at each only when it is its turn. */
const unchecked = (bad: (event: NewEvent) => boolean) => (inner: EventStore) => ({
  append: (async (writes, guards) => {
    for (const { stream, events } of writes)
      for (const event of events)
        if (bad(event)) throw new StoreError('invalid', 'This event cannot be written.')
        else if (writes.some((w) => w.events.some(bad)))
          await inner.append([{ stream, expected: 'any', events: [event] }])
    return inner.append(writes, guards)
  }) satisfies EventStore['append'],
})

const cyclic = (event: NewEvent): boolean => {
  try {
    return JSON.stringify(event.data) === undefined
  } catch {
    return true
  }
}

/** A store that is closed and opened again, over what its log still holds then. */
const kept = (
  name: string,
  survives: (event: Recorded, index: number, all: readonly Recorded[]) => boolean,
): Mutant => ({
  name,
  caughtBy: ['what was acknowledged is there after close and reopen'],
  open: () => {
    const inner = memoryStore()
    const log: Write[] = []
    let events: Recorded[] = []
    const store: EventStore = {
      ...inner,
      async append(writes, guards) {
        const result = await inner.append(writes, guards)
        if (result._tag === 'Right' && !result.right.repeated) log.push(...writes)
        return result
      },
      async close() {
        events = []
        for await (const page of inner.readAll({ after: '' as Recorded['position'] }))
          events.push(...page.events)
        await inner.close()
      },
    }
    return Object.assign(store, { reopened: () => reopened(events.filter(survives), log) })
  },
  kept: (last) => (last as EventStore & { reopened: () => EventStore }).reopened(),
})

const reopened = (events: readonly Recorded[], log: readonly Write[]): EventStore => {
  const store = memoryStore()
  const ready = (async () => {
    const there = new Set(events.map((e) => `${e.stream} ${e.meta.id}`))
    for (const { stream, expected, events } of log) {
      const left = events.filter((e) => there.has(`${stream} ${e.meta.id}`))
      if (left.length > 0) await store.append([{ stream, expected, events: left }])
    }
  })()
  return {
    ...store,
    append: async (...args) => ready.then(() => store.append(...args)),
    head: () => ready.then(() => store.head()),
    async *readAll(options) {
      await ready
      yield* store.readAll(options)
    },
  }
}

export const ofContents: readonly Mutant[] = [
  texts('normalises texts', 'every text comes back as it was', (text) => text.normalize('NFC')),
  texts('cuts texts at a zero byte', 'every text comes back as it was', (text) => text.split('\u0000')[0]!),
  texts('mends half pairs', 'every text comes back as it was', (text) => text.toWellFormed()),
  texts('cuts long texts', 'a large event comes back whole', (text) => text.slice(0, 65_535)),
  brokenEvents('takes null data for an object', 'every value of JSON comes back as it was', (event) => ({
    ...event,
    data: event.data ?? {},
  })),
  names('ignores case in stream names', 'stream names are compared letter by letter', (stream) =>
    streamName(stream.split('-')[0]!, stream.slice(stream.indexOf('-') + 1).toLowerCase()),
  ),
  names(
    'trims stream names',
    'stream names are compared letter by letter',
    (stream) => stream.trimEnd() as StreamName,
  ),
  names('cuts stream names', 'the longest stream name fits', (stream) => stream.slice(0, 180) as StreamName),
  broken('refuses long stream names', 'the longest stream name fits', (inner) => ({
    append: async (writes, guards) => {
      for (const { stream } of writes)
        if (new TextEncoder().encode(stream).length > 255)
          throw new StoreError('invalid', 'The name is too long.')
      return inner.append(writes, guards)
    },
  })),
  broken(
    'finds out too late that an event is too large',
    'an event that is too large is refused, and nothing of its append is there',
    unchecked((event) => JSON.stringify(event.data).length > 999_000),
  ),
  broken(
    'finds out too late that data does not encode',
    'data that JSON cannot carry is refused, and nothing of its append is there',
    unchecked(cyclic),
  ),
  broken(
    'drops data that does not encode',
    'data that JSON cannot carry is refused, and nothing of its append is there',
    (inner) => ({
      append: (writes, guards) =>
        inner.append(
          mapEvents(writes, (event) => (cyclic(event) ? { ...event, data: null } : event)),
          guards,
        ),
    }),
  ),
  broken('mends wrong stream names', 'a wrong call is refused, and writes nothing', (inner) => ({
    append: (writes, guards) => {
      const mended = writes.map((w) => ({ ...w, stream: w.stream.toWellFormed().trim() as StreamName }))
      return inner.append(mended, guards)
    },
  })),
  broken('does not look at ids', 'a wrong call is refused, and writes nothing', (inner) => ({
    append: (writes, guards) =>
      inner.append(
        mapEvents(writes, (e) => (e.meta.id === '' ? { ...e, meta: { ...e.meta, id: 'none' } } : e)),
        guards,
      ),
  })),
  broken(
    'takes few streams in one append',
    'many streams in one append, and many appends at once',
    (inner) => ({
      append: (writes, guards) => inner.append(writes.slice(0, 50), guards),
    }),
  ),
  broken('hangs when it is closed', 'close ends in time, and may be called again', () => ({
    close: () => new Promise(() => undefined),
  })),
  broken('cannot be closed twice', 'close ends in time, and may be called again', (inner) => {
    let closed = false
    return {
      async close() {
        if (closed) throw new Error('It is not running.')
        closed = true
        await inner.close()
      },
    }
  }),
  broken('goes on after it was closed', ['every call after close is refused as closed'], () => ({
    close: async () => undefined,
  })),
  broken(
    'leaves its subscriptions when it is closed',
    'close ends a subscription without an error',
    (inner) => {
      let closed = false
      const check = () => {
        if (closed) throw new StoreError('closed', 'The store is closed.')
      }
      return {
        append: async (...args) => {
          check()
          return inner.append(...args)
        },
        close: async () => {
          closed = true
        },
      }
    },
  ),
  broken(
    'rejects with an error of its own when it is closed',
    'appends under way when the store closes end, one way or the other',
    (inner) => ({
      append: async (...args) => {
        await systemClock.sleep(1)
        return inner.append(...args).catch(() => {
          throw new TypeError('Cannot read properties of null.')
        })
      },
    }),
  ),
  kept('loses the end of its log when it is closed', (_, i, all) => i < all.length - 1),
  kept('loses an event in the middle of its log when it is closed', (_, i) => i !== 7),
  kept('loses its log when it is closed', () => false),
  {
    ...kept('forgets, when it is closed, which ids may be only once', () => true),
    open: () => {
      const { open } = kept('', () => true)
      const store = open()
      return {
        ...store,
        append: (writes, guards) =>
          store.append(
            mapEvents(writes, ({ type, data, meta }) => ({ type, data, meta })),
            guards,
          ),
      }
    },
  },
  broken(
    'shows another handle nothing',
    'what one handle wrote another reads at once, in the same order',
    (inner) => {
      let calls = 0
      return {
        read: (...args) => mapPages(inner.read(...args), (p) => (++calls > 3 ? { ...p, events: [] } : p)),
      }
    },
  ),
]
