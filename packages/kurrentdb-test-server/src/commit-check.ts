import type { ExpectedState, Proposed } from './record.js'

/** A stream as a commit finds it. */
export interface StreamNow {
  /** -1 without events. */
  readonly last: number
  readonly tombstoned: boolean
  readonly softDeleted: boolean
  idAt(revision: number): string | undefined
  /** The revision of a recent event with this id in this stream: the server remembers only so many. */
  recent(id: string): number | undefined
}

export type Verdict =
  | { readonly kind: 'ok' }
  /** All of it was written before; `last` is the revision of the last of these events. */
  | { readonly kind: 'already'; readonly last: number }
  | { readonly kind: 'wrong'; readonly actual: number }
  | { readonly kind: 'tombstoned' }

/**
 * What the server decides about one stream of an append. A retry is known by its event ids: exactly when a
 * revision is expected, and as far as the server's memory reaches when none is.
 */
export const checkCommit = (
  stream: StreamNow,
  expected: ExpectedState,
  events: readonly Proposed[],
): Verdict => {
  const { last } = stream
  const wrong: Verdict = { kind: 'wrong', actual: stream.softDeleted ? -1 : last }
  if (stream.tombstoned) return { kind: 'tombstoned' }
  if (expected === 'stream_exists' && (last < 0 || stream.softDeleted)) return wrong
  if (expected === 'any' || expected === 'stream_exists') {
    const found = events.map((e) => stream.recent(e.id))
    if (events.length === 0 || found[0] === undefined) return { kind: 'ok' }
    return found.every((revision) => revision !== undefined)
      ? { kind: 'already', last: found.at(-1)! }
      : { kind: 'wrong', actual: last }
  }
  const at = expected === 'no_stream' ? -1 : expected
  if (at === last) return { kind: 'ok' }
  if (at > last) return wrong
  if (events.length > 0 && events.every((e, i) => stream.idAt(at + 1 + i) === e.id))
    return { kind: 'already', last: at + events.length }
  return expected === 'no_stream' && stream.softDeleted ? { kind: 'ok' } : wrong
}
