import { type Conversation, type ConversationEvent, conversationReducer } from '@ramal/conversation'
import {
  type CommandContext,
  type Decider,
  type EventStore,
  type Exhausted,
  expectedAt,
  type Fact,
  type StreamName,
  stamp,
  streamName,
  systemClock,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'

/** What a report led to. */
export interface Reported {
  /** None when it was already so. */
  readonly events: readonly ConversationEvent[]
  /** It is in the log from another time. */
  readonly repeated: boolean
}

export interface Conversations {
  /**
   * Carries out a command that may be repeated at any time: its decider decides nothing for what is already so, or
   * its `once` key says it.
   */
  carryOut<C, R>(
    decider: Decider<C, ConversationEvent, Conversation, R>,
    conversation: string,
    command: C,
    context: CommandContext,
  ): Promise<E.Either<R | Exhausted, Reported>>
  /** Keeps the states in memory up with what others write, so that nearly none has to be read again. */
  follow(signal: AbortSignal): Promise<void>
}

/** A state that only this part holds, and changes in place. */
interface Held {
  readonly stream: StreamName
  readonly state: Conversation
  version: number
}

/**
 * Most events that the states in memory were folded from: ten thousand conversations of sixty events, in some 300 MB.
 * Where more are written to by turns, nearly each of them has to be read again.
 */
const MOST_EVENTS = 600_000

const ATTEMPTS = 8

/** The states that were used last: when the young are many, the old go. */
const recentlyUsed = (most: number) => {
  let young = new Map<StreamName, Held>()
  let old = new Map<StreamName, Held>()
  let weight = 0
  const keep = (held: Held): void => {
    young.set(held.stream, held)
    weight += held.version + 2
    if (weight <= most / 2) return
    old = young
    young = new Map()
    weight = 0
  }
  return {
    keep,
    get(stream: StreamName): Held | undefined {
      const held = young.get(stream)
      if (held) return held
      const before = old.get(stream)
      if (before) keep(before)
      return before
    },
    /** Without using it. */
    peek: (stream: StreamName): Held | undefined => young.get(stream) ?? old.get(stream),
  }
}

/** Folds what follows on the state; what it has seen already, by another way, it passes over. */
const fold = (held: Held, fact: Fact): void => {
  if (fact.version !== held.version + 1) return
  const event = conversationReducer.events.upcast(fact)
  if (event) conversationReducer.apply(held.state, event as Fact<ConversationEvent>)
  held.version = fact.version
}

/**
 * What channels report, written into conversations without reading each one first. The state that this engine knows
 * is taken for the present one: where it is not, the append finds out and the rest is read. What would write nothing
 * is decided again on what the log says, unless it says so already.
 */
export const conversations = (store: EventStore, most = MOST_EVENTS): Conversations => {
  const recent = recentlyUsed(most)

  const readOn = async (held: Held): Promise<void> => {
    for await (const { events } of store.read(held.stream, { from: held.version + 1 }))
      for (const event of events) fold(held, event)
  }

  return {
    async follow(signal) {
      const after = await store.head()
      for await (const { events } of store.subscribe({ after, categories: ['conversation'] }, signal))
        for (const event of events) {
          const held = recent.peek(event.stream)
          if (held) fold(held, event)
        }
    },

    async carryOut(decider, conversation, command, context) {
      const stream = streamName('conversation', conversation)
      let held = recent.get(stream)
      let fresh = false
      if (!held) {
        held = { stream, state: conversationReducer.initial(), version: -1 }
        await readOn(held)
        recent.keep(held)
        fresh = true
      }
      for (let attempt = 1; ; ) {
        const { version } = held
        const decision = decider.decide(command, held.state)
        if (E.isLeft(decision) || decision.right.length === 0) {
          if (!fresh) {
            await readOn(held)
            fresh = true
            continue
          }
          return E.isLeft(decision) ? decision : E.right({ events: [], repeated: false })
        }
        const events = stamp(decider.events, stream, decision.right, context)
        const appended = await store.append([{ stream, expected: expectedAt(version), events }])
        if (E.isRight(appended)) {
          events.forEach(({ type, data, meta }, i) => {
            fold(held, { type, data, meta, stream, version: version + 1 + i })
          })
          return E.right({ events: decision.right, repeated: appended.right.repeated })
        }
        if (appended.left._tag === 'Duplicate') return E.right({ events: [], repeated: true })
        if (attempt >= ATTEMPTS) return E.left({ _tag: 'Exhausted', stream, attempts: ATTEMPTS })
        // Another engine writes one report after the other: it may never lose, so it is let finish.
        if (attempt > 1) await systemClock.sleep(2 ** attempt)
        attempt++
        await readOn(held)
        fresh = true
      }
    },
  }
}
