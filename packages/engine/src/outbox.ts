import type { SendFault, SendReceipt } from '@ramal/channel'
import {
  type ConversationCommand,
  type ConversationEvent,
  conversationDecider,
  conversationEvents,
} from '@ramal/conversation'
import { type Fact, idOf, StoreError, streamName } from '@ramal/core'
import type { SendingRules } from '@ramal/outreach'
import * as E from 'fp-ts/lib/Either.js'
import { callProvider } from './call-provider.js'
import { type Claimed, claimSend, takeBack } from './claim.js'
import { contextOf, type EngineContext } from './context.js'
import { learnIdentifiers } from './customers.js'
import { type RunningJobs, runJobs } from './jobs.js'
import { type Pending, pendingSends } from './pending.js'
import { noteStop } from './stops.js'

export interface OutboxOptions {
  /** Most times that a message which was certainly not sent is tried. Default 5. */
  readonly attempts?: number
  /** After so long without an outcome an attempt is uncertain, in ms. Default 60 s. */
  readonly doubtAfter?: number
  /** Most messages on their way to providers at a time. Default 32. */
  readonly concurrency?: number
}

const TYPES = [
  'SendRequested',
  'SendDeferred',
  'SendAttempted',
  'MessageSent',
  'SendRefused',
  'SendFailed',
  'SendUncertain',
  'DeliveryAdvanced',
]

/**
 * Hands the messages that were requested to their channels, each once, as far as the rules let it. Before a
 * provider is called that is written down; an attempt without an outcome, such as after a crash, is uncertain and
 * never made again. Of several engines on one log, the one whose attempt is written sends.
 */
export const startOutbox = (
  engine: EngineContext,
  rules: SendingRules,
  { attempts = 5, doubtAfter = 60_000, concurrency = 32 }: OutboxOptions,
  signal: AbortSignal,
): RunningJobs => {
  const { clock, run } = engine
  const { messages: pending, fold } = pendingSends(rules, { attempts, doubtAfter })

  const decide = async (item: Pending, command: ConversationCommand) => {
    const stream = streamName('conversation', item.conversation)
    const commandId = `${command.type}/${item.message}/${item.attempts}`
    const result = await run(
      conversationDecider,
      stream,
      command,
      contextOf(engine, { commandId, actor: 'outbox' }),
    )
    if (E.isRight(result)) return result.right
    throw new StoreError(
      'unavailable',
      `What became of message ${item.message} cannot be written: ${result.left._tag}.`,
    )
  }

  const outcomeOf = (item: Pending, result: E.Either<SendFault, SendReceipt>): ConversationCommand => {
    const { message } = item
    if (E.isRight(result)) {
      const { providerId, parts } = result.right
      return { type: 'confirmSent', message, providerId, parts }
    }
    const { class: kind, reason, code, retryAfter } = result.left
    if (kind === 'uncertain') return { type: 'doubtSend', message, reason }
    const retryAt = kind === 'retry' ? clock.now() + (retryAfter ?? 1000 * 2 ** item.attempts) : undefined
    return { type: 'failSend', message, reason, class: kind, code, retryAt }
  }

  /** What follows from an attempt that failed, besides trying again. */
  const settle = async (item: Pending, { conversation, counted, attempt }: Claimed, fault: SendFault) => {
    if (fault.class === 'consent') await noteStop(engine, item.conversation, fault, item.message)
    // What was counted before it went, and will never go, counts no longer.
    const isOver = fault.class === 'retry' ? attempt >= attempts : fault.class !== 'uncertain'
    if (counted && isOver) await takeBack(engine, conversation.customer, item.message, fault.reason)
  }

  const send = async (item: Pending): Promise<void> => {
    if (item.attemptedAt !== undefined) {
      await decide(item, { type: 'doubtSend', message: item.message, reason: 'the attempt has no outcome' })
      return
    }
    const claimed = await claimSend(engine, rules, item)
    if (!claimed) {
      // The log says what became of it; until that is read it need not be asked again.
      if (item.due <= clock.now()) item.due = clock.now() + 1000
      return
    }
    item.attempts = claimed.attempt
    const result = await callProvider(engine, item, claimed)
    await decide(item, outcomeOf(item, result))
    if (E.isLeft(result)) return settle(item, claimed, result.left)
    await learnIdentifiers(engine, claimed.conversation.peer!, result.right, item.message)
  }

  return runJobs(
    engine,
    {
      types: TYPES,
      fold(recorded) {
        const event = conversationEvents.upcast(recorded)
        if (event) fold(idOf(recorded.stream), event as Fact<ConversationEvent>)
      },
      jobs: pending,
      concurrency,
      work: send,
      pause: 1000,
    },
    signal,
  )
}
