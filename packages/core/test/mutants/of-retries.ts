import * as E from 'fp-ts/lib/Either.js'
import {
  type Appended,
  type Conflict,
  type EventStore,
  type Expected,
  expectedAt,
  freshId,
  type NewEvent,
  systemClock,
  type Write,
} from '../../src/index.js'
import { type Append, appending, type Mutant, versionOf } from './mutant.js'

/** Writes again what it has, for the expectations for which it does not look. */
const twice =
  (blind: (expected: Expected) => boolean) =>
  (inner: EventStore, append: Append): Append =>
  async (writes, guards) => {
    const result = await append(writes, guards)
    if (E.isLeft(result) || !result.right.repeated || !writes.every((w) => blind(w.expected))) return result
    const again: Write[] = []
    for (const write of writes)
      again.push({
        ...write,
        expected: expectedAt(await versionOf(inner, write.stream)),
        events: unmarked(write),
      })
    return append(again)
  }

const unmarked = (write: Write): NewEvent[] =>
  write.events.map(({ type, data, meta }) => ({ type, data, meta }))

const withoutOnce = (writes: readonly Write[]): Write[] =>
  writes.map((write) => ({ ...write, events: unmarked(write) }))

const marked = (writes: readonly Write[]): boolean => writes.some((w) => w.events.some((e) => e.once))

export const ofRetries: readonly Mutant[] = [
  appending(
    'writes a retry twice when it expects any',
    [
      'a retry with the same ids, expected any: a success that says repeated',
      'the same append many times at once is written once',
      'any sequence of calls gives what the memory store gives',
    ],
    twice((expected) => expected === 'any'),
  ),
  appending(
    'writes a retry twice when it expects exists',
    'a retry with the same ids, expected exists: a success that says repeated',
    twice((expected) => expected === 'exists'),
  ),
  appending(
    'writes a retry twice when it names a version',
    'a retry with the same ids, expected at: a success that says repeated',
    twice((expected) => typeof expected === 'object'),
  ),
  appending(
    'writes a retry twice when it expects empty',
    'a retry with the same ids, expected empty: a success that says repeated',
    twice((expected) => expected === 'empty'),
  ),
  appending(
    'refuses a retry',
    [
      'a retry with the same ids, expected at: a success that says repeated',
      'a retry with the same ids, expected empty: a success that says repeated',
      'a retry over many streams, with guards that no longer hold',
      'an id that may be only once can be retried in its place, and not elsewhere in its stream',
    ],
    (inner, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      if (E.isLeft(result) || !result.right.repeated) return result
      const { stream, expected } = writes[0]!
      return E.left({ _tag: 'WrongVersion', stream, expected, actual: await versionOf(inner, stream) })
    },
  ),
  appending(
    'knows a retry only while the stream has not grown since',
    'a retry with the same ids, expected at: a success that says repeated',
    (inner, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      if (E.isLeft(result) || !result.right.repeated) return result
      for (const { stream, expected } of writes) {
        const actual = await versionOf(inner, stream)
        if (actual !== result.right.versions.get(stream))
          return E.left({ _tag: 'WrongVersion', stream, expected, actual })
      }
      return result
    },
  ),
  appending(
    'does not say that a retry was one',
    ['a retry with the same ids, expected any: a success that says repeated'],
    (_, append) => async (writes, guards) =>
      E.map((appended: Appended) => ({ ...appended, repeated: false }))(await append(writes, guards)),
  ),
  appending(
    'says of a refused append, given again, that it was a retry',
    'a retry of what was refused is no repetition',
    (_, append) => {
      const seen = new Set<string>()
      return async (writes, guards) => {
        const ids = writes.flatMap((w) => w.events.map((e) => `${w.stream} ${e.meta.id}`))
        const known = ids.length > 0 && ids.every((id) => seen.has(id))
        for (const id of ids) seen.add(id)
        const result = await append(writes, guards)
        return E.map((appended: Appended) => ({ ...appended, repeated: known }))(result)
      }
    },
  ),
  appending(
    'answers a retry with the end of the log',
    [
      'a retry with the same ids, expected empty: a success that says repeated',
      'a retry over many streams, with guards that no longer hold',
    ],
    (inner, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      if (E.isLeft(result) || !result.right.repeated) return result
      return E.right({ ...result.right, position: await inner.head() })
    },
  ),
  appending(
    'checks the guards of a retry',
    'a retry over many streams, with guards that no longer hold',
    (_, append) =>
      async (writes, guards = []) => {
        const held = await append([], guards)
        return E.isLeft(held) ? held : append(writes, guards)
      },
  ),
  appending(
    'takes an append for a retry when its first event is known',
    [
      'an append that repeats another only in part is refused, and writes nothing',
      'any sequence of calls gives what the memory store gives',
    ],
    (_, append) => async (writes, guards) => {
      const firsts = writes.map((w) => ({ ...w, events: w.events.slice(0, 1) }))
      const result = await append(writes, guards)
      if (E.isRight(result) || result.left._tag !== 'Duplicate') return result
      return append(firsts, guards)
    },
  ),
  appending(
    'writes what is new of an append that is known in part',
    [
      'an append that repeats another only in part is refused, and writes nothing',
      'any sequence of calls gives what the memory store gives',
    ],
    (_, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      if (E.isRight(result) || result.left._tag !== 'Duplicate' || marked(writes)) return result
      const { id } = result.left
      const rest = writes.map((w) => ({ ...w, events: w.events.filter((e) => e.meta.id !== id) }))
      return append(rest, guards)
    },
  ),
  appending(
    'looks for a retry before it writes, not while it writes',
    'the same append many times at once is written once',
    (_, append) => {
      const seen = new Set<string>()
      return async (writes, guards) => {
        const key = writes.flatMap((w) => w.events.map((e) => e.meta.id)).join()
        if (seen.has(key)) return append(writes, guards)
        await systemClock.sleep(1)
        seen.add(key)
        const blind = writes.map((w) => ({
          ...w,
          expected: 'any' as const,
          events: unmarked(w).map((e) => ({ ...e, meta: { ...e.meta, id: freshId() } })),
        }))
        return append(blind, guards)
      }
    },
  ),
  appending(
    'takes every id as one that may be only once in the log',
    'without once, an id names an event only within its stream',
    (_, append) => (writes, guards) =>
      append(
        writes.map((w) => ({ ...w, events: w.events.map((e) => ({ ...e, once: true as const })) })),
        guards,
      ),
  ),
  appending(
    'ignores that an id may be only once in the log',
    [
      'an id that may be only once is refused in every other stream',
      'an id that may be only once stops an append over many streams',
      'an id that may be only once, in eight streams at once: one wins',
      'any sequence of calls gives what the memory store gives',
    ],
    (_, append) => (writes, guards) => append(withoutOnce(writes), guards),
  ),
  appending(
    'looks for ids that may be only once before it writes, not while it writes',
    'an id that may be only once, in eight streams at once: one wins',
    (_, append) => {
      const seen = new Map<string, string>()
      return async (writes, guards) => {
        if (!marked(writes)) return append(writes, guards)
        const ids = writes.flatMap((w) => w.events.map((e) => e.meta.id))
        if (ids.some((id) => seen.has(id))) return append(writes, guards)
        await systemClock.sleep(1)
        for (const id of ids) seen.set(id, id)
        return append(withoutOnce(writes), guards)
      }
    },
  ),
  appending(
    'answers a duplicate with a wrong id',
    'an id that may be only once is refused in every other stream',
    (_, append) => async (writes, guards) =>
      E.mapLeft((c: Conflict) => (c._tag === 'Duplicate' ? { ...c, id: 'another' } : c))(
        await append(writes, guards),
      ),
  ),
]
