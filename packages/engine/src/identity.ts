import {
  type Exhausted,
  evolveAll,
  expectedAt,
  type Fact,
  type Position,
  type StreamName,
  stamp,
  streamName,
  systemClock,
} from '@ramal/core'
import {
  type CustomerEvent,
  type CustomerRefusal,
  customerEvents,
  customerReducer,
  decideMerge,
  decideSplit,
  type Evidence,
  type Named,
  type TwoSided,
} from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { type CommandOptions, contextOf, type EngineContext } from './context.js'

/** What a merge or a split led to. */
export interface Identified {
  readonly survivor: string
  readonly other: string
  /** It was so before, or this command had been carried out before. */
  readonly already: boolean
}

export type IdentityResult = E.Either<CustomerRefusal | Exhausted, Identified>

const ATTEMPTS = 8

interface Read extends Named {
  readonly stream: StreamName
  readonly version: number
  readonly commands: ReadonlySet<string>
}

const read = async ({ store }: EngineContext, id: string): Promise<Read> => {
  const stream = streamName('customer', id)
  const facts: Fact<CustomerEvent>[] = []
  const commands = new Set<string>()
  let version = -1
  for await (const { events } of store.read(stream))
    for (const recorded of events) {
      const fact = customerEvents.upcast(recorded)
      if (fact) facts.push(fact as Fact<CustomerEvent>)
      commands.add(recorded.meta.causationId)
      version = recorded.version
    }
  const state = evolveAll(customerReducer.apply, customerReducer.initial(), facts)
  return { id, stream, state, version, commands }
}

/**
 * Decides on two customers and writes to both at once, at the versions that were read: of two commands at the same
 * time one is decided again, on what the other left.
 */
const onBoth = async (
  engine: EngineContext,
  survivor: string,
  other: string,
  decide: (survivor: Named, other: Named) => E.Either<CustomerRefusal, TwoSided>,
  options: CommandOptions,
): Promise<IdentityResult> => {
  const context = contextOf(engine, options)
  const done = async (position: Position | undefined, already: boolean): Promise<IdentityResult> => {
    // Whoever was told that it is done meets an engine that knows it.
    await engine.directory.reached(position ?? (await engine.store.head()))
    return E.right({ survivor, other, already })
  }
  for (let attempt = 1; ; attempt++) {
    const [one, two] = await Promise.all([read(engine, survivor), read(engine, other)])
    if (one.commands.has(context.commandId)) return done(undefined, true)
    const decision = decide(one, two)
    if (E.isLeft(decision)) return decision
    const writes = [
      { of: one, events: decision.right.survivor },
      { of: two, events: decision.right.other },
    ].flatMap(({ of: { stream, version }, events }) =>
      events.length === 0
        ? []
        : [
            {
              stream,
              expected: expectedAt(version),
              events: stamp(customerEvents, stream, events, context),
            },
          ],
    )
    if (writes.length === 0) return done(undefined, true)
    const appended = await engine.store.append(writes)
    if (E.isRight(appended)) return done(appended.right.position, appended.right.repeated)
    if (attempt >= ATTEMPTS) return E.left({ _tag: 'Exhausted', stream: one.stream, attempts: ATTEMPTS })
    await systemClock.sleep(attempt)
  }
}

/** Two customers are one person from now on, `survivor`. */
export const mergeCustomers = (
  engine: EngineContext,
  survivor: string,
  other: string,
  evidence: Evidence,
  options: CommandOptions = {},
): Promise<IdentityResult> =>
  onBoth(engine, survivor, other, (one, two) => decideMerge(one, two, evidence), options)

/** `other` is a customer of their own again, with the identifiers and the conversations that are theirs. */
export const splitCustomers = (
  engine: EngineContext,
  survivor: string,
  other: string,
  reason: string,
  options: CommandOptions = {},
): Promise<IdentityResult> =>
  onBoth(engine, survivor, other, (one, two) => decideSplit(one, two, reason), options)
