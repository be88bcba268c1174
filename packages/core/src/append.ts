import { StoreError } from './errors.js'
import type { Instant, NewEvent } from './event.js'
import type { Position } from './position.js'
import type { Expected, Guard, Write } from './store.js'
import { checkStreamName, type StreamName } from './stream-name.js'

/** The largest event that every store takes: UTF-16 code units of its JSON. */
export const MAX_EVENT_SIZE = 1_000_000

const checkTarget = ({ stream, expected }: Guard): void => {
  checkStreamName(stream)
  if (typeof expected === 'object' && !(Number.isSafeInteger(expected.at) && expected.at >= 0))
    throw new StoreError(
      'invalid',
      `Stream ${stream} is expected at ${expected.at}: versions are integers from 0.`,
    )
}

const checkDistinct = (streams: readonly StreamName[]): void => {
  const seen = new Set<StreamName>()
  for (const stream of streams) {
    if (seen.has(stream))
      throw new StoreError('invalid', `Stream ${stream} stands twice in one append; join them.`)
    seen.add(stream)
  }
}

/** What every store checks before it touches anything. @throws StoreError `invalid` */
export const checkAppend = (writes: readonly Write[], guards: readonly Guard[] = []): void => {
  for (const write of writes) checkTarget(write)
  for (const guard of guards) checkTarget(guard)
  if (writes.length + guards.length > 1) checkDistinct([...writes, ...guards].map(({ stream }) => stream))
  const ids = new Set<string>()
  for (const { stream, events } of writes)
    for (const { meta, type } of events) {
      if (typeof meta?.id !== 'string' || meta.id === '')
        throw new StoreError('invalid', `An event ${type} for ${stream} has no id.`)
      if (ids.has(meta.id)) throw new StoreError('invalid', `Event id ${meta.id} stands twice in one append.`)
      ids.add(meta.id)
    }
}

/** Whether a stream whose last version is `actual` (-1: no event) is as expected. */
export const meets = (expected: Expected, actual: number): boolean =>
  expected === 'any' ||
  (expected === 'empty' ? actual < 0 : expected === 'exists' ? actual >= 0 : actual === expected.at)

/**
 * The JSON of an event as recorded: what stores keep and give back, parsed, as it is.
 * @throws StoreError `invalid` for data that JSON cannot carry, or that is too large
 */
export const encodeRecorded = (
  event: NewEvent,
  stream: StreamName,
  version: number,
  position: Position,
  recordedAt: Instant,
): string => {
  const { type, data, meta } = event
  let json: string
  try {
    if (data === undefined) throw new TypeError('it has no data')
    json = JSON.stringify({ type, data, meta, stream, version, position, recordedAt })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new StoreError('invalid', `Event ${type} for ${stream} does not encode as JSON: ${why}.`, { cause })
  }
  if (json.length > MAX_EVENT_SIZE)
    throw new StoreError(
      'invalid',
      `Event ${type} for ${stream} has ${json.length} characters, at most ${MAX_EVENT_SIZE} fit; store large content elsewhere and refer to it.`,
    )
  return json
}
