import * as E from 'fp-ts/lib/Either.js'
import { checkAppend, meets } from './append.js'
import { type Clock, systemClock } from './clock.js'
import { StoreError } from './errors.js'
import type { Recorded } from './event.js'
import { bell, follow } from './follow.js'
import { laterOf, ordinalOf, type Position, positionOf, START } from './position.js'
import { frozenRecord } from './record.js'
import type { Appended, Conflict, EventStore, Expected, Guard, LogFilter, Page, Write } from './store.js'
import { categoryOf, type StreamName } from './stream-name.js'

const PAGE = 500

/** Whether the expectation says nothing of where the events come to stand. */
const isLoose = (expected: Expected): boolean => expected === 'any' || expected === 'exists'

const looseKey = (stream: StreamName, id: string): string => `${id} ${stream}`

const NOTHING: readonly Recorded[] = []

/** As an async generator of one page would, for a third of its price: most reads of a stream are of one page. */
class OnePage implements AsyncIterableIterator<Page> {
  private readPage: (() => Page) | undefined
  constructor(readPage: () => Page) {
    this.readPage = readPage
  }
  [Symbol.asyncIterator](): this {
    return this
  }
  async next(): Promise<IteratorResult<Page, undefined>> {
    const { readPage } = this
    if (!readPage) return { done: true, value: undefined }
    this.readPage = undefined
    return { done: false, value: readPage() }
  }
}

/** A store in memory: the oracle of the contract, and the log of tests and simulations. Nothing is durable. */
export const memoryStore = (options: { readonly clock?: Clock } = {}): EventStore => {
  const clock = options.clock ?? systemClock
  const log: Recorded[] = []
  const streams = new Map<StreamName, Recorded[]>()
  /** Events that may be only once in the log, by id. */
  const once = new Map<string, Recorded>()
  /** Versions of the events written without a version to know them by, by stream and id. */
  const loose = new Map<string, number>()
  const closing = new AbortController()
  const rings = bell(START)
  const head = () => log.at(-1)?.position ?? START
  const eventsOf = (stream: StreamName) => streams.get(stream) ?? NOTHING
  const lastVersion = (stream: StreamName) => eventsOf(stream).length - 1
  const checkOpen = () => {
    if (closing.signal.aborted) throw new StoreError('closed', 'The memory store is closed.')
  }

  /** Where the events of a write already stand in their stream, if all of them do and in this order. */
  const standing = ({ stream, expected, events }: Write): Recorded | undefined => {
    const start =
      expected === 'empty'
        ? 0
        : typeof expected === 'object'
          ? expected.at + 1
          : loose.get(looseKey(stream, events[0]!.meta.id))
    if (start === undefined) return undefined
    const found = eventsOf(stream)
    const stands = events.every((event, i) => found[start + i]?.meta.id === event.meta.id)
    return stands ? found[start + events.length - 1] : undefined
  }

  /** What an append answers whose events all stand already where it puts them. */
  const repeatedBy = (written: readonly Write[]): Appended | undefined => {
    let position: Position = START
    const versions = new Map<StreamName, number>()
    for (const write of written) {
      const last = standing(write)
      if (!last) return undefined
      position = laterOf(position, last.position)
      versions.set(write.stream, last.version)
    }
    return written.length === 0 ? undefined : { position, versions, repeated: true }
  }

  const wrongVersionOf = (targets: readonly Guard[]): Conflict | undefined => {
    for (const { stream, expected } of targets) {
      const actual = lastVersion(stream)
      if (!meets(expected, actual))
        return { _tag: 'WrongVersion', stream, expected, actual: actual < 0 ? 'none' : actual }
    }
    return undefined
  }

  const duplicateOf = (writes: readonly Write[]): Conflict | undefined => {
    for (const { stream, expected, events } of writes)
      for (const event of events) {
        const { id } = event.meta
        const there = event.once && once.get(id)
        if (there) return { _tag: 'Duplicate', id, stream: there.stream }
        if (isLoose(expected) && loose.has(looseKey(stream, id))) return { _tag: 'Duplicate', id, stream }
      }
    return undefined
  }

  const pageOf = (after: Position, filter: LogFilter, limit = PAGE): Page => {
    const types = filter.types && new Set(filter.types)
    const categories = filter.categories && new Set(filter.categories)
    const events: Recorded[] = []
    let i = ordinalOf(after)
    for (; i < log.length && events.length < limit; i++) {
      const event = log[i]!
      if ((!types || types.has(event.type)) && (!categories || categories.has(categoryOf(event.stream))))
        events.push(event)
    }
    return { events, position: positionOf(i), caughtUp: i >= log.length }
  }

  return {
    async append(writes, guards = []) {
      checkOpen()
      checkAppend(writes, guards)
      const now = clock.now()
      const written = writes.filter((w) => w.events.length > 0)
      const repeated = repeatedBy(written)
      if (repeated) return E.right(repeated)
      const conflict = wrongVersionOf(writes) ?? wrongVersionOf(guards) ?? duplicateOf(writes)
      if (conflict) return E.left(conflict)
      // All are made before one is added: an event that does not encode leaves nothing of the others.
      let ordinal = log.length
      const recorded = written.map(({ stream, events }) => {
        let version = lastVersion(stream)
        // One name for all events of a stream, however many texts it comes in.
        const name = eventsOf(stream)[0]?.stream ?? stream
        return events.map((event) => frozenRecord(event, name, ++version, positionOf(++ordinal), now))
      })
      const versions = new Map<StreamName, number>()
      written.forEach(({ stream, expected, events }, w) => {
        const all = streams.get(stream) ?? []
        streams.set(stream, all)
        recorded[w]!.forEach((event, i) => {
          log.push(event)
          all.push(event)
          if (events[i]!.once) once.set(event.meta.id, event)
          if (isLoose(expected)) loose.set(looseKey(stream, event.meta.id), event.version)
        })
        versions.set(stream, all.length - 1)
      })
      const position = head()
      rings.ring(position)
      return E.right({ position, versions, repeated: false })
    },

    read: (stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) =>
      new OnePage(() => {
        checkOpen()
        const all = eventsOf(stream)
        const events = all.slice(from, from + limit)
        return {
          events,
          position: events.at(-1)?.position ?? head(),
          caughtUp: from + events.length >= all.length,
        }
      }),

    async *readAll({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      let position = after
      let left = limit
      for (;;) {
        checkOpen()
        const page = pageOf(position, filter, Math.min(PAGE, left))
        left -= page.events.length
        position = page.position
        yield page
        if (page.caughtUp || left <= 0) return
      }
    },

    async *subscribe({ after, ...filter }, signal) {
      checkOpen()
      const ended = AbortSignal.any([signal, closing.signal])
      yield* follow((position) => pageOf(position, filter), rings.wait, after, ended)
    },

    async head() {
      checkOpen()
      return head()
    },

    async close() {
      closing.abort()
    },
  }
}
