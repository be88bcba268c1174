import * as E from 'fp-ts/lib/Either.js'
import {
  type Appended,
  type EventStore,
  type Expected,
  meets,
  systemClock,
  type Write,
} from '../../src/index.js'
import { type Append, appending, type Mutant, versionOf } from './mutant.js'

const withExpected = (writes: readonly Write[], change: (expected: Expected, write: Write) => Expected) =>
  writes.map((write) => ({ ...write, expected: change(write.expected, write) }))

/** Asks first and writes later, as a `select` followed by an `insert` does. */
const checkedFirst =
  (inner: EventStore, ofWrites: boolean): Append =>
  async (writes, guards = []) => {
    const asked = ofWrites ? writes : guards
    for (const { stream, expected } of asked) {
      const actual = await versionOf(inner, stream)
      if (!meets(expected, actual))
        return E.left({ _tag: 'WrongVersion', stream, expected, actual: actual < 0 ? 'none' : actual })
    }
    await systemClock.sleep(1)
    return ofWrites
      ? inner.append(
          withExpected(writes, () => 'any'),
          guards,
        )
      : inner.append(writes)
  }

export const ofAppends: readonly Mutant[] = [
  appending(
    'takes a version ahead of the stream',
    'expected at: a version ahead of the stream is refused',
    (inner, append) => async (writes, guards) => {
      const fitting: Write[] = []
      for (const write of writes) {
        const actual = await versionOf(inner, write.stream)
        const ahead = typeof write.expected === 'object' && write.expected.at > actual
        fitting.push(ahead ? { ...write, expected: 'any' } : write)
      }
      return append(fitting, guards)
    },
  ),
  appending(
    'takes a version behind the stream',
    [
      'expected at: only a stream whose last event is that one',
      'a conflict changes nothing, and the next correct append works',
    ],
    (_, append) => (writes, guards) =>
      append(
        withExpected(writes, (e) => (typeof e === 'object' && e.at < 2 ? 'any' : e)),
        guards,
      ),
  ),
  appending(
    'takes empty for any',
    [
      'expected empty: only a stream without events',
      'many streams, all or nothing: one that is not as expected stops all',
    ],
    (_, append) => (writes, guards) =>
      append(
        withExpected(writes, (e) => (e === 'empty' ? 'any' : e)),
        guards,
      ),
  ),
  appending(
    'takes exists for any',
    [
      'expected exists: only a stream with events',
      'an empty append writes nothing, and still checks what is expected',
      'a retry of what was refused is no repetition',
    ],
    (_, append) => (writes, guards) =>
      append(
        withExpected(writes, (e) => (e === 'exists' ? 'any' : e)),
        guards,
      ),
  ),
  appending(
    'takes any for exists',
    'expected any: every stream',
    (_, append) => (writes, guards) =>
      append(
        withExpected(writes, (e) => (e === 'any' ? 'exists' : e)),
        guards,
      ),
  ),
  appending(
    'checks the version before it writes, not while it writes',
    [
      'sixteen racers on one stream, and exactly one winner',
      'sixteen racers to create a stream, and exactly one winner',
      'two concurrent creates, of one event and of two: one of them stands, whole',
      'crossed writes to two streams: one wins, and nobody waits for ever',
      'sixteen racers over two handles, and exactly one winner',
      'two writers and a subscriber, in any order: nothing lost, nothing twice, nothing out of order',
    ],
    (inner) => checkedFirst(inner, true),
  ),
  appending(
    'checks guards before it writes, not while it writes',
    'guards hold against a concurrent write: of two that would break each other one wins',
    (inner) => checkedFirst(inner, false),
  ),
  appending(
    'ignores guards',
    ['a guard that does not hold stops the append', 'guards alone are checked too'],
    (_, append) => (writes) => append(writes),
  ),
  appending(
    'locks each guarded stream by writing to it',
    'a guard that holds lets the append pass and writes nothing itself',
    (_, append) =>
      async (writes, guards = []) => {
        const result = await append(writes, guards)
        const mark = writes[0]?.events[0]
        if (E.isRight(result) && mark)
          for (const { stream } of guards)
            await append([
              { stream, expected: 'any', events: [{ ...mark, meta: { ...mark.meta, id: stream } }] },
            ])
        return result
      },
  ),
  appending(
    'writes many streams one after the other',
    [
      'many streams, all or nothing: one that is not as expected stops all',
      'an id that may be only once stops an append over many streams',
      'any sequence of calls gives what the memory store gives',
    ],
    (_, append) => async (writes, guards) => {
      let last = await append([], guards)
      const versions = new Map()
      for (const write of writes) {
        last = await append([write])
        if (E.isLeft(last)) return last
        for (const [stream, version] of last.right.versions) versions.set(stream, version)
      }
      return E.map((appended: Appended) => ({ ...appended, versions }))(last)
    },
  ),
  appending(
    'keeps the streams that were as expected when another was not',
    'many streams, all or nothing: one that is not as expected stops all',
    (_, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      if (E.isLeft(result)) for (const write of writes) await append([write])
      return result
    },
  ),
  appending(
    'keeps the first event of what it refuses',
    [
      'a conflict changes nothing, and the next correct append works',
      'expected empty: only a stream without events',
    ],
    (_, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      const first = writes[0]
      if (E.isLeft(result) && first)
        await append([{ ...first, expected: 'any', events: first.events.slice(0, 1) }])
      return result
    },
  ),
  appending(
    'keeps only the first half of a large batch',
    [
      'an append of a thousand events keeps their order',
      'a subscription never skips, never reorders and never repeats while eight write',
    ],
    (_, append) => async (writes, guards) => {
      const halves = writes.map((w) => ({
        ...w,
        events: w.events.length < 10 ? w.events : w.events.slice(0, w.events.length / 2),
      }))
      return append(halves, guards)
    },
  ),
  appending(
    'writes the events of a batch in another order',
    [
      'versions count from 0 without gaps, and each event keeps its place',
      'an append of a thousand events keeps their order',
    ],
    (_, append) => (writes, guards) =>
      append(
        writes.map((w) => ({ ...w, events: [...w.events].reverse() })),
        guards,
      ),
  ),
]
