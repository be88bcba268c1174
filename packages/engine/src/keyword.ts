import type { ChannelEvent } from '@ramal/channel'
import { type ConversationCommand, conversationReducer } from '@ramal/conversation'
import { load, StoreError, shortIdOf, streamName } from '@ramal/core'
import { consentFor, customerDecider, stoppedFor } from '@ramal/customer'
import { type KeywordRules, recogniseKeyword } from '@ramal/outreach'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import { contextOf, type EngineContext } from './context.js'
import { findCustomer, type Recognised } from './customers.js'
import { outboundId } from './names.js'
import { keyOf } from './place.js'
import { KEYWORDS } from './send-facts.js'

type Message = Extract<ChannelEvent, { kind: 'message' }>

type DealtWith = NonNullable<Extract<ConversationCommand, { type: 'receive' }>['keyword']>

/** A keyword that was taken, with what is answered to it, if the rules say so: once, whatever becomes of it. */
export const dealtWith = (
  { sending }: EngineContext,
  channel: string,
  conversation: string,
  kind: 'stop' | 'start',
  key: string,
): DealtWith => {
  const { confirmStop, confirmStart } = sending.keywords(channel)
  const text = kind === 'stop' ? confirmStop : confirmStart
  if (text === undefined) return { kind }
  const message = outboundId(conversation, shortIdOf(`${key}/confirmation`))
  const content = { kind: 'text', text } as const
  return { kind, answer: { message, content, by: KEYWORDS, purpose: 'service' } }
}

/** Whether an agent has the ticket: then a word may answer what they asked. */
const isServed = async (
  { store, directory }: EngineContext,
  channel: string,
  { endpoint, peer }: Message,
  customer: string,
): Promise<boolean> => {
  const current = directory.currentOf(channel, endpoint, peer[0]!, customer)
  if (current === undefined) return false
  const { state } = await load(store, conversationReducer, streamName('conversation', current))
  return state.status === 'open' && state.assignee !== undefined
}

/** Whether there is anything to start again; also where this very message has just done so. */
const canStart = async (
  engine: EngineContext,
  channel: string,
  { at }: Message,
  customer: string,
  { purpose }: KeywordRules,
): Promise<boolean> => {
  const found = await findCustomer(engine, customer)
  if (!found) return false
  const said = consentFor(found, channel, purpose)
  if (isSome(stoppedFor(found, channel, purpose))) return true
  return isSome(said) && (!said.value.granted || (said.value.source === 'customer' && said.value.at === at))
}

/**
 * Whether a message is a keyword; what it says is then in the customer's stream, before the message is in any, so
 * that nothing is sent in between. Once, by the provider's key, however often it is delivered.
 */
export const takeKeyword = async (
  engine: EngineContext,
  channel: string,
  event: Message,
  { customer, alias = customer }: Recognised,
): Promise<'stop' | 'start' | undefined> => {
  const { content } = event
  if (content.kind !== 'text' && content.kind !== 'choice') return undefined
  const text = content.kind === 'text' ? content.text : content.title
  const rules = engine.sending.keywords(channel)
  const keyword = recogniseKeyword(rules, text)
  // A button answers what was asked beside it, which may be whether to cancel an appointment.
  if (!keyword || (keyword.ambiguous && content.kind === 'choice')) return undefined
  if (keyword.ambiguous && (await isServed(engine, channel, event, customer))) return undefined
  if (keyword.kind === 'start' && !(await canStart(engine, channel, event, customer, rules))) return undefined
  const key = `${keyOf(channel, event)}/keyword`
  const type = keyword.kind === 'stop' ? 'withdrawConsent' : 'grantConsent'
  const said = await engine.run(
    customerDecider,
    streamName('customer', alias),
    { type, channel, purpose: rules.purpose, source: 'customer', words: text, endpoint: event.endpoint },
    contextOf(engine, { commandId: key, once: key, at: event.at, actor: `customer/${customer}` }),
  )
  if (E.isLeft(said) && said.left._tag === 'Exhausted')
    throw new StoreError(
      'unavailable',
      `What customer ${alias} said cannot be written; it is to be delivered again.`,
    )
  return keyword.kind
}
