import type { AllStreamRecordedEvent, Filter, RecordedEvent } from '@kurrent/kurrentdb-client'
import {
  type LogReadOptions,
  laterOf,
  type Page,
  type Position,
  type Recorded,
  START,
  StoreError,
  type StreamName,
  type StreamReadOptions,
} from '@ramal/core'
import type { Connection } from './connection.js'
import { fromServer } from './envelope.js'
import { isNotFound } from './errors.js'
import { pushDown } from './filter.js'
import { logPositionOf, positionFrom } from './position.js'

/** Most events that one call asks for. */
const PAGE = 500

const gather = async <E>(events: AsyncIterable<{ event?: E }>): Promise<E[]> => {
  const found: E[] = []
  for await (const { event } of events) if (event) found.push(event)
  return found
}

const PAUSE = 50

/** A read does no harm twice, and after a change of leader the next one finds the new one. */
const reading = async <T>({ call }: Connection, what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await call(what, work)
  } catch (error) {
    const passing = error instanceof StoreError && error.code === 'unavailable' && error.cause !== undefined
    if (!passing) throw error
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    return call(what, work)
  }
}

/** Events of a stream from a version on, as the server has them; none for a stream that is not there. */
export const readEvents = (
  connection: Connection,
  stream: string,
  from: number,
  limit: number,
): Promise<RecordedEvent[]> =>
  reading(connection, `reading ${stream}`, async () => {
    try {
      const options = { fromRevision: BigInt(from), maxCount: limit, requiresLeader: true }
      return await gather(connection.client.readStream(stream, options))
    } catch (error) {
      if (isNotFound(error)) return []
      throw error
    }
  })

/** The version of the last event of a stream; -1 for a stream without. */
export const lastVersion = async (connection: Connection, stream: StreamName): Promise<number> => {
  const last = await reading(connection, `reading ${stream}`, async () => {
    try {
      return await gather(
        connection.client.readStream(stream, {
          direction: 'backwards',
          fromRevision: 'end',
          maxCount: 1,
          requiresLeader: true,
        }),
      )
    } catch (error) {
      if (isNotFound(error)) return []
      throw error
    }
  })
  return last[0] ? Number(last[0].revision) : -1
}

const ours = (raw: RecordedEvent): Recorded => {
  const event = fromServer(raw)
  if (!event)
    throw new StoreError(
      'schema',
      `Event ${raw.revision} of ${raw.streamId} was not written by Ramal; keep its streams to itself.`,
    )
  return event
}

/** Every event of a stream in order, a page at a time. */
export async function* readStream(
  connection: Connection,
  stream: StreamName,
  { from = 0, limit = Number.POSITIVE_INFINITY }: StreamReadOptions = {},
): AsyncGenerator<Page, void, undefined> {
  let [next, left] = [from, limit]
  for (;;) {
    const size = Math.min(PAGE, left)
    // One more than wanted tells whether there is more.
    const raw = await readEvents(connection, stream, next, size + 1)
    const events = raw.slice(0, size).map(ours)
    const caughtUp = raw.length <= size
    left -= events.length
    const last = events.at(-1)
    yield { events, position: last?.position ?? (await head(connection)), caughtUp }
    if (caughtUp || left <= 0 || !last) return
    next = last.version + 1
  }
}

const readLogEvents = (
  connection: Connection,
  after: Position,
  filter: Filter,
  limit: number,
): Promise<AllStreamRecordedEvent[]> => {
  const fromPosition = logPositionOf(after)
  return reading(connection, 'reading the log', () =>
    gather(connection.client.readAll({ fromPosition, filter, maxCount: limit, requiresLeader: true })),
  )
}

/** The position of the last event of any stream of ours; `START` without one. */
export const head = async (connection: Connection): Promise<Position> => {
  const [last] = await reading(connection, 'reading the end of the log', () =>
    gather(
      connection.client.readAll({
        direction: 'backwards',
        fromPosition: 'end',
        maxCount: 1,
        filter: pushDown(connection, {}).onServer,
        requiresLeader: true,
      }),
    ),
  )
  return last ? positionFrom(last.position) : START
}

/** The log in order up to the end that it has, a page at a time. */
export async function* readLog(
  connection: Connection,
  { after, limit = Number.POSITIVE_INFINITY, ...filter }: LogReadOptions,
): AsyncGenerator<Page, void, undefined> {
  const { onServer, wants } = pushDown(connection, filter)
  // Known before anything is read, so whoever has read all up to the end has read all up to here, also where the
  // last events are not wanted.
  const end = filter.types || filter.categories ? await head(connection) : START
  let [position, left] = [after, limit]
  while (left > 0) {
    // The server begins with the event at the position itself.
    const raw = await readLogEvents(connection, position, onServer, PAGE + 1)
    const fresh = raw.filter((event) => positionFrom(event.position) > position)
    const found = fresh.map(fromServer).filter((event) => event !== undefined && wants(event)) as Recorded[]
    const events = found.slice(0, left)
    const whole = events.length === found.length
    const caughtUp = whole && raw.length <= PAGE
    const last = whole ? fresh.at(-1)?.position : undefined
    position = last ? positionFrom(last) : (events.at(-1)?.position ?? position)
    if (caughtUp) position = laterOf(position, end)
    left -= events.length
    yield { events, position, caughtUp }
    if (caughtUp) return
  }
}
