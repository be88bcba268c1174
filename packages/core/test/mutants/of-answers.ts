import * as E from 'fp-ts/lib/Either.js'
import { type Appended, type Conflict, StoreError, systemClock, type Write } from '../../src/index.js'
import { type Append, appending, broken, type Mutant } from './mutant.js'

const mapAppended =
  (append: Append, change: (appended: Appended, writes: readonly Write[]) => Appended): Append =>
  async (writes, guards) =>
    E.map((appended: Appended) => change(appended, writes))(await append(writes, guards))

const mapConflict =
  (append: Append, change: (conflict: Conflict) => Conflict): Append =>
  async (writes, guards) =>
    E.mapLeft(change)(await append(writes, guards))

/** Every so many-th call goes another way. */
const sometimes = (every: number, usual: Append, other: Append): Append => {
  let calls = 0
  return (writes, guards) => (++calls % every === 0 ? other(writes, guards) : usual(writes, guards))
}

export const ofAnswers: readonly Mutant[] = [
  appending(
    'acknowledges what it did not write',
    [
      'what an append wrote can be read as soon as it resolves',
      'two writers and a subscriber, in any order: nothing lost, nothing twice, nothing out of order',
    ],
    (inner, append) =>
      sometimes(6, append, async (writes) =>
        E.right({
          position: await inner.head(),
          versions: new Map(writes.map((w) => [w.stream, w.events.length - 1])),
          repeated: false,
        }),
      ),
  ),
  appending(
    'loses the acknowledgement: what it wrote it answers with a conflict',
    [
      'two writers and a subscriber, in any order: nothing lost, nothing twice, nothing out of order',
      'any sequence of calls gives what the memory store gives',
    ],
    (_, append) =>
      sometimes(5, append, async (writes, guards) => {
        const result = await append(writes, guards)
        const first = writes[0]
        if (E.isLeft(result) || !first) return result
        const actual = result.right.versions.get(first.stream) ?? 'none'
        return E.left({ _tag: 'WrongVersion', stream: first.stream, expected: first.expected, actual })
      }),
  ),
  appending(
    'loses the acknowledgement: what it wrote it answers with an error',
    'versions count from 0 without gaps, and each event keeps its place',
    (_, append) =>
      sometimes(5, append, async (writes, guards) => {
        await append(writes, guards)
        throw new StoreError('unavailable', 'The connection broke before the answer came.')
      }),
  ),
  appending(
    'rejects with a conflict',
    'expected empty: only a stream without events',
    (_, append) => async (writes, guards) => {
      const result = await append(writes, guards)
      if (E.isLeft(result)) throw new Error(result.left._tag)
      return result
    },
  ),
  appending(
    'answers with a wrong version',
    [
      'an append answers with its position and the version of each stream',
      'expected exists: only a stream with events',
      'sixteen racers that expect nothing all win, without gaps',
    ],
    (_, append) =>
      mapAppended(append, (appended) => ({
        ...appended,
        // What the official client of one server does without `throwOnAppendFailure`.
        versions: new Map([...appended.versions.keys()].map((stream) => [stream, 1])),
      })),
  ),
  appending(
    'answers with the position before its events',
    [
      'an append answers with its position and the version of each stream',
      'an event comes back as it was written',
    ],
    (inner, append) => async (writes, guards) => {
      const position = await inner.head()
      return E.map((appended: Appended) => ({ ...appended, position }))(await append(writes, guards))
    },
  ),
  appending(
    'names a wrong actual version in its conflicts',
    ['expected empty: only a stream without events', 'sixteen racers on one stream, and exactly one winner'],
    (_, append) =>
      mapConflict(append, (c) =>
        c._tag === 'WrongVersion' && c.actual !== 'none' ? { ...c, actual: c.actual + 1 } : c,
      ),
  ),
  appending(
    'refuses an append without events',
    'an empty append writes nothing, and still checks what is expected',
    (_, append) => async (writes, guards) => {
      if (writes.every((w) => w.events.length === 0))
        throw new StoreError('invalid', 'There is nothing to append.')
      return append(writes, guards)
    },
  ),
  appending(
    'takes an append without events as done, unchecked',
    ['an empty append writes nothing, and still checks what is expected', 'guards alone are checked too'],
    (inner, append) => async (writes, guards) =>
      writes.every((w) => w.events.length === 0)
        ? E.right({ position: await inner.head(), versions: new Map(), repeated: false })
        : append(writes, guards),
  ),
  {
    ...broken(
      'lets two that cross each other wait for ever',
      'crossed writes to two streams: one wins, and nobody waits for ever',
      (inner) => {
        const held = new Set<string>()
        let closed = false
        return {
          async append(writes, guards) {
            for (const { stream } of writes) {
              while (held.has(stream) && !closed) await systemClock.sleep(5)
              held.add(stream)
              await systemClock.sleep(1)
            }
            const result = await inner.append(writes, guards)
            for (const { stream } of writes) held.delete(stream)
            return result
          },
          async close() {
            closed = true
          },
        }
      },
    ),
    hangs: true,
  },
]
