import {
  type Actor,
  type Content,
  type ConversationRefusal,
  conversationDecider,
  type Opening,
} from '@ramal/conversation'
import { type Exhausted, nonEmpty, shortIdOf, streamName } from '@ramal/core'
import { type Identifier, type MessagePurpose, messagePurpose } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { findAddressee, type NotifyRefusal, refuseNotify } from './addressee.js'
import { checkInput } from './check-input.js'
import { contextOf, type EngineContext } from './context.js'
import { expiryFrom, type Validity } from './expiry.js'
import { conversationId, outboundId } from './names.js'
import type { Notified } from './notices.js'

export type { NotifyRefusal } from './addressee.js'

/** Something that we tell a customer of our own accord. */
export interface Notification extends Validity {
  /** Chosen by the caller: the same id again is the same notification, whatever else it says. */
  readonly id: string
  /** Whom, by the id that conversations name, or by an address of theirs; a stranger becomes a customer. */
  readonly to: { readonly customer: string } | { readonly identifier: Identifier }
  readonly channel: string
  readonly endpoint: string
  readonly purpose: MessagePurpose
  /** A template where the channel asks for one; a text otherwise. */
  readonly content: Content | string
  /** What an answer is about: it is routed by them. */
  readonly intent?: string
  readonly labels?: readonly string[]
  readonly language?: string
  /** Common to everything that led to this, such as the number of an order. */
  readonly correlation?: string
  readonly campaign?: string
  /** Default: the system. */
  readonly by?: Actor
}

export type NotifyResult = E.Either<
  NotifyRefusal | ConversationRefusal | Exhausted,
  Notified & { readonly repeated: boolean }
>

/** What the rules go by, which would be found out when it is due: then nobody is there to be told. */
const ruled = t.type({ id: nonEmpty, channel: nonEmpty, endpoint: nonEmpty, purpose: messagePurpose })

/** What a conversation refuses that the next one of the thread takes. */
const OVER: ReadonlySet<string> = new Set(['closed', 'notOpen', 'idle'])

/**
 * Tells a customer something: in the conversation that they have open at the endpoint, or in one of its own, which
 * nobody is asked to work on. Resolves when it is requested; whether it may be sent is judged when it is due.
 * @throws StoreError `invalid` for a purpose that a message cannot have, or a name that is missing
 */
export const notify = async (engine: EngineContext, what: Notification): Promise<NotifyResult> => {
  checkInput('A notification', ruled, what)
  const { directory, store, adapters, run } = engine
  const { id, channel, endpoint, purpose, content, intent, labels, language, correlation, campaign } = what
  const { by = { kind: 'system', id: 'notifications' } as const } = what
  const known = directory.notices.notified(id)
  if (known) return E.right({ ...known, repeated: true })
  if (!adapters.byEndpoint(channel, endpoint))
    return refuseNotify(
      'unknownEndpoint',
      `No channel of this engine has the endpoint ${channel}/${endpoint}.`,
    )
  const found = await findAddressee(engine, what)
  if (E.isLeft(found)) return found
  const { customer, alias, peer } = found.right
  const opening: Opening = {
    channel,
    endpoint,
    customer,
    alias,
    peer,
    ...(intent === undefined ? {} : { intent }),
    ...(labels === undefined ? {} : { labels }),
    ...(language === undefined ? {} : { language }),
  }
  const key = `notify/${id}`
  const expiresAt = expiryFrom(what, engine.clock.now())
  const context = contextOf(engine, {
    commandId: key,
    once: key,
    ...(correlation === undefined ? {} : { correlationId: correlation }),
  })
  const said: Content = typeof content === 'string' ? { kind: 'text', text: content } : content
  const current = directory.currentOf(channel, endpoint, peer, customer)
  const last = Math.max(0, (directory.thread(channel, endpoint, peer)?.conversations.length ?? 0) - 1)
  for (let n = current === undefined ? last : -1; ; n = n < 0 ? last : n + 1) {
    const conversation = n < 0 ? current! : conversationId(channel, endpoint, peer, n)
    const message = outboundId(conversation, shortIdOf(key))
    const result = await run(
      conversationDecider,
      streamName('conversation', conversation),
      {
        type: 'notify',
        message,
        content: said,
        by,
        purpose,
        opening,
        notification: id,
        ...(campaign === undefined ? {} : { campaign }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
      context,
    )
    if (E.isRight(result)) {
      const { events, repeated } = result.right
      if (events.length > 0) return E.right({ conversation, message, repeated })
      // It was requested in another conversation.
      await directory.reached(await store.head())
      return E.right({ ...(directory.notices.notified(id) ?? { conversation, message }), repeated: true })
    }
    if (result.left._tag === 'Exhausted' || !OVER.has(result.left.reason)) return result
  }
}
