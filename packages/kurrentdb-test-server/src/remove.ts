import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import type {
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import { admit, type Context, failureOf } from './context.js'
import { streamDeleted, wrongExpectedVersion } from './failure.js'
import type { ExpectedState } from './record.js'
import { nameOf, streams } from './wire.js'

const remove = (
  { log }: Context,
  options: DeleteReq.Options | TombstoneReq.Options,
  forGood: boolean,
): string => {
  const stream = nameOf(options.getStreamIdentifier())
  const expected: ExpectedState = options.hasRevision()
    ? Number(options.getRevision())
    : options.hasNoStream()
      ? 'no_stream'
      : options.hasStreamExists()
        ? 'stream_exists'
        : 'any'
  const removed = log.remove(stream, expected, forGood)
  if (removed.ok) return String(removed.position)
  const [violation] = removed.violations
  if (violation!.tombstoned) throw streamDeleted(stream)
  const wire = typeof expected === 'number' ? String(expected) : expected === 'any' ? '-2' : '-1'
  throw wrongExpectedVersion(stream, wire, violation!.actual)
}

/** `Streams.Delete`: softly. */
export const deleteStream =
  (context: Context) =>
  (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>): void => {
    const work = async () => {
      await admit(context, 'delete', call.metadata)
      const position = new streams.DeleteResp.Position()
      const at = remove(context, call.request.getOptions()!, false)
      position.setCommitPosition(at)
      position.setPreparePosition(at)
      const response = new streams.DeleteResp()
      response.setPosition(position)
      return response
    }
    work().then(
      (response) => answer(null, response),
      (thrown: unknown) => answer(failureOf(thrown)),
    )
  }

/** `Streams.Tombstone`: for good. */
export const tombstone =
  (context: Context) =>
  (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>): void => {
    const work = async () => {
      await admit(context, 'delete', call.metadata)
      const position = new streams.TombstoneResp.Position()
      const at = remove(context, call.request.getOptions()!, true)
      position.setCommitPosition(at)
      position.setPreparePosition(at)
      const response = new streams.TombstoneResp()
      response.setPosition(position)
      return response
    }
    work().then(
      (response) => answer(null, response),
      (thrown: unknown) => answer(failureOf(thrown)),
    )
  }
