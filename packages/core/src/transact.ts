import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from './clock.js'
import type { EventFamily, InvalidEvent } from './codec.js'
import { type Decider, evolveAll } from './decider.js'
import { StoreError } from './errors.js'
import type { Event, EventId, Fact, Instant, Metadata, NewEvent } from './event.js'
import { uuidOf } from './id.js'
import { begin, type Folding, factsOf, type Loaded, loadOn } from './load.js'
import type { Position } from './position.js'
import type { Random } from './random.js'
import { keep, type SnapshotUse } from './snapshot.js'
import type { EventStore, Expected } from './store.js'
import type { StreamName } from './stream-name.js'

/** Who commands, and when. The same `commandId` again does nothing twice. */
export interface CommandContext {
  readonly commandId: string
  readonly at: Instant
  readonly tenant: string
  readonly actor?: string
  readonly correlationId?: string
  readonly traceparent?: string
  /**
   * A key from outside, such as a provider's message id: of all commands with it, in whatever stream, at most
   * one is carried out. The first event of the command carries it as its id.
   */
  readonly once?: string
}

/** Others kept writing to the stream. Nothing was written; the command can be given again. */
export interface Exhausted {
  readonly _tag: 'Exhausted'
  readonly stream: StreamName
  readonly attempts: number
}

export interface Transacted<S, Ev extends Event> extends Loaded<S> {
  /** What the command led to; none when it was already so. */
  readonly events: readonly Fact<Ev>[]
  /**
   * The command had been carried out before; `events` are those of that time. Or another command has claimed its
   * `once` key; there are then no `events`.
   */
  readonly repeated: boolean
  /** Of the last event written; nothing where none was. A reader past it has seen this command. */
  readonly position: Position | undefined
}

export interface TransactDeps extends SnapshotUse {
  readonly store: EventStore
  readonly clock: Clock
  /** For the jitter between attempts. */
  readonly random: Random
  /** Most times that a command is decided. Default 8. */
  readonly attempts?: number
  /** Longest pause before the second attempt, in ms; doubles with each. Default 2. */
  readonly backoff?: number
}

/** Metadata for the events of a command. Their ids follow from the command, the stream and the number. */
export const metadataFor = (
  context: CommandContext,
  stream: StreamName,
  index: number,
): Omit<Metadata, 'schemaVersion'> => metadataWith(uuidOf(`${context.commandId}/${stream}/${index}`), context)

const metadataWith = (id: EventId, context: CommandContext): Omit<Metadata, 'schemaVersion'> => ({
  id,
  at: context.at,
  tenant: context.tenant,
  actor: context.actor,
  correlationId: context.correlationId ?? context.commandId,
  causationId: context.commandId,
  traceparent: context.traceparent,
})

/**
 * The events of a command, checked and ready to be appended.
 * @throws StoreError `invalid` when a decider made an event that its own codec refuses: a fault in the code
 */
export const stamp = <Ev extends Event>(
  family: EventFamily<Ev>,
  stream: StreamName,
  events: readonly Ev[],
  context: CommandContext,
): readonly NewEvent<Ev>[] =>
  events.map((event, i) => {
    const claims = i === 0 && context.once !== undefined
    const meta = claims
      ? metadataWith(uuidOf(`once/${context.once}`), context)
      : metadataFor(context, stream, i)
    const encoded = family.encode(event, meta)
    if (E.isLeft(encoded)) throw new StoreError('invalid', faultOf(encoded.left, stream))
    return claims ? { once: true as const, ...encoded.right } : encoded.right
  })

const faultOf = (fault: InvalidEvent, stream: StreamName): string =>
  `Event ${fault.type} for ${stream} does not fit its codec: ${fault.message}.`

export const expectedAt = (version: number): Expected => (version < 0 ? 'empty' : { at: version })

/**
 * Load, decide, append. When someone else wrote meanwhile: read what is new, decide again, after a short random
 * pause, a bounded number of times. Rejects only with a `StoreError`.
 *
 * A command whose events are in the stream already is not decided again: the answer is what it was. With
 * `snapshots` that holds for the last 256 commands before the snapshot and for all after it; a command that is
 * older than that meets only its decider, which then decides nothing or refuses, see `Decider`.
 */
export const transact =
  ({ store, clock, random, attempts = 8, backoff = 2, ...use }: TransactDeps) =>
  async <C, Ev extends Event, S, R>(
    decider: Decider<C, Ev, S, R>,
    stream: StreamName,
    command: C,
    context: CommandContext,
  ): Promise<E.Either<R | Exhausted, Transacted<S, Ev>>> => {
    const written = ({ events }: Folding<S>) =>
      factsOf(
        decider.events,
        events.filter(({ meta }) => meta.causationId === context.commandId),
      )
    let at = await begin(store, decider, stream, use, ({ commands }) => !commands.includes(context.commandId))
    for (let attempt = 1; ; attempt++) {
      const { state, version } = at
      const before = written(at)
      if (before.length > 0)
        return E.right({ state, version, events: before, repeated: true, position: undefined })
      const decision = decider.decide(command, state)
      if (E.isLeft(decision)) return decision
      const events = stamp(decider.events, stream, decision.right, context)
      if (events.length === 0)
        return E.right({ state, version, events: [], repeated: false, position: undefined })
      const appended = await store.append([{ stream, expected: expectedAt(version), events }])
      if (E.isRight(appended)) {
        const { repeated, position } = appended.right
        const facts = events.map((event, i) => ({ stream, version: version + 1 + i, ...event })) as Fact<Ev>[]
        const next = { state: evolveAll(decider.apply, state, facts), version: version + facts.length }
        if (use.snapshots)
          await keep(decider, stream, { ...at, ...next, events: [...at.events, ...facts] }, use)
        return E.right({ events: facts, repeated, position, ...next })
      }
      if (appended.left._tag === 'Duplicate') {
        // The key is claimed, and waiting does not change that: by another command, or just now by this very one.
        const now = await loadOn(store, decider, stream, at)
        const { state, version } = now
        return E.right({ state, version, events: written(now), repeated: true, position: undefined })
      }
      if (attempt >= attempts) return E.left({ _tag: 'Exhausted', stream, attempts })
      await clock.sleep(1 + random.below(backoff * 2 ** Math.min(attempt - 1, 6)))
      at = await loadOn(store, decider, stream, at)
    }
  }
