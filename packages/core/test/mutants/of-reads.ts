import {
  type EventStore,
  type LogReadOptions,
  ordinalOf,
  type Page,
  type Position,
  positionOf,
  type Recorded,
  START,
  systemClock,
} from '../../src/index.js'
import { broken, brokenEvents, brokenPages, type Mutant, mapPages } from './mutant.js'

const readingAll = (
  name: string,
  caughtBy: string | readonly string[],
  change: (inner: EventStore, options: LogReadOptions) => AsyncIterable<Page>,
): Mutant => broken(name, caughtBy, (inner) => ({ readAll: (options) => change(inner, options) }))

const before = (position: Position): Position => positionOf(Math.max(0, ordinalOf(position) - 1))

/** The positions of a store that writes them as numbers without zeros in front. */
const unpadded = (position: Position): Position =>
  position === START ? START : (String(ordinalOf(position)) as Position)

const padded = (position: Position): Position => positionOf(Number(position))

const unpaddedPage = (page: Page): Page => ({
  ...page,
  position: unpadded(page.position),
  events: page.events.map((e) => ({ ...e, position: unpadded(e.position) })),
})

/** The filter of a store that asks for these columns with `like`. */
const like = (pattern: string): RegExp => {
  const escaped = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`)
}

const typesBy =
  (matches: (type: string, wanted: string) => boolean) =>
  (inner: EventStore, { types, ...options }: LogReadOptions): AsyncIterable<Page> =>
    mapPages(inner.readAll(options), (page) => ({
      ...page,
      events: page.events.filter((e) => !types || types.some((wanted) => matches(e.type, wanted))),
    }))

const categoriesBy =
  (matches: (event: Recorded, wanted: string) => boolean) =>
  (inner: EventStore, { categories, ...options }: LogReadOptions): AsyncIterable<Page> =>
    mapPages(inner.readAll(options), (page) => ({
      ...page,
      events: page.events.filter((e) => !categories || categories.some((wanted) => matches(e, wanted))),
    }))

export const ofReads: readonly Mutant[] = [
  broken(
    'ignores the limit of a stream read',
    [
      'a stream is read from a version on, up to a limit',
      'any sequence of calls gives what the memory store gives',
    ],
    (inner) => ({ read: (stream, { from = 0 } = {}) => inner.read(stream, { from }) }),
  ),
  readingAll(
    'ignores the limit of a read of the log',
    ['a limit bounds a read of the log', 'the log is read on from any position, which is excluded'],
    (inner, { limit: _, ...options }) => inner.readAll(options),
  ),
  broken(
    'reads a stream from the version after the one that was asked for',
    [
      'a stream is read from a version on, up to a limit',
      'what an append wrote can be read as soon as it resolves',
    ],
    (inner) => ({
      read: (stream, { from = 0, ...rest } = {}) =>
        inner.read(stream, { from: from === 0 ? 0 : from + 1, ...rest }),
    }),
  ),
  readingAll(
    'reads the log from its position on, inclusive',
    [
      'the log is read on from any position, which is excluded',
      'each page says how far it came: going on from there misses nothing and repeats nothing',
      'head is the place where the log ends',
    ],
    (inner, { after, ...options }) => inner.readAll({ after: before(after), ...options }),
  ),
  readingAll('reads nothing from the start of the log', 'the log is read from its start', (inner, options) =>
    inner.readAll(options.after === START ? { ...options, limit: 0 } : options),
  ),
  broken(
    'fails for a stream that is not there',
    ['a stream that is not there reads as empty', 'a guard that does not hold stops the append'],
    (inner) => ({
      async *read(stream, options) {
        let found = false
        for await (const page of inner.read(stream, options)) {
          found ||= page.events.length > 0
          yield page
        }
        if (!found) throw new Error(`There is no stream ${stream}.`)
      },
    }),
  ),
  broken('reads only the first page of a stream', 'a long stream comes whole and in order', (inner) => ({
    read: (stream, { from = 0, limit = 1_000 } = {}) =>
      inner.read(stream, { from, limit: Math.min(limit, 1_000) }),
  })),
  readingAll(
    'reads only the first page of the log',
    'an append of a thousand events keeps their order',
    (inner, options) => inner.readAll({ ...options, limit: Math.min(options.limit ?? 500, 500) }),
  ),
  broken(
    'gives the events of a stream in another order',
    [
      'versions count from 0 without gaps, and each event keeps its place',
      'a long stream comes whole and in order',
      'the log has one order, in which streams, appends and positions agree',
    ],
    (inner) => ({
      read: (stream, options) =>
        mapPages(inner.read(stream, options), (page) => ({ ...page, events: [...page.events].reverse() })),
    }),
  ),
  readingAll(
    'gives the log stream by stream',
    [
      'the log has one order, in which streams, appends and positions agree',
      'all readers see one order, also those who read while others write',
    ],
    (inner, options) =>
      mapPages(inner.readAll(options), (page) => ({
        ...page,
        events: [...page.events].sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0)),
      })),
  ),
  broken(
    'reads what the log held a moment ago',
    [
      'what an append wrote can be read as soon as it resolves',
      'what one handle wrote another reads at once, in the same order',
    ],
    (inner) => {
      const stale = async function* (pages: AsyncIterable<Page>) {
        const seen = systemClock.now() - 4
        yield* mapPages(pages, (page) => ({
          ...page,
          events: page.events.filter((e) => e.recordedAt < seen),
        }))
      }
      return {
        read: (...args) => stale(inner.read(...args)),
        readAll: (...args) => stale(inner.readAll(...args)),
      }
    },
  ),
  broken('does not know its own end', ['head is the place where the log ends'], (inner) => {
    const first = inner.head()
    return { head: () => first }
  }),
  broken(
    'gives as its head what was asked for last',
    'what an append wrote can be read as soon as it resolves',
    (inner) => {
      let last = inner.head()
      return {
        head: () => {
          const before = last
          last = inner.head()
          return before
        },
      }
    },
  ),
  broken(
    'writes positions whose order as texts is not that of the log',
    ['the log has one order, in which streams, appends and positions agree'],
    (inner) => ({
      head: async () => unpadded(await inner.head()),
      read: (...args) => mapPages(inner.read(...args), unpaddedPage),
      readAll: ({ after, ...options }) =>
        mapPages(inner.readAll({ after: padded(after), ...options }), unpaddedPage),
    }),
  ),
  brokenPages(
    'says that a page came further than it did',
    [
      'each page says how far it came: going on from there misses nothing and repeats nothing',
      'a read of the whole log ends caught up',
    ],
    (page) => ({ ...page, position: positionOf(ordinalOf(page.position) + 1) }),
  ),
  brokenPages(
    'never says how far a page came',
    'each page says how far it came: going on from there misses nothing and repeats nothing',
    (page) => ({ ...page, position: START }),
  ),
  readingAll(
    'never says that a read is caught up',
    'a read of the whole log ends caught up',
    (inner, options) => mapPages(inner.readAll(options), (page) => ({ ...page, caughtUp: false })),
  ),
  readingAll(
    'takes a position that it does not know for the start',
    'a position that no store wrote is refused',
    (inner, options) => inner.readAll(/^\d*$/.test(options.after) ? options : { ...options, after: START }),
  ),
  readingAll(
    'ignores the filter of types',
    ['a type filter gives these types and no others', 'types and categories together: both must fit'],
    (inner, { types: _, ...options }) => inner.readAll(options),
  ),
  readingAll(
    'ignores the filter of categories',
    ['a category filter gives these categories and no others', 'a category ends at the first dash'],
    (inner, { categories: _, ...options }) => inner.readAll(options),
  ),
  readingAll(
    'takes a type for the beginning of a type',
    'a type filter gives these types and no others',
    typesBy((type, wanted) => type.startsWith(wanted.split('.')[0]!)),
  ),
  readingAll(
    'takes a type for a pattern',
    'a type filter gives these types and no others',
    typesBy((type, wanted) => like(wanted).test(type)),
  ),
  readingAll(
    'takes a category for the beginning of a stream',
    'a category filter gives these categories and no others',
    categoriesBy((event, wanted) => event.stream.startsWith(wanted)),
  ),
  readingAll(
    'takes a category for a pattern',
    'a category filter gives these categories and no others',
    categoriesBy((event, wanted) => like(`${wanted}-%`).test(event.stream)),
  ),
  readingAll(
    'ends a category at the last dash',
    'a category ends at the first dash',
    categoriesBy((event, wanted) => event.stream.slice(0, event.stream.lastIndexOf('-')) === wanted),
  ),
  readingAll(
    'lets types or categories fit',
    'types and categories together: both must fit',
    (inner, { types, categories, ...options }) =>
      types && categories
        ? mapPages(inner.readAll(options), (page) => ({
            ...page,
            events: page.events.filter(
              (e) => types.includes(e.type) || categories.includes(e.stream.split('-')[0]!),
            ),
          }))
        : inner.readAll({ ...options, ...(types && { types }), ...(categories && { categories }) }),
  ),
  readingAll(
    'takes an empty list for no filter',
    'an empty list wants nothing',
    (inner, { types, categories, ...options }) =>
      inner.readAll({
        ...options,
        ...(types?.length ? { types } : {}),
        ...(categories?.length ? { categories } : {}),
      }),
  ),
  brokenEvents(
    'counts versions from 1',
    [
      'an event comes back as it was written',
      'versions count from 0 without gaps, and each event keeps its place',
    ],
    (event) => ({ ...event, version: event.version + 1 }),
  ),
  brokenEvents(
    'forgets metadata that it does not know',
    'an event comes back as it was written',
    ({ meta: { traceparent: _, ...meta }, ...event }) => ({ ...event, meta }),
  ),
  brokenEvents('writes no time', 'an event comes back as it was written', (event) => ({
    ...event,
    recordedAt: 0,
  })),
]
