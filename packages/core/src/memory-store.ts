import * as E from 'fp-ts/lib/Either.js'
import { checkAppend, encodeRecorded, meets } from './append.js'
import { type Clock, systemClock } from './clock.js'
import { StoreError } from './errors.js'
import type { Recorded } from './event.js'
import { bell, follow } from './follow.js'
import { laterOf, ordinalOf, type Position, positionOf } from './position.js'
import type { Conflict, EventStore, Expected, LogFilter, Page, Write } from './store.js'
import { categoryOf, type StreamName } from './stream-name.js'

const PAGE = 500

/** Whether the expectation says nothing of where the events come to stand. */
const isLoose = (expected: Expected): boolean => expected === 'any' || expected === 'exists'

const looseKey = (stream: StreamName, id: string): string => `${id} ${stream}`

/** To any depth: whoever changes an event that he read is told so, instead of changing the log. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner)
    Object.freeze(value)
  }
  return value
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
  const rings = bell(positionOf(0))
  const head = () => positionOf(log.length)
  const lastVersion = (stream: StreamName) => (streams.get(stream)?.length ?? 0) - 1
  const checkOpen = () => {
    if (closing.signal.aborted) throw new StoreError('closed', 'The memory store is closed.')
  }

  /** Where the events of a write already stand in their stream, if all of them do and in this order. */
  const standing = ({ stream, expected, events }: Write): Recorded | undefined => {
    if (events.length === 0) return undefined
    const start =
      expected === 'empty'
        ? 0
        : typeof expected === 'object'
          ? expected.at + 1
          : loose.get(looseKey(stream, events[0]!.meta.id))
    if (start === undefined) return undefined
    const found = events.map((_, i) => streams.get(stream)?.[start + i])
    return found.every((event, i) => event?.meta.id === events[i]!.meta.id) ? found.at(-1) : undefined
  }

  const conflictOf = (
    writes: readonly Write[],
    guards: readonly Omit<Write, 'events'>[],
  ): Conflict | undefined => {
    for (const { stream, expected } of [...writes, ...guards]) {
      const actual = lastVersion(stream)
      if (!meets(expected, actual))
        return { _tag: 'WrongVersion', stream, expected, actual: actual < 0 ? 'none' : actual }
    }
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
      if (written.length > 0) {
        const before = written.map(standing)
        if (before.every((event) => event !== undefined)) {
          const position = before.reduce((p, e) => laterOf(p, e.position), positionOf(0))
          return E.right({
            position,
            versions: new Map(before.map((e) => [e.stream, e.version])),
            repeated: true,
          })
        }
      }
      const conflict = conflictOf(writes, guards)
      if (conflict) return E.left(conflict)
      const encoded: Recorded[] = []
      const singles: Recorded[] = []
      const unplaced: Recorded[] = []
      for (const { stream, expected, events } of written) {
        let version = lastVersion(stream)
        for (const event of events) {
          const position = positionOf(log.length + encoded.length + 1)
          const recorded = frozen(JSON.parse(encodeRecorded(event, stream, ++version, position, now)))
          encoded.push(recorded)
          if (event.once) singles.push(recorded)
          if (isLoose(expected)) unplaced.push(recorded)
        }
      }
      for (const event of encoded) {
        log.push(event)
        const stream = streams.get(event.stream)
        if (stream) stream.push(event)
        else streams.set(event.stream, [event])
      }
      for (const event of singles) once.set(event.meta.id, event)
      for (const { stream, meta, version } of unplaced) loose.set(looseKey(stream, meta.id), version)
      rings.ring(head())
      const versions = new Map(written.map(({ stream }) => [stream, lastVersion(stream)]))
      return E.right({ position: head(), versions, repeated: false })
    },

    async *read(stream, { from = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      checkOpen()
      const all = streams.get(stream) ?? []
      const events = all.slice(from, from + limit)
      yield {
        events,
        position: events.at(-1)?.position ?? head(),
        caughtUp: from + events.length >= all.length,
      }
    },

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
