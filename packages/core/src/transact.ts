import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from './clock.js'
import type { EventFamily, InvalidEvent } from './codec.js'
import { type Decider, evolveAll, type Reducer } from './decider.js'
import { StoreError } from './errors.js'
import type { Event, Fact, Instant, Metadata, NewEvent } from './event.js'
import { uuidOf } from './id.js'
import type { Position } from './position.js'
import type { Random } from './random.js'
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

export interface Loaded<S> {
  readonly state: S
  /** -1 for a stream without events. */
  readonly version: number
}

export interface Transacted<S, Ev extends Event> extends Loaded<S> {
  /** What the command led to; none when it was already so. */
  readonly events: readonly Fact<Ev>[]
  /** The command had been carried out before; `events` are those of that time. */
  readonly repeated: boolean
  /** Of the last event written; nothing where none was. A reader past it has seen this command. */
  readonly position: Position | undefined
}

export interface TransactDeps {
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
): Omit<Metadata, 'schemaVersion'> => ({
  id: uuidOf(`${context.commandId}/${stream}/${index}`),
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
    const meta = metadataFor(context, stream, i)
    const claims = i === 0 && context.once !== undefined
    const encoded = family.encode(event, claims ? { ...meta, id: uuidOf(`once/${context.once}`) } : meta)
    if (E.isLeft(encoded)) throw new StoreError('invalid', faultOf(encoded.left, stream))
    return claims ? { ...encoded.right, once: true as const } : encoded.right
  })

const faultOf = (fault: InvalidEvent, stream: StreamName): string =>
  `Event ${fault.type} for ${stream} does not fit its codec: ${fault.message}.`

/** Reads a stream from `from.version + 1` on and folds it into `from.state`. */
const loadOn = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  from: Loaded<S>,
): Promise<Loaded<S> & { readonly facts: readonly Fact<Ev>[] }> => {
  const facts: Fact<Ev>[] = []
  let version = from.version
  for await (const { events } of store.read(stream, { from: from.version + 1 }))
    for (const recorded of events) {
      const fact = reducer.events.upcast(recorded)
      if (fact) facts.push(fact as Fact<Ev>)
      version = recorded.version
    }
  return { state: evolveAll(reducer.apply, from.state, facts), version, facts }
}

/** The state of a stream now. */
export const load = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
): Promise<Loaded<S>> => {
  const { state, version } = await loadOn(store, reducer, stream, { state: reducer.initial(), version: -1 })
  return { state, version }
}

export const expectedAt = (version: number): Expected => (version < 0 ? 'empty' : { at: version })

/**
 * Load, decide, append. When someone else wrote meanwhile: read what is new, decide again, after a short random
 * pause, a bounded number of times. Rejects only with a `StoreError`.
 */
export const transact =
  ({ store, clock, random, attempts = 8, backoff = 2 }: TransactDeps) =>
  async <C, Ev extends Event, S, R>(
    decider: Decider<C, Ev, S, R>,
    stream: StreamName,
    command: C,
    context: CommandContext,
  ): Promise<E.Either<R | Exhausted, Transacted<S, Ev>>> => {
    let at: Loaded<S> = { state: decider.initial(), version: -1 }
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { state, version, facts } = await loadOn(store, decider, stream, at)
      at = { state, version }
      const before = facts.filter((fact) => fact.meta.causationId === context.commandId)
      if (before.length > 0) return E.right({ ...at, events: before, repeated: true, position: undefined })
      const decision = decider.decide(command, state)
      if (E.isLeft(decision)) return decision
      const events = stamp(decider.events, stream, decision.right, context)
      if (events.length === 0) return E.right({ ...at, events: [], repeated: false, position: undefined })
      const appended = await store.append([{ stream, expected: expectedAt(version), events }])
      if (E.isRight(appended)) {
        const written = events.map((event, i) => ({
          ...event,
          stream,
          version: version + 1 + i,
        })) as Fact<Ev>[]
        return E.right({
          state: evolveAll(decider.apply, state, written),
          version: version + written.length,
          events: written,
          repeated: appended.right.repeated,
          position: appended.right.position,
        })
      }
      if (appended.left._tag === 'Duplicate')
        return E.right({ ...at, events: [], repeated: true, position: undefined })
      if (attempt < attempts) await clock.sleep(1 + random.below(backoff * 2 ** Math.min(attempt - 1, 6)))
    }
    return E.left({ _tag: 'Exhausted', stream, attempts })
  }
