import { randomUUID } from 'node:crypto'
import { checkCommit, type StreamNow, type Verdict } from './commit-check.js'
import { type Journal, memoryJournal } from './journal.js'
import type { Quirk } from './quirk.js'
import { type ExpectedState, type LogRecord, type Proposed, sizeOf } from './record.js'
import {
  DELETED,
  isMetastream,
  metastreamOf,
  parseStreamMetadata,
  type StreamMetadata,
  streamOfMetastream,
} from './stream-metadata.js'

/** What an append asks of one stream. Without events it is a check. */
export interface StreamAppend {
  readonly stream: string
  readonly expected: ExpectedState
}

/** A record for one of the streams of an append. */
export interface Placed {
  readonly stream: string
  readonly event: Proposed
}

export interface Violation {
  readonly stream: string
  readonly expected: ExpectedState
  /** -1: no stream. */
  readonly actual: number
  readonly tombstoned: boolean
}

export type Written =
  | { readonly ok: true; readonly position: number; readonly revisions: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly violations: readonly Violation[] }

/** What can be read of a stream. */
export type Readable = readonly LogRecord[] | 'not-found' | 'tombstoned'

interface Stream {
  readonly records: LogRecord[]
  metadata: StreamMetadata
  tombstoned: boolean
}

export interface LogOptions {
  readonly journal?: Journal
  readonly quirks?: ReadonlySet<Quirk>
  /** Of how many events the ids are remembered, for appends that expect no revision. Default 1,000. */
  readonly remembered?: number
}

export interface Log {
  readonly records: readonly LogRecord[]
  /** All or nothing. `placed` in the order of the log; every stream of it stands in `streams`. */
  append(streams: readonly StreamAppend[], placed: readonly Placed[]): Written
  /** Softly: can be written again, and then begins after what was deleted. For good: never again. */
  remove(stream: string, expected: ExpectedState, forGood: boolean): Written
  readable(stream: string): Readable
  /** Calls back whenever the log has grown. Returns what ends that. */
  onGrowth(listener: () => void): () => void
  close(): void
}

const FIRST_POSITION = 128

/** The log of the test server: what KurrentDB promises about streams, in one process and one thread. */
export const openLog = (options: LogOptions = {}): Log => {
  const { journal = memoryJournal(), quirks = new Set<Quirk>(), remembered = 1_000 } = options
  const records: LogRecord[] = []
  const streams = new Map<string, Stream>()
  const recent = new Map<string, LogRecord>()
  const listeners = new Set<() => void>()
  let end = FIRST_POSITION

  const streamOf = (name: string): Stream => {
    const found = streams.get(name)
    if (found) return found
    const made: Stream = { records: [], metadata: {}, tombstoned: false }
    streams.set(name, made)
    return made
  }
  const lastOf = (name: string): number => (streams.get(name)?.records.length ?? 0) - 1
  const isSoftDeleted = (name: string): boolean => streams.get(name)?.metadata.truncateBefore === DELETED

  const apply = (record: LogRecord): void => {
    records.push(record)
    streamOf(record.stream).records.push(record)
    end = record.position + 64 + record.stream.length + sizeOf(record)
    if (isMetastream(record.stream))
      streamOf(streamOfMetastream(record.stream)).metadata = parseStreamMetadata(record.data)
  }

  const remember = (record: LogRecord): void => {
    if (quirks.has('writes-retries-twice')) return
    recent.set(record.id, record)
    if (recent.size > remembered) recent.delete(recent.keys().next().value!)
  }

  for (const { records: loaded, tombstones } of journal.load()) {
    for (const record of loaded) apply(record)
    for (const name of tombstones) streamOf(name).tombstoned = true
  }

  const now = (name: string): StreamNow => ({
    last: lastOf(name),
    tombstoned: streams.get(name)?.tombstoned ?? false,
    softDeleted: isSoftDeleted(name),
    idAt: (revision) =>
      quirks.has('writes-retries-twice') ? undefined : streams.get(name)?.records[revision]?.id,
    recent: (id) => {
      const record = recent.get(id)
      return record?.stream === name ? record.revision : undefined
    },
  })

  const verdictOn = ({ stream, expected }: StreamAppend, events: readonly Proposed[]): Verdict => {
    if (events.length === 0 && quirks.has('ignores-checks')) return { kind: 'ok' }
    const verdict = checkCommit(now(stream), expected, events)
    const ahead = typeof expected === 'number' && expected > lastOf(stream)
    return verdict.kind === 'wrong' && ahead && quirks.has('accepts-versions-ahead')
      ? { kind: 'ok' }
      : verdict
  }

  const write = (placed: readonly Placed[]): number => {
    const created = Date.now()
    const batch: LogRecord[] = []
    const added = new Map<string, number>()
    let position = end
    const place = (stream: string, event: Proposed): void => {
      const revision = lastOf(stream) + 1 + (added.get(stream) ?? 0)
      added.set(stream, (added.get(stream) ?? 0) + 1)
      batch.push({ ...event, stream, revision, created, position })
      position += 64 + stream.length + sizeOf(event)
    }
    for (const { stream, event } of placed) place(stream, event)
    for (const stream of new Set(placed.map((p) => p.stream)))
      if (isSoftDeleted(stream) && !quirks.has('does-not-revive-deleted-streams'))
        place(metastreamOf(stream), metadataEvent({ $tb: lastOf(stream) + 1 }))
    journal.append({ records: batch, tombstones: [] })
    for (const record of batch) {
      apply(record)
      remember(record)
    }
    return batch[placed.length - 1]!.position
  }

  const grown = (): void => {
    for (const listener of [...listeners]) listener()
  }

  return {
    records,

    append(asked, placed) {
      const eventsOf = (stream: string) => placed.filter((p) => p.stream === stream).map((p) => p.event)
      const verdicts = asked.map((a) => ({ ...a, events: eventsOf(a.stream) }))
      const judged = verdicts.map((a) => ({ ...a, verdict: verdictOn(a, a.events) }))
      const torn = quirks.has('tears-multi-stream-appends')
      const fine = judged.filter((j) => j.verdict.kind === 'ok' && j.events.length > 0)
      const repeated = judged.filter((j) => j.verdict.kind === 'already')
      const writes = judged.filter((j) => j.events.length > 0)
      const violations = judged.flatMap(({ stream, expected, verdict }): Violation[] =>
        verdict.kind === 'wrong' || verdict.kind === 'tombstoned'
          ? [
              {
                stream,
                expected,
                actual: verdict.kind === 'wrong' ? verdict.actual : -1,
                tombstoned: verdict.kind === 'tombstoned',
              },
            ]
          : // Partly there already is as wrong as not there.
            verdict.kind === 'already' && repeated.length < writes.length
            ? [{ stream, expected, actual: lastOf(stream), tombstoned: false }]
            : [],
      )
      if (violations.length > 0) {
        if (torn && fine.length > 0) {
          write(placed.filter((p) => fine.some((f) => f.stream === p.stream)))
          grown()
        }
        return { ok: false, violations }
      }
      const revisions = new Map<string, number>()
      let position = records.at(-1)?.position ?? FIRST_POSITION
      if (repeated.length > 0) {
        for (const { stream, verdict } of repeated)
          if (verdict.kind === 'already') revisions.set(stream, verdict.last)
        position = Math.max(...[...revisions].map(([s, r]) => streams.get(s)!.records[r]!.position))
      } else if (placed.length > 0) {
        position = write(placed)
        for (const { stream } of writes) revisions.set(stream, lastOf(stream))
        grown()
      }
      if (quirks.has('answers-wrong-revision'))
        for (const [stream, revision] of revisions) revisions.set(stream, revision + 1)
      return { ok: true, position, revisions }
    },

    remove(stream, expected, forGood) {
      const verdict = verdictOn({ stream, expected }, [metadataEvent({})])
      const absent = lastOf(stream) < 0 || isSoftDeleted(stream)
      if (verdict.kind !== 'ok' || (absent && !forGood)) {
        const tombstoned = verdict.kind === 'tombstoned'
        return { ok: false, violations: [{ stream, expected, actual: lastOf(stream), tombstoned }] }
      }
      if (!forGood) {
        const position = write([{ stream: metastreamOf(stream), event: metadataEvent({ $tb: DELETED }) }])
        grown()
        return { ok: true, position, revisions: new Map() }
      }
      journal.append({ records: [], tombstones: [stream] })
      streamOf(stream).tombstoned = true
      return { ok: true, position: records.at(-1)?.position ?? FIRST_POSITION, revisions: new Map() }
    },

    readable(name) {
      const stream = streams.get(name)
      if (stream?.tombstoned) return 'tombstoned'
      if (!stream || stream.records.length === 0) return 'not-found'
      const { maxCount, truncateBefore = 0 } = stream.metadata
      if (truncateBefore === DELETED)
        return quirks.has('reads-deleted-streams') ? stream.records : 'not-found'
      const byCount = quirks.has('ignores-max-count') ? 0 : stream.records.length - (maxCount ?? DELETED)
      const byRevision = quirks.has('ignores-truncate-before') ? 0 : truncateBefore
      return stream.records.slice(Math.max(0, byCount, byRevision))
    },

    onGrowth(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    close: () => journal.close(),
  }
}

const metadataEvent = (metadata: object): Proposed => ({
  id: randomUUID(),
  type: '$metadata',
  json: true,
  data: Buffer.from(JSON.stringify(metadata)),
  metadata: new Uint8Array(),
})
