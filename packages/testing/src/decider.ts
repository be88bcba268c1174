import {
  type CommandContext,
  type Decider,
  type Event,
  evolveAll,
  type Fact,
  foldOwned,
  type StreamName,
  streamName,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { fixedContext, fixedMetadata } from './context.js'

export interface Given<C, Ev extends Event, S, R> {
  /** More that has happened, later: in a command of its own, at `at` and by `actor` where those are given. */
  given(events: readonly Ev[], context?: Partial<CommandContext>): Given<C, Ev, S, R>
  when(command: C): Outcome<Ev, S, R>
  /** What the events up to here make. */
  state(): S
}

/** What came of a command. Each `then` fails the test when it was otherwise. */
export interface Outcome<Ev, S, R> {
  /** Just these events, in this order. None: what is commanded is already so. */
  thenEvents(expected: readonly Ev[]): Outcome<Ev, S, R>
  /** A refusal; with the fields that are given, as they are given. */
  thenRefusal(expected?: Partial<R>): Outcome<Ev, S, R>
  /** The state with what came of the command applied; after a refusal the one before. */
  state(): S
}

type Facts<Ev extends Event> = readonly Fact<Ev>[]

/** @throws when an event does not fit its own codec */
const factsOf = <C, Ev extends Event, S, R>(
  { events: family }: Decider<C, Ev, S, R>,
  stream: StreamName,
  start: number,
  events: readonly Ev[],
  context: CommandContext,
): Facts<Ev> =>
  events.map((event, i) => {
    const encoded = family.encode(event, fixedMetadata(context, i))
    if (E.isLeft(encoded)) assert.unreachable(`${event.type} does not fit its codec: ${encoded.left.message}`)
    else return { ...encoded.right, stream, version: start + i } as Fact<Ev>
    throw new Error('unreachable')
  })

/** Folds in both ways, which must agree, and leaves the facts as they were. */
const fold = <C, Ev extends Event, S, R>(decider: Decider<C, Ev, S, R>, facts: Facts<Ev>): S => {
  const before = structuredClone(facts)
  const frozen = evolveAll(decider.apply, decider.initial(), facts)
  const owned = foldOwned(decider.apply, decider.initial(), structuredClone(facts))
  assert.equal(owned, frozen, 'foldOwned and evolveAll must give equal states')
  assert.equal(facts, before, 'a recipe must not change the events')
  return frozen
}

const outcome = <C, Ev extends Event, S, R>(
  decider: Decider<C, Ev, S, R>,
  stream: StreamName,
  before: Facts<Ev>,
  command: C,
): Outcome<Ev, S, R> => {
  const state = fold(decider, before)
  const decision = decider.decide(command, state)
  assert.equal(decider.decide(command, state), decision, 'the same decision in the same state')
  const after = (): S => {
    if (E.isLeft(decision) || decision.right.length === 0) return state
    const context = fixedContext({ commandId: 'command-under-test' })
    const facts = [...before, ...factsOf(decider, stream, before.length, decision.right, context)]
    const next = fold(decider, facts)
    const again = decider.decide(command, next)
    if (E.isRight(again))
      assert.equal(
        again.right,
        [],
        'a command that was carried out gives nothing, or a refusal, the next time',
      )
    return next
  }
  const self: Outcome<Ev, S, R> = {
    thenEvents(expected) {
      if (E.isLeft(decision)) throw new Error(`Refused: ${JSON.stringify(decision.left)}`)
      assert.equal(decision.right, expected)
      after()
      return self
    },
    thenRefusal(expected = {}) {
      if (E.isRight(decision)) throw new Error(`Not refused, but gave ${JSON.stringify(decision.right)}`)
      for (const key of Object.keys(expected) as (keyof R)[])
        assert.equal(decision.left[key], expected[key], `refusal, ${String(key)}`)
      return self
    },
    state: after,
  }
  return self
}

const started = <C, Ev extends Event, S, R>(
  decider: Decider<C, Ev, S, R>,
  stream: StreamName,
  facts: Facts<Ev>,
  commands: number,
): Given<C, Ev, S, R> => ({
  given: (events, overrides) => {
    const context = fixedContext({ commandId: `given-${commands + 1}`, ...overrides })
    const more = factsOf(decider, stream, facts.length, events, context)
    return started(decider, stream, [...facts, ...more], commands + 1)
  },
  when: (command) => outcome(decider, stream, facts, command),
  state: () => fold(decider, facts),
})

/**
 * Given what has happened, when this is commanded, then that follows.
 *
 *     decider(tickets).given([opened]).when({ type: 'resolve' }).thenEvents([resolved])
 *
 * On the way it holds a decider to its contract: every event fits its codec, both ways to fold agree, no recipe
 * changes an event, and no command that was carried out does anything when it is given again.
 */
export const decider = <C, Ev extends Event, S, R>(
  subject: Decider<C, Ev, S, R>,
  stream: StreamName = streamName(subject.events.category, 'test'),
): Given<C, Ev, S, R> => started(subject, stream, [], 0)
