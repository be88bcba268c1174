import { randomUUID } from 'node:crypto'
import type {
  AllStreamRecordedEvent,
  JSONEventData,
  JSONType,
  RecordedEvent,
} from '@kurrent/kurrentdb-client'
import {
  encodeRecorded,
  type Metadata,
  type NewEvent,
  type Recorded,
  START,
  StoreError,
  type StreamName,
  streamNameFault,
} from '@ramal/core'
import { knownPosition } from './position.js'

export type RawEvent = RecordedEvent | AllStreamRecordedEvent

/**
 * The one key of an event's metadata on the server. Appends over many streams take only a flat map of texts
 * there, so the whole of `meta` is one text, and every event reads the same whichever way it was written.
 */
const KEY = 'ramal'

/** @throws StoreError `invalid` for what no store takes */
export const checkEncodes = (event: NewEvent, stream: StreamName): void => {
  encodeRecorded(event, stream, 0, START, 0)
}

/**
 * An event for the server, under an id of its own that is new with every attempt; ours is in the metadata. The
 * server takes a known id under `any` for a retry only as long as it remembers it, and never says that it did:
 * with new ids a success is always a write, and what is a retry is decided here, exactly.
 */
export const toServer = ({ type, data, meta }: NewEvent): JSONEventData => ({
  id: randomUUID(),
  contentType: 'application/json',
  type,
  data: data as JSONType,
  metadata: { [KEY]: JSON.stringify(meta) },
})

const metaOf = ({ metadata }: RawEvent): Metadata | undefined => {
  if (typeof metadata !== 'object' || metadata === null || metadata instanceof Uint8Array) return undefined
  const text = (metadata as Record<string, unknown>)[KEY]
  return typeof text === 'string' ? (JSON.parse(text) as Metadata) : undefined
}

/** Of whole seconds: the native reader of the client has no more, and all readers shall see the same. */
const SECOND = 1_000

/** An event of ours as the log holds it. Nothing for one that others wrote. */
export const fromServer = (raw: RawEvent): Recorded | undefined => {
  if (streamNameFault(raw.streamId) !== undefined) return undefined
  const meta = metaOf(raw)
  if (!meta) return undefined
  const position = knownPosition(raw.position)
  if (position === undefined)
    throw new StoreError(
      'unsupported',
      'Positions of events need EventStoreDB 22.6 or newer; this server sends none.',
    )
  return {
    type: raw.type,
    data: raw.data,
    meta,
    stream: raw.streamId as StreamName,
    version: Number(raw.revision),
    position,
    recordedAt: Math.floor(raw.created.getTime() / SECOND) * SECOND,
  }
}
