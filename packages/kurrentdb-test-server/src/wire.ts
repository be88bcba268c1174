import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js'
import type {
  StreamIdentifier,
  UUID,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js'
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js'
import type {
  AppendReq,
  BatchAppendReq,
  ReadResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js'
import type { LogRecord, Proposed } from './record.js'

/** The messages of the protocol, as the official client's package generates them. */
export { features, shared, streams }

/** .NET ticks: 100 ns each. */
const TICKS = 10_000n

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  identifier ? Buffer.from(identifier.getStreamName_asU8()).toString('utf8') : ''

export const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(stream))
  return identifier
}

/** The client sends UUIDs as text; the server keeps them in lower case. */
export const idOf = (uuid: UUID | undefined): string => uuid?.getString().toLowerCase() ?? ''

export const uuidOf = (id: string): UUID => {
  const uuid = new shared.UUID()
  uuid.setString(id)
  return uuid
}

export const proposedOf = (
  message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
): Proposed => ({
  id: idOf(message.getId()),
  type: message.getMetadataMap().get('type') ?? '',
  json: message.getMetadataMap().get('content-type') === 'application/json',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
})

export const timestampOf = (ms: number): InstanceType<typeof timestamp.Timestamp> => {
  const stamp = new timestamp.Timestamp()
  stamp.fromDate(new Date(ms))
  return stamp
}

/** An event as reads and subscriptions send it. */
export const eventOf = (record: LogRecord): ReadResp => {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
  event.setId(uuidOf(record.id))
  event.setStreamIdentifier(identifierOf(record.stream))
  event.setStreamRevision(String(record.revision))
  event.setPreparePosition(String(record.position))
  event.setCommitPosition(String(record.position))
  event.getMetadataMap().set('type', record.type)
  event.getMetadataMap().set('created', String(BigInt(record.created) * TICKS))
  event.getMetadataMap().set('content-type', record.json ? 'application/json' : 'application/octet-stream')
  event.setData(record.data)
  event.setCustomMetadata(record.metadata)
  const read = new streams.ReadResp.ReadEvent()
  read.setEvent(event)
  read.setCommitPosition(String(record.position))
  const response = new streams.ReadResp()
  response.setEvent(read)
  return response
}

const positionOf = (position: number): ReadResp.Position => {
  const out = new streams.ReadResp.Position()
  out.setCommitPosition(String(position))
  out.setPreparePosition(String(position))
  return out
}

export const confirmationOf = (id: string): ReadResp => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation()
  confirmation.setSubscriptionId(id)
  const response = new streams.ReadResp()
  response.setConfirmation(confirmation)
  return response
}

export const checkpointOf = (position: number): ReadResp => {
  const checkpoint = new streams.ReadResp.Checkpoint()
  checkpoint.setCommitPosition(String(position))
  checkpoint.setPreparePosition(String(position))
  checkpoint.setTimestamp(timestampOf(Date.now()))
  const response = new streams.ReadResp()
  response.setCheckpoint(checkpoint)
  return response
}

/** `position` is left out for subscriptions to one stream. */
export const caughtUpOf = (position: number | undefined): ReadResp => {
  const caughtUp = new streams.ReadResp.CaughtUp()
  caughtUp.setTimestamp(timestampOf(Date.now()))
  if (position !== undefined) caughtUp.setPosition(positionOf(position))
  const response = new streams.ReadResp()
  response.setCaughtUp(caughtUp)
  return response
}

export const fellBehindOf = (position: number | undefined): ReadResp => {
  const fellBehind = new streams.ReadResp.FellBehind()
  fellBehind.setTimestamp(timestampOf(Date.now()))
  if (position !== undefined) fellBehind.setPosition(positionOf(position))
  const response = new streams.ReadResp()
  response.setFellBehind(fellBehind)
  return response
}

export const notFoundOf = (stream: string): ReadResp => {
  const notFound = new streams.ReadResp.StreamNotFound()
  notFound.setStreamIdentifier(identifierOf(stream))
  const response = new streams.ReadResp()
  response.setStreamNotFound(notFound)
  return response
}
