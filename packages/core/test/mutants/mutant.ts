import { type EventStore, memoryStore, type Page, type Recorded, type StreamName } from '../../src/index.js'

/** A store that breaks its contract in one way, and the checks that must say so. */
export interface Mutant {
  readonly name: string
  readonly open: () => EventStore
  /** Names of checks, each of which must fail. */
  readonly caughtBy: readonly string[]
  /** Whether the log can be opened again; `open` is then called once, and the same store given again. */
  readonly kept?: (last: EventStore) => EventStore
  /** It never answers, so that only the bound on the time of a check can catch it. */
  readonly hangs?: true
  /** Breaks the connections of the store. */
  readonly disturb?: (last: EventStore) => Promise<void>
}

/** The memory store with some of its methods changed. */
export const broken = (
  name: string,
  caughtBy: string | readonly string[],
  change: (inner: EventStore) => Partial<EventStore>,
): Mutant => ({
  name,
  caughtBy: typeof caughtBy === 'string' ? [caughtBy] : caughtBy,
  open: () => {
    const inner = memoryStore()
    return { ...inner, ...change(inner) }
  },
})

export async function* mapPages(
  pages: AsyncIterable<Page>,
  change: (page: Page) => Page | undefined,
): AsyncGenerator<Page, void, undefined> {
  for await (const page of pages) {
    const changed = change(page)
    if (changed) yield changed
  }
}

/** The memory store whose three ways of reading give changed pages. */
export const brokenPages = (
  name: string,
  caughtBy: string | readonly string[],
  change: (page: Page) => Page | undefined,
): Mutant =>
  broken(name, caughtBy, (inner) => ({
    read: (...args) => mapPages(inner.read(...args), change),
    readAll: (...args) => mapPages(inner.readAll(...args), change),
    subscribe: (...args) => mapPages(inner.subscribe(...args), change),
  }))

/** The memory store whose events are changed when they are read. */
export const brokenEvents = (
  name: string,
  caughtBy: string | readonly string[],
  change: (event: Recorded) => Recorded,
): Mutant => brokenPages(name, caughtBy, (page) => ({ ...page, events: page.events.map(change) }))

export const versionOf = async (store: EventStore, stream: StreamName): Promise<number> => {
  let version = -1
  for await (const { events } of store.read(stream)) version = events.at(-1)?.version ?? version
  return version
}

export type Append = EventStore['append']

/** The memory store with another append. */
export const appending = (
  name: string,
  caughtBy: string | readonly string[],
  change: (inner: EventStore, append: Append) => Append,
): Mutant => broken(name, caughtBy, (inner) => ({ append: change(inner, inner.append) }))
