import {
  type EventStore,
  expectedAt,
  memoryStore,
  type Position,
  START,
  StoreError,
  systemClock,
} from '../../src/index.js'
import { type Mutant, versionOf } from './mutant.js'

/** A memory store behind a connection that can be broken. */
interface Remote extends EventStore {
  disturb(): Promise<void>
}

interface Faults {
  /** What a subscription does when its connection breaks. */
  readonly subscription?: 'heals' | 'ends' | 'fails' | 'skips' | 'repeats'
  /** Whether a retry of an append whose answer was lost is written twice. */
  readonly twice?: boolean
  /** Whether what was under way and not answered is told as written. */
  readonly pretends?: boolean
  /** Whether no call works after the connection broke. */
  readonly dead?: boolean
}

const remote = ({ subscription = 'heals', twice, pretends, dead }: Faults): Remote => {
  const inner = memoryStore()
  let connection = new AbortController()
  let broken = false
  const check = () => {
    if (dead && broken) throw new StoreError('unavailable', 'The connection is broken.')
  }
  return {
    ...inner,
    async disturb() {
      broken = true
      connection.abort()
      connection = new AbortController()
    },
    async append(writes, guards) {
      check()
      const before = connection.signal
      const result = await inner.append(writes, guards)
      if (twice && result._tag === 'Right' && result.right.repeated)
        for (const write of writes)
          await inner.append([{ ...write, expected: expectedAt(await versionOf(inner, write.stream)) }])
      await systemClock.sleep(2)
      if (before.aborted) {
        if (!pretends) throw new StoreError('unavailable', 'The connection broke before the answer came.')
        return { _tag: 'Left', left: { _tag: 'WrongVersion', stream: 'a-b', expected: 'any', actual: 0 } }
      }
      return result
    },
    async *readAll(options) {
      check()
      yield* inner.readAll(options)
    },
    async *subscribe({ after, ...filter }, signal) {
      let position: Position = after
      let last: Position = after
      while (!signal.aborted) {
        const connected = connection.signal
        for await (const page of inner.subscribe(
          { after: position, ...filter },
          AbortSignal.any([signal, connected]),
        )) {
          last = position
          position = page.position
          yield page
        }
        if (signal.aborted || subscription === 'ends') return
        // A store that is closed has ended its subscriptions; only a broken connection is to be healed.
        if (!connected.aborted) return
        await systemClock.sleep(5, signal)
        if (subscription === 'fails') throw new StoreError('unavailable', 'The connection broke.')
        if (subscription === 'skips') position = await inner.head()
        if (subscription === 'repeats') position = last === START ? START : last
      }
    },
  }
}

const mutant = (name: string, caughtBy: readonly string[], faults: Faults): Mutant => ({
  name,
  caughtBy,
  open: () => remote(faults),
  disturb: (last) => (last as Remote).disturb(),
})

const SURVIVES = 'a subscription survives lost connections, without a skip and without a repetition'
const ONCE = 'an append whose answer was lost, given again, is written once'

export const unbroken = mutant('heals', [], {})

export const ofDisturbances: readonly Mutant[] = [
  mutant('ends a subscription when its connection breaks', [SURVIVES], { subscription: 'ends' }),
  mutant('fails a subscription when its connection breaks', [SURVIVES], { subscription: 'fails' }),
  mutant('takes up a broken subscription at the end of the log', [SURVIVES], { subscription: 'skips' }),
  mutant('takes up a broken subscription before its last page', [SURVIVES], { subscription: 'repeats' }),
  mutant('writes an append twice whose answer was lost', [ONCE], { twice: true }),
  mutant('answers with a conflict what it wrote when the connection broke', [ONCE], { pretends: true }),
  mutant('does not connect again', ['after a lost connection every call works again'], { dead: true }),
]
