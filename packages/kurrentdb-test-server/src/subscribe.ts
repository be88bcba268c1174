import { randomUUID } from 'node:crypto'
import type { ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import { admit, type Context } from './context.js'
import { type Failure, streamDeleted } from './failure.js'
import { filterOf } from './filter.js'
import { outletOf, type ReadCall } from './outlet.js'
import type { LogRecord } from './record.js'
import { caughtUpOf, checkpointOf, confirmationOf, eventOf, fellBehindOf, nameOf } from './wire.js'

/** What a subscription is about, and where it begins. */
interface Subject {
  readonly toAll: boolean
  wants(record: LogRecord): boolean
  /** Whether the subscriber had this record before it came. */
  seen(record: LogRecord): boolean
}

const subjectOf = ({ log, quirks }: Context, options: ReadReq.Options): Subject => {
  const inclusive = quirks.has('subscribes-inclusively') ? 1 : 0
  const filter = filterOf(options.getFilter())
  const ofStream = options.getStream()
  if (ofStream) {
    const stream = nameOf(ofStream.getStreamIdentifier())
    const readable = log.readable(stream)
    if (readable === 'tombstoned') throw streamDeleted(stream)
    const last = readable === 'not-found' ? -1 : (readable.at(-1)?.revision ?? -1)
    const from = ofStream.hasRevision() ? Number(ofStream.getRevision()) : ofStream.hasEnd() ? last : -1
    const first = readable === 'not-found' ? 0 : (readable[0]?.revision ?? 0)
    return {
      toAll: false,
      wants: (r) => r.stream === stream && r.revision >= first,
      seen: (r) => r.revision <= from - inclusive,
    }
  }
  const all = options.getAll()!
  const end = log.records.at(-1)?.position ?? -1
  const from = all.hasPosition() ? Number(all.getPosition()!.getCommitPosition()) : all.hasEnd() ? end : -1
  return {
    toAll: true,
    wants: (r) => filter?.wants(r) ?? true,
    seen: (r) => r.position <= from - inclusive,
  }
}

/** Sends what is there, says when it has caught up, and goes on with what comes. */
export const subscribe = async (
  context: Context,
  call: ReadCall,
  options: ReadReq.Options,
): Promise<void> => {
  const { log, quirks, faults, liveBuffer } = context
  await admit(context, 'subscribe', call.metadata)
  const outlet = outletOf(call)
  const subject = subjectOf(context, options)
  const interval = filterOf(options.getFilter())?.checkpointInterval
  let fail: (failure: Failure) => void = () => {}
  const dropped = new Promise<never>((_, reject) => {
    fail = reject
  })
  dropped.catch(() => {})
  const attendance = faults.attend(fail)
  const or = (work: Promise<unknown>): Promise<unknown> => Promise.race([work, outlet.gone, dropped])
  const position = () => (subject.toAll && index > 0 ? log.records[index - 1]!.position : undefined)
  const checkpoint = async () => {
    if (interval === undefined || index === 0 || quirks.has('sends-no-checkpoints')) return
    await or(outlet.send(checkpointOf(log.records[index - 1]!.position)))
  }
  let index = 0
  let live = false
  let considered = 0
  try {
    await or(outlet.send(confirmationOf(randomUUID())))
    while (!outlet.closed()) {
      if (attendance.muted()) {
        await or(new Promise((resolve) => setTimeout(resolve, 10)))
        continue
      }
      if (index >= log.records.length) {
        if (!live) {
          await checkpoint()
          if (!quirks.has('sends-no-caught-up')) await or(outlet.send(caughtUpOf(position())))
          live = true
        }
        if (index >= log.records.length) await or(growth(context))
        continue
      }
      if (live && log.records.length - index > liveBuffer) {
        await or(outlet.send(fellBehindOf(position())))
        live = false
      }
      const record = log.records[index]!
      index += 1
      if (subject.seen(record)) continue
      if (subject.wants(record)) {
        attendance.beforeEvent()
        await or(outlet.send(eventOf(record)))
      }
      considered += 1
      if (interval !== undefined && considered % interval === 0) await checkpoint()
    }
  } finally {
    attendance.leave()
  }
}

const growth = ({ log }: Context): Promise<void> =>
  new Promise((resolve) => {
    const leave = log.onGrowth(() => {
      leave()
      resolve()
    })
  })
