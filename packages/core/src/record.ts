import { encodeRecorded, MAX_EVENT_SIZE } from './append.js'
import type { Instant, NewEvent, Recorded } from './event.js'
import { frozen } from './frozen.js'
import { plainCopy, type Room } from './plain.js'
import type { Position } from './position.js'
import type { StreamName } from './stream-name.js'

/** More than the JSON of an event takes without its data and metadata, in characters. */
const FRAME = 10_000

/** A copy of data or metadata that nobody can change, where it needs no JSON. */
const copied = <T>(value: T, room: Room): T | undefined => {
  try {
    return plainCopy(value, room) as T | undefined
  } catch {
    // A getter that throws: JSON meets it as well, and says so.
    return undefined
  }
}

/**
 * What reading back the JSON of an event as recorded gives, frozen. Copied where the event is plain, as nearly all
 * are, which is several times as fast; by way of its JSON where it is not.
 * @throws StoreError `invalid` for data that JSON cannot carry, or that is too large
 */
export const frozenRecord = (
  event: NewEvent,
  stream: StreamName,
  version: number,
  position: Position,
  recordedAt: Instant,
): Recorded => {
  const room = { characters: MAX_EVENT_SIZE - FRAME }
  const { type } = event
  const data = typeof type === 'string' && type.length < 1_000 ? copied(event.data, room) : undefined
  const meta = data === undefined ? undefined : copied(event.meta, room)
  return meta === undefined
    ? frozen(JSON.parse(encodeRecorded(event, stream, version, position, recordedAt)))
    : Object.freeze({ type, data, meta, stream, version, position, recordedAt })
}
