import { degrade, type SendFault, type SendReceipt } from '@ramal/channel'
import { summaryOf } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import type { Claimed } from './claim.js'
import type { EngineContext } from './context.js'
import type { Pending } from './pending.js'
import { endpointOf, senderOf } from './send-facts.js'

/** It took so long to get ready that it is of no use any more: it is judged again, and that is said. */
const TOO_LATE: E.Either<SendFault, never> = E.left({
  class: 'retry',
  reason: 'It was of no use any more when it was ready.',
  retryAfter: 0,
})

/** Sends what the channel can show of a message, part by part; the first fault ends it. */
export const callProvider = async (
  { adapters, uploads, clock }: Pick<EngineContext, 'adapters' | 'uploads' | 'clock'>,
  { message, content, by, replyTo }: Pending,
  { conversation, tag, expiresAt }: Claimed,
): Promise<E.Either<SendFault, SendReceipt>> => {
  const found = endpointOf(adapters, conversation)
  if (!found)
    return E.left({
      class: 'channel',
      reason: `no channel has the endpoint ${conversation.channel}/${conversation.endpoint}`,
    })
  const { adapter, endpoint } = found
  const parts = degrade(content, endpoint.capabilities)
  const common = { message, endpoint: endpoint.id, to: conversation.peer!, sender: senderOf(by) }
  let receipt: SendReceipt | undefined
  for (const part of parts) {
    const prepared = await uploads.prepare(adapter, endpoint.id, part)
    const validFor = expiresAt === undefined ? undefined : expiresAt - clock.now()
    const result = E.isLeft(prepared)
      ? prepared
      : validFor !== undefined && validFor <= 0
        ? TOO_LATE
        : await adapter.send({ ...common, content: prepared.right, replyTo, tag, validFor })()
    if (E.isLeft(result) && result.left.class === 'content') uploads.forget(adapter, endpoint.id, part)
    if (E.isRight(result)) receipt = result.right
    // What is half sent cannot be tried again as a whole.
    else
      return receipt
        ? E.left({
            ...result.left,
            class: 'uncertain',
            reason: `only a part was sent: ${result.left.reason}`,
          })
        : result
  }
  return receipt
    ? E.right({ ...receipt, parts: parts.length })
    : E.left({ class: 'content', reason: `"${summaryOf(content)}" has nothing that this channel can show` })
}
