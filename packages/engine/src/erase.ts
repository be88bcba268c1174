import { type Actor, type ConversationRefusal, conversationDecider } from '@ramal/conversation'
import { type Exhausted, expectedAt, load, stamp, streamName, systemClock, type Write } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type CommandOptions, contextOf, type EngineContext } from './context.js'

/** Whose files: all of a conversation, some of them, or all of a customer, over all conversations. */
export type Erasable =
  | { readonly conversation: string; readonly attachments?: readonly string[] }
  | { readonly customer: string }

export interface ErasureGrounds {
  readonly by: Actor
  /** Such as the number of the request. Stays in the log, so: nothing personal. */
  readonly reason: string
}

/** What is to be erased; none of it is served from now on. */
export interface Erasure {
  readonly conversations: readonly string[]
  /** How many files. What was erased before is not counted. */
  readonly files: number
}

export type EraseResult = E.Either<ConversationRefusal | Exhausted, Erasure>

const ATTEMPTS = 8

/**
 * Writes down that files are to be erased: in all conversations or, where that fails, in none. The bytes go as soon
 * as an engine with a media store has read it.
 */
export const eraseFiles = async (
  engine: EngineContext,
  conversations: readonly string[],
  { by, reason, attachments }: ErasureGrounds & { readonly attachments?: readonly string[] | undefined },
  options: CommandOptions = {},
): Promise<EraseResult> => {
  const { store } = engine
  const context = contextOf(engine, options)
  const command = {
    type: 'eraseAttachments' as const,
    by,
    reason,
    ...(attachments === undefined ? {} : { attachments }),
  }
  for (let attempt = 1; ; attempt++) {
    const writes: Write[] = []
    const erased: string[] = []
    let files = 0
    for (const conversation of conversations) {
      const stream = streamName('conversation', conversation)
      const { state, version } = await load(store, conversationDecider, stream)
      const decision = conversationDecider.decide(command, state)
      if (E.isLeft(decision)) return decision
      if (decision.right.length === 0) continue
      const events = stamp(conversationDecider.events, stream, decision.right, context)
      writes.push({ stream, expected: expectedAt(version), events })
      erased.push(conversation)
      files += events.length
    }
    if (writes.length === 0) return E.right({ conversations: [], files: 0 })
    const appended = await store.append(writes)
    if (E.isRight(appended)) return E.right({ conversations: erased, files })
    if (attempt >= ATTEMPTS)
      return E.left({ _tag: 'Exhausted', stream: writes[0]!.stream, attempts: ATTEMPTS })
    await systemClock.sleep(attempt)
  }
}
