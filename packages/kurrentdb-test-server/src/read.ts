import type { ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import { admit, type Context, failureOf } from './context.js'
import { streamDeleted } from './failure.js'
import { filterOf } from './filter.js'
import { outletOf, type ReadCall } from './outlet.js'
import type { LogRecord } from './record.js'
import { subscribe } from './subscribe.js'
import { eventOf, nameOf, notFoundOf, streams } from './wire.js'

const streamSlice = (
  all: readonly LogRecord[],
  options: ReadReq.Options.StreamOptions,
  backwards: boolean,
): readonly LogRecord[] => {
  const last = all.at(-1)?.revision ?? -1
  const from = options.hasRevision()
    ? Number(options.getRevision())
    : options.hasEnd()
      ? backwards
        ? last
        : last + 1
      : 0
  return backwards ? all.filter((r) => r.revision <= from).reverse() : all.filter((r) => r.revision >= from)
}

/** The place of the first record at or after a position. */
const indexAt = (records: readonly LogRecord[], position: number): number => {
  let [low, high] = [0, records.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (records[middle]!.position < position) low = middle + 1
    else high = middle
  }
  return low
}

/** Forwards from a position includes it, backwards does not: so the real server does it. */
function* logSlice(
  { log: { records }, quirks }: Context,
  options: ReadReq.Options.AllOptions,
  backwards: boolean,
): Generator<LogRecord> {
  const at = Number(options.getPosition()?.getCommitPosition() ?? 0)
  const edge = options.hasPosition() ? indexAt(records, at) : options.hasEnd() ? records.length : 0
  const end = records.length
  if (!backwards) for (let i = edge; i < end; i++) yield records[i]!
  else {
    const first =
      quirks.has('reads-backwards-inclusively') && records[edge]?.position === at ? edge : edge - 1
    for (let i = first; i >= 0; i--) yield records[i]!
  }
}

const readOnce = async (context: Context, call: ReadCall, options: ReadReq.Options): Promise<void> => {
  await admit(context, 'read', call.metadata)
  const outlet = outletOf(call)
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS
  const count = Number(options.getCount())
  const filter = filterOf(options.getFilter())
  const ofStream = options.getStream()
  let found: Iterable<LogRecord>
  if (ofStream) {
    const stream = nameOf(ofStream.getStreamIdentifier())
    const readable = context.log.readable(stream)
    if (readable === 'tombstoned') throw streamDeleted(stream)
    if (readable === 'not-found') {
      await outlet.send(notFoundOf(stream))
      return
    }
    found = streamSlice(readable, ofStream, backwards)
  } else {
    found = logSlice(context, options.getAll()!, backwards)
  }
  let sent = 0
  for (const record of found) {
    if (sent >= count || outlet.closed()) return
    if (filter && !filter.wants(record)) continue
    await outlet.send(eventOf(record))
    sent += 1
  }
}

/** `Streams.Read`: reads of a stream and of the log, and subscriptions to them. */
export const read =
  (context: Context) =>
  (call: ReadCall): void => {
    const options = call.request.getOptions()!
    const work = options.hasSubscription()
      ? subscribe(context, call, options)
      : readOnce(context, call, options)
    work.then(
      () => call.end(),
      (thrown: unknown) => call.emit('error', failureOf(thrown)),
    )
  }
