import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import statuses from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js'
import any from 'google-protobuf/google/protobuf/any_pb.js'

/** How a call ends when it fails, as grpc-js sends it. */
export type Failure = Pick<StatusObject, 'code' | 'details' | 'metadata'>

/** A failure that the client knows by the `exception` among its trailers. */
const exception = (
  code: status,
  details: string,
  name: string,
  trailers: Readonly<Record<string, string>> = {},
): Failure => {
  const metadata = new Metadata()
  metadata.set('exception', name)
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return { code, details, metadata }
}

export const notLeader = (host: string, port: number): Failure =>
  exception(status.NOT_FOUND, `Leader info available. Leader is at ${host}:${port}`, 'not-leader', {
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  })

export const unavailable = (why: string): Failure => ({
  code: status.UNAVAILABLE,
  details: why,
  metadata: new Metadata(),
})

export const accessDenied = (): Failure =>
  exception(status.PERMISSION_DENIED, 'Access Denied', 'access-denied')

export const unauthenticated = (): Failure => ({
  code: status.UNAUTHENTICATED,
  details: 'Unauthenticated',
  metadata: new Metadata(),
})

export const streamDeleted = (stream: string): Failure =>
  exception(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', {
    'stream-name': stream,
  })

export const wrongExpectedVersion = (stream: string, expected: string, actual: number): Failure =>
  exception(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    'wrong-expected-version',
    {
      'stream-name': stream,
      'expected-version': expected,
      ...(actual < 0 ? {} : { 'actual-version': String(actual) }),
    },
  )

export const tooLarge = (max: number): Failure =>
  exception(
    status.INVALID_ARGUMENT,
    `Maximum Append Size of ${max} Exceeded.`,
    'maximum-append-size-exceeded',
    { 'maximum-append-size': String(max) },
  )

export const invalid = (why: string): Failure => ({
  code: status.INVALID_ARGUMENT,
  details: why,
  metadata: new Metadata(),
})

interface Serializable {
  serializeBinary(): Uint8Array
}

export const packed = (details: Serializable, typeName: string): InstanceType<typeof any.Any> => {
  const out = new any.Any()
  out.pack(details.serializeBinary(), typeName)
  return out
}

/** A failure of the second protocol: its details travel in a trailer of their own. */
export const detailed = (code: status, why: string, details: Serializable, typeName: string): Failure => {
  const rich = new statuses.Status()
  rich.setMessage(why)
  rich.setDetails(packed(details, typeName))
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(rich.serializeBinary()))
  return { code, details: why, metadata }
}

/** Whether something thrown is a failure to be sent as it is. */
export const isFailure = (thrown: unknown): thrown is Failure =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'metadata' in thrown
