import { randomUUID } from 'node:crypto'
import { type ServerReadableStream, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js'
import errors from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/errors_pb.js'
import type {
  AppendRecord,
  AppendRecordsRequest,
  AppendRecordsResponse,
  AppendRequest,
  AppendSessionResponse,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js'
import messages from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js'
import { admit, type Context, failureOf } from './context.js'
import { detailed, invalid } from './failure.js'
import type { Placed, StreamAppend, Violation } from './log.js'
import { type ExpectedState, type Proposed, sizeOf } from './record.js'

const PREFIX = 'kurrentdb.protocol.v2.streams.errors'

const expectedOf = (value: string): ExpectedState =>
  value === '-1' ? 'no_stream' : value === '-2' ? 'any' : value === '-4' ? 'stream_exists' : Number(value)

const wireOf = (expected: ExpectedState): string =>
  expected === 'no_stream'
    ? '-1'
    : expected === 'any'
      ? '-2'
      : expected === 'stream_exists'
        ? '-4'
        : String(expected)

/** The second protocol is narrower than the first: what it calls the name of a schema is the type of the event. */
const PLAIN = /^[a-zA-Z0-9_.-]+$/

/** Properties are a flat map on the way in, and the JSON metadata of the event when it is read. */
const proposedOf = (record: AppendRecord): Proposed => {
  const properties: Record<string, unknown> = {}
  record.getPropertiesMap().forEach((value, key) => {
    properties[key] = value.toJavaScript()
  })
  const schema = record.getSchema()
  if (!PLAIN.test(schema?.getName() ?? ''))
    throw invalid('A schema name can only contain alphanumeric characters, underscores, dashes, and periods.')
  return {
    id: (record.getRecordId() || randomUUID()).toLowerCase(),
    type: schema?.getName() ?? '',
    json: schema?.getFormat() === messages.SchemaFormat.SCHEMA_FORMAT_JSON,
    data: record.getData_asU8(),
    metadata: Buffer.from(JSON.stringify(properties)),
  }
}

const checkSize = (placed: readonly Placed[], max: number): void => {
  const size = placed.reduce((sum, p) => sum + sizeOf(p.event), 0)
  if (size <= max) return
  const details = new errors.AppendTransactionSizeExceededErrorDetails()
  details.setSize(size)
  details.setMaxSize(max)
  throw detailed(
    status.ABORTED,
    `The append has ${size} bytes, at most ${max} are taken.`,
    details,
    `${PREFIX}.AppendTransactionSizeExceededErrorDetails`,
  )
}

const commit = (context: Context, asked: readonly StreamAppend[], placed: readonly Placed[]) => {
  checkSize(placed, context.maxAppendSize)
  const written = context.log.append(asked, placed)
  const lost = written.ok ? context.faults.lostAck() : undefined
  if (lost) throw lost
  return written
}

const conflictOf = ({ stream, expected, actual, tombstoned }: Violation) => {
  if (tombstoned) {
    const details = new errors.StreamTombstonedErrorDetails()
    details.setStream(stream)
    const name = `${PREFIX}.StreamTombstonedErrorDetails`
    return detailed(status.FAILED_PRECONDITION, `Stream '${stream}' is tombstoned.`, details, name)
  }
  const details = new errors.StreamRevisionConflictErrorDetails()
  details.setStream(stream)
  details.setExpectedRevision(wireOf(expected))
  details.setActualRevision(String(actual))
  const name = `${PREFIX}.StreamRevisionConflictErrorDetails`
  return detailed(status.FAILED_PRECONDITION, `Stream '${stream}' is at ${actual}.`, details, name)
}

/** `AppendSession` of the second protocol: each stream once, all or nothing. */
export const appendSession =
  (context: Context) =>
  (
    call: ServerReadableStream<AppendRequest, AppendSessionResponse>,
    answer: sendUnaryData<AppendSessionResponse>,
  ): void => {
    const work = async (): Promise<AppendSessionResponse> => {
      await admit(context, 'append', call.metadata)
      const asked: StreamAppend[] = []
      const placed: Placed[] = []
      const seen = new Set<string>()
      for await (const request of call as AsyncIterable<AppendRequest>) {
        const stream = request.getStream()
        // The real server compares these names without regard to case.
        if (seen.has(stream.toLowerCase())) throw invalid(`Stream '${stream}' is already in this session.`)
        seen.add(stream.toLowerCase())
        asked.push({ stream, expected: expectedOf(request.getExpectedRevision() ?? '-2') })
        for (const record of request.getRecordsList()) placed.push({ stream, event: proposedOf(record) })
      }
      const written = commit(context, asked, placed)
      if (!written.ok) throw conflictOf(written.violations[0]!)
      const response = new messages.AppendSessionResponse()
      for (const { stream } of asked) {
        const output = new messages.AppendResponse()
        output.setStream(stream)
        output.setStreamRevision(String(written.revisions.get(stream) ?? 0))
        response.addOutput(output)
      }
      response.setPosition(String(written.position))
      return response
    }
    work().then(
      (response) => answer(null, response),
      (thrown: unknown) => answer(failureOf(thrown)),
    )
  }

const violationsOf = (violations: readonly Violation[], order: readonly string[]) => {
  const details = new errors.AppendConsistencyViolationErrorDetails()
  for (const { stream, expected, actual } of violations) {
    const state = new errors.ConsistencyViolation.StreamStateViolation()
    state.setStream(stream)
    state.setExpectedState(wireOf(expected))
    state.setActualState(String(actual))
    const violation = new errors.ConsistencyViolation()
    violation.setCheckIndex(Math.max(0, order.indexOf(stream)))
    violation.setStreamState(state)
    details.addViolations(violation)
  }
  const name = `${PREFIX}.AppendConsistencyViolationErrorDetails`
  return detailed(status.FAILED_PRECONDITION, 'A consistency check failed.', details, name)
}

/** `AppendRecords` of the second protocol: records in any order, and checks on any stream. */
export const appendRecords =
  (context: Context) =>
  (
    call: ServerUnaryCall<AppendRecordsRequest, AppendRecordsResponse>,
    answer: sendUnaryData<AppendRecordsResponse>,
  ): void => {
    const work = async (): Promise<AppendRecordsResponse> => {
      await admit(context, 'append', call.metadata)
      // As in the real server, names that differ only in case are one stream here: the first spelling.
      const spelling = new Map<string, string>()
      const spelled = (name: string): string => {
        const key = name.toLowerCase()
        if (!spelling.has(key)) spelling.set(key, name)
        return spelling.get(key)!
      }
      const placed = call.request
        .getRecordsList()
        .map((record) => ({ stream: spelled(record.getStream()), event: proposedOf(record) }))
      const expectations = new Map<string, ExpectedState>(placed.map((p) => [p.stream, 'any']))
      const checks = call.request.getChecksList().map((check) => check.getStreamState()!)
      for (const check of checks)
        expectations.set(spelled(check.getStream()), expectedOf(check.getExpectedState()))
      const asked = [...expectations].map(([stream, expected]) => ({ stream, expected }))
      const written = commit(context, asked, placed)
      const order = checks.map((check) => spelled(check.getStream()))
      if (!written.ok) throw violationsOf(written.violations, order)
      const response = new messages.AppendRecordsResponse()
      for (const [stream, revision] of written.revisions) {
        const output = new messages.StreamRevision()
        output.setStream(stream)
        output.setRevision(String(revision))
        response.addRevisions(output)
      }
      response.setPosition(String(written.position))
      return response
    }
    work().then(
      (response) => answer(null, response),
      (thrown: unknown) => answer(failureOf(thrown)),
    )
  }
