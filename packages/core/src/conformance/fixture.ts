import type { Either } from 'fp-ts/lib/Either.js'
import type { EventId, NewEvent, Recorded } from '../event.js'
import { freshId } from '../id.js'
import type { Position } from '../position.js'
import type {
  Appended,
  Conflict,
  EventStore,
  Expected,
  LogReadOptions,
  Page,
  StreamReadOptions,
} from '../store.js'
import type { StreamName } from '../stream-name.js'
import type { Check, Open, Settings } from './check.js'
import { ensureLeft, ensureRight } from './expect.js'

export interface EventOptions {
  readonly type?: string
  readonly id?: EventId
  readonly once?: boolean
}

/**
 * A store under test, and names that nothing else in its log has: a check runs as well on a server that cannot
 * be emptied and that others write to.
 */
export interface Fixture {
  readonly store: EventStore
  readonly settings: Settings
  /** The end of the log when the check began. */
  readonly start: Position
  /** A category of this check alone. */
  category(name?: string): string
  /** A stream of this check alone. */
  stream(id?: string, category?: string): StreamName
  /** An event type of this check alone. */
  type(name?: string): string
  event(data?: unknown, options?: EventOptions): NewEvent
  events(count: number): NewEvent[]
  append(stream: StreamName, expected: Expected, ...events: NewEvent[]): Promise<Either<Conflict, Appended>>
  /** Appends what must be accepted. */
  accept(stream: StreamName, expected: Expected, ...events: NewEvent[]): Promise<Appended>
  /** Appends what must be refused. */
  refuse(stream: StreamName, expected: Expected, ...events: NewEvent[]): Promise<Conflict>
  read(stream: StreamName, options?: StreamReadOptions): Promise<Recorded[]>
  /** What this check wrote, in the order of the log. */
  readOwn(options?: Partial<LogReadOptions>): Promise<Recorded[]>
  isOwn(event: Recorded): boolean
}

export const gather = async (pages: AsyncIterable<Page>): Promise<Recorded[]> => {
  const events: Recorded[] = []
  for await (const page of pages) events.push(...page.events)
  return events
}

export const idsOf = (events: readonly { readonly meta: { readonly id: string } }[]): string[] =>
  events.map(({ meta }) => meta.id)

export const fixtureOf = async (store: EventStore, settings: Settings): Promise<Fixture> => {
  const tag = `c${freshId().slice(0, 8)}`
  const start = await store.head()
  const type = (name = 'Noted') => `${name}.${tag}`
  const category = (name = '') => `${tag}${name}`
  const isOwn = (event: Recorded) => event.stream.startsWith(tag)
  const event = (data: unknown = {}, options: EventOptions = {}): NewEvent => ({
    type: options.type ?? type(),
    data,
    meta: {
      id: options.id ?? freshId(),
      at: 1_700_000_000_000,
      tenant: tag,
      correlationId: tag,
      causationId: tag,
      schemaVersion: 1,
    },
    ...(options.once ? { once: true } : {}),
  })
  const append: Fixture['append'] = (stream, expected, ...events) =>
    store.append([{ stream, expected, events }])
  return {
    store,
    settings,
    start,
    category,
    type,
    event,
    isOwn,
    append,
    stream: (id = freshId(), name) => `${category(name)}-${id}`,
    events: (count) => Array.from({ length: count }, (_, i) => event({ i })),
    accept: async (stream, expected, ...events) =>
      ensureRight(
        await append(stream, expected, ...events),
        `An append to ${stream} expected ${JSON.stringify(expected)}`,
      ),
    refuse: async (stream, expected, ...events) =>
      ensureLeft(
        await append(stream, expected, ...events),
        `An append to ${stream} expected ${JSON.stringify(expected)}`,
      ),
    read: (stream, options) => gather(store.read(stream, options)),
    readOwn: async (options) => (await gather(store.readAll({ after: start, ...options }))).filter(isOwn),
  }
}

/** A check of one handle. Whoever runs it closes the handle. */
export const checkOf = (
  name: string,
  body: (fixture: Fixture) => Promise<void>,
  options: Pick<Check, 'timeout' | 'needs'> = {},
): Check => ({
  name,
  ...options,
  run: async (open: Open, settings: Settings) => body(await fixtureOf(await open(), settings)),
})
