import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js'
import codes from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/code_pb.js'
import statuses from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js'
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import emptyMessage from 'google-protobuf/google/protobuf/empty_pb.js'
import { admit, type Context, failureOf } from './context.js'
import { packed, streamDeleted, tooLarge } from './failure.js'
import type { Violation, Written } from './log.js'
import { type ExpectedState, type Proposed, sizeOf } from './record.js'
import { identifierOf, nameOf, proposedOf, shared, streams, uuidOf } from './wire.js'

const expectedOf = (
  options: AppendReq.Options | BatchAppendReq.Options,
  revision: () => string | undefined,
): ExpectedState => {
  const at = revision()
  if (at !== undefined) return Number(at)
  return options.hasNoStream() ? 'no_stream' : options.hasStreamExists() ? 'stream_exists' : 'any'
}

/** Writes to one stream and answers, unless the answer is to be lost. */
const commit = (
  { log, faults, maxAppendSize }: Context,
  stream: string,
  expected: ExpectedState,
  events: readonly Proposed[],
): Written => {
  if (events.reduce((sum, e) => sum + sizeOf(e), 0) > maxAppendSize) throw tooLarge(maxAppendSize)
  const written = log.append(
    [{ stream, expected }],
    events.map((event) => ({ stream, event })),
  )
  const lost = written.ok ? faults.lostAck() : undefined
  if (lost) throw lost
  return written
}

/** `Streams.Append`. */
export const append =
  (context: Context) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void => {
    const work = async (): Promise<AppendResp> => {
      await admit(context, 'append', call.metadata)
      let options: AppendReq.Options | undefined
      const events: Proposed[] = []
      for await (const request of call as AsyncIterable<AppendReq>) {
        if (request.hasOptions()) options = request.getOptions()
        if (request.hasProposedMessage()) events.push(proposedOf(request.getProposedMessage()!))
      }
      const header = options!
      const stream = nameOf(header.getStreamIdentifier())
      const expected = expectedOf(header, () => (header.hasRevision() ? header.getRevision() : undefined))
      const written = commit(context, stream, expected, events)
      const response = new streams.AppendResp()
      if (written.ok) {
        const success = new streams.AppendResp.Success()
        success.setCurrentRevision(String(written.revisions.get(stream) ?? 0))
        const position = new streams.AppendResp.Position()
        position.setCommitPosition(String(written.position))
        position.setPreparePosition(String(written.position))
        success.setPosition(position)
        response.setSuccess(success)
        return response
      }
      const [violation] = written.violations as [Violation]
      if (violation.tombstoned) throw streamDeleted(stream)
      const wrong = new streams.AppendResp.WrongExpectedVersion()
      if (violation.actual >= 0) wrong.setCurrentRevision(String(violation.actual))
      else wrong.setCurrentNoStream(new shared.Empty())
      if (typeof expected === 'number') wrong.setExpectedRevision(String(expected))
      else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty())
      else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty())
      else wrong.setExpectedAny(new shared.Empty())
      response.setWrongExpectedVersion(wrong)
      return response
    }
    work().then(
      (response) => answer(null, response),
      (thrown: unknown) => answer(failureOf(thrown)),
    )
  }

const batchFailure = (stream: string, expected: ExpectedState, violation: Violation) => {
  const error = new statuses.Status()
  if (violation.tombstoned) {
    const deleted = new shared.StreamDeleted()
    deleted.setStreamIdentifier(identifierOf(stream))
    error.setCode(codes.Code.FAILED_PRECONDITION)
    error.setDetails(packed(deleted, 'event_store.client.StreamDeleted'))
    return error
  }
  const wrong = new shared.WrongExpectedVersion()
  if (violation.actual >= 0) wrong.setCurrentStreamRevision(String(violation.actual))
  else wrong.setCurrentNoStream(new emptyMessage.Empty())
  if (typeof expected === 'number') wrong.setExpectedStreamPosition(String(expected))
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new emptyMessage.Empty())
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new emptyMessage.Empty())
  else wrong.setExpectedAny(new emptyMessage.Empty())
  error.setCode(codes.Code.FAILED_PRECONDITION)
  error.setDetails(packed(wrong, 'event_store.client.WrongExpectedVersion'))
  return error
}

const sizeFailure = (max: number) => {
  const exceeded = new shared.MaximumAppendSizeExceeded()
  exceeded.setMaxappendsize(max)
  const error = new statuses.Status()
  error.setCode(codes.Code.INVALID_ARGUMENT)
  error.setDetails(packed(exceeded, 'event_store.client.MaximumAppendSizeExceeded'))
  return error
}

interface Pending {
  readonly stream: string
  readonly expected: ExpectedState
  readonly events: Proposed[]
}

/** `Streams.BatchAppend`: appends from one long call, each in as many messages as it needs. */
export const batchAppend =
  (context: Context) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const pending = new Map<string, Pending>()
    const finish = async (id: string, { stream, expected, events }: Pending): Promise<BatchAppendResp> => {
      await admit(context, 'append', call.metadata)
      const response = new streams.BatchAppendResp()
      response.setCorrelationId(uuidOf(id))
      response.setStreamIdentifier(identifierOf(stream))
      if (events.reduce((sum, e) => sum + sizeOf(e), 0) > context.maxAppendSize) {
        response.setError(sizeFailure(context.maxAppendSize))
        return response
      }
      const written = commit(context, stream, expected, events)
      if (!written.ok) {
        response.setError(batchFailure(stream, expected, written.violations[0]!))
        return response
      }
      const position = new shared.AllStreamPosition()
      position.setCommitPosition(String(written.position))
      position.setPreparePosition(String(written.position))
      const success = new streams.BatchAppendResp.Success()
      success.setCurrentRevision(String(written.revisions.get(stream) ?? 0))
      success.setPosition(position)
      response.setSuccess(success)
      return response
    }
    call.on('data', (request: BatchAppendReq) => {
      const id = request.getCorrelationId()?.getString() ?? ''
      const options = request.getOptions()
      if (options)
        pending.set(id, {
          stream: nameOf(options.getStreamIdentifier()),
          expected: expectedOf(options, () =>
            options.hasStreamPosition() ? options.getStreamPosition() : undefined,
          ),
          events: [],
        })
      const one = pending.get(id)
      if (!one) return
      one.events.push(...request.getProposedMessagesList().map(proposedOf))
      if (!request.getIsFinal()) return
      pending.delete(id)
      finish(id, one).then(
        (response) => call.write(response),
        (thrown: unknown) => call.emit('error', failureOf(thrown)),
      )
    })
    call.on('end', () => call.end())
  }
