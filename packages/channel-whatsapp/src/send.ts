import {
  id,
  type OutboundIndication,
  type OutboundMessage,
  type SendFault,
  type SendReceipt,
  shape,
} from '@ramal/channel'
import type { Graph } from '@ramal/channel-meta'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { classify, withPause } from './errors.js'
import { identifiersOf } from './identity.js'
import type { WhatsAppOptions } from './options.js'
import { addressOf, bodyOf } from './outbound.js'

const answer = shape(
  { messages: t.array(shape({ id })) },
  { contacts: t.array(shape({}, { wa_id: id, user_id: id })) },
)

type Sending = Pick<WhatsAppOptions, 'userIdField' | 'portfolio'>

/** Hands one message to the Cloud API. The answer may name the addressee otherwise than we did: that is learnt. */
export const sendMessage = async (
  graph: Graph,
  message: OutboundMessage,
  { userIdField, portfolio = 'whatsapp' }: Sending,
): Promise<E.Either<SendFault, SendReceipt>> => {
  const body = bodyOf(message, userIdField)
  if (E.isLeft(body)) return E.left({ class: body.left.at, reason: body.left.reason })
  const path = `${encodeURIComponent(message.endpoint)}/messages`
  const sent = await graph.call('POST', path, classify, body.right)
  if (E.isLeft(sent)) return E.left(withPause(sent.left))
  const read = answer.decode(sent.right)
  const first = E.isRight(read) ? read.right.messages[0] : undefined
  if (E.isLeft(read) || !first)
    return E.left({ class: 'uncertain', reason: 'WhatsApp answered without the id of the message.' })
  const { contacts = [] } = read.right
  const identifiers = identifiersOf(
    contacts.slice(0, 1).flatMap(({ wa_id, user_id }) => [wa_id, user_id]),
    portfolio,
  )
  return E.right({ providerId: first.id, ...(identifiers.length > 0 ? { identifiers } : {}) })
}

/** Read receipts, the typing sign (which needs a message to be under, and shows it as read), and reactions. */
export const sendIndication = async (
  graph: Graph,
  { endpoint, to, indication }: OutboundIndication,
  { userIdField }: Sending,
): Promise<E.Either<SendFault, void>> => {
  const body = indicationBody(indication, addressOf(to, userIdField))
  if (!body) return E.right(undefined)
  const path = `${encodeURIComponent(endpoint)}/messages`
  const sent = await graph.call('POST', path, classify, { messaging_product: 'whatsapp', ...body })
  return E.isLeft(sent) ? E.left(withPause(sent.left)) : E.right(undefined)
}

const indicationBody = (
  indication: OutboundIndication['indication'],
  address: object | undefined,
): object | undefined => {
  switch (indication.kind) {
    case 'read':
      return { status: 'read', message_id: indication.target }
    case 'typing':
      // There is no way to take it back; it ends with the answer, or after 25 s.
      if (!indication.on || indication.target === undefined) return undefined
      return { status: 'read', message_id: indication.target, typing_indicator: { type: 'text' } }
    case 'reaction':
      return (
        address && {
          recipient_type: 'individual',
          ...address,
          type: 'reaction',
          reaction: { message_id: indication.target, emoji: indication.emoji ?? '' },
        }
      )
  }
}
