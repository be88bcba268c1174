import { type ConversationEvent, conversationEvents, conversationReducer } from '@ramal/conversation'
import {
  type Event,
  type EventStore,
  type Fact,
  foldOwned,
  idOf,
  type Position,
  type Recorded,
  type Reducer,
  START,
  type StreamName,
  streamName,
} from '@ramal/core'
import { type CustomerEvent, customerEvents, customerReducer } from '@ramal/customer'
import {
  examineSend,
  type Judgement,
  judgementOf,
  reachReducer,
  rulesDecider,
  type SendExplanation,
  sendingRulesFrom,
} from '@ramal/outreach'
import { none, type Option, some } from 'fp-ts/lib/Option.js'
import { CONTACT_TYPES, contactBook } from './contacts.js'
import type { Adapters } from './context.js'
import { customerBook } from './customer-book.js'
import { endpointOf, factsOf } from './send-facts.js'
import { templateReducer, templateStreamOf } from './templates.js'

type Decided = Extract<ConversationEvent, { type: 'SendAttempted' | 'SendRefused' | 'SendDeferred' }>
type Requested = Extract<ConversationEvent, { type: 'SendRequested' }>

const RECORDED: Readonly<Record<Decided['type'], Judgement['verdict']>> = {
  SendAttempted: 'allowed',
  SendRefused: 'refused',
  SendDeferred: 'deferred',
}

const isDecided = (event: ConversationEvent): event is Decided => event.type in RECORDED

/** What was decided last about a message, and what was asked for. */
const findDecision = async (store: EventStore, conversation: string, message: string) => {
  let requested: Recorded<Requested> | undefined
  let decided: Recorded<Decided> | undefined
  for await (const { events } of store.read(streamName('conversation', conversation)))
    for (const recorded of events) {
      const event = conversationEvents.upcast(recorded) as Recorded<ConversationEvent> | undefined
      if (event?.type === 'SendRequested' && event.data.message === message)
        requested = event as Recorded<Requested>
      if (event && isDecided(event) && event.data.message === message) decided = event as Recorded<Decided>
    }
  return requested && decided ? { requested, decided } : undefined
}

/** The state of a stream as it was before a position. */
const stateBefore = async <Ev extends Event, S>(
  store: EventStore,
  reducer: Reducer<Ev, S>,
  stream: StreamName,
  before: Position,
): Promise<S> => {
  const facts: Fact<Ev>[] = []
  for await (const { events } of store.read(stream))
    for (const event of events) {
      const fact = event.position < before ? reducer.events.upcast(event) : undefined
      if (fact) facts.push(fact as Fact<Ev>)
    }
  return foldOwned(reducer.apply, reducer.initial(), facts)
}

/** Who was one person with whom, and who wrote last when, before a position. */
const peopleBefore = async (store: EventStore, before: Position) => {
  const book = customerBook()
  const contacts = contactBook()
  const types = ['CustomersMerged', 'CustomersSplit', ...CONTACT_TYPES]
  for await (const { events } of store.readAll({
    after: START,
    types,
    categories: ['customer', 'conversation'],
  }))
    for (const recorded of events) {
      if (recorded.position >= before) return { book, contacts }
      const said = conversationEvents.upcast(recorded)
      if (said) contacts.fold(idOf(recorded.stream), said as Fact<ConversationEvent>)
      const known = customerEvents.upcast(recorded)
      if (known) book.fold(idOf(recorded.stream), known as Fact<CustomerEvent>)
    }
  return { book, contacts }
}

/**
 * Why a message was sent, put off or refused, the last time that it was judged: the rules that held then, asked again
 * about what was in the log then. None for a message that is unknown or was not judged yet. What an endpoint can do
 * is asked of the channels as they are now.
 */
export const explainSend = async (
  store: EventStore,
  adapters: Adapters,
  conversation: string,
  message: string,
): Promise<Option<SendExplanation>> => {
  const found = await findDecision(store, conversation, message)
  if (!found) return none
  const { requested, decided } = found
  const { position, meta } = decided
  const { data } = await stateBefore(store, rulesDecider, 'sending-main', position)
  if (!data) return none
  const rules = sendingRulesFrom(data)
  const thread = await stateBefore(
    store,
    conversationReducer,
    streamName('conversation', conversation),
    position,
  )
  const { book, contacts } = await peopleBefore(store, position)
  const members = book.membersOf(thread.customer)
  const place = endpointOf(adapters, thread)
  const template = templateStreamOf(thread.channel, place?.endpoint, requested.data.content)
  const facts = factsOf(requested.data, thread, {
    requestedAt: requested.meta.at,
    customers: await Promise.all(
      members.map((id) => stateBefore(store, customerReducer, streamName('customer', id), position)),
    ),
    reaches: await Promise.all(
      members.map((id) => stateBefore(store, reachReducer, streamName('reach', id), position)),
    ),
    last: contacts.lastOf(thread.channel, thread.endpoint, members),
    window: place?.endpoint.capabilities.window,
    template: template && (await stateBefore(store, templateReducer, template, position)),
  })
  const checks = examineSend(facts, rules, meta.at)
  return some({
    conversation,
    message,
    at: meta.at,
    rules: { name: rules.name, hash: rules.hash },
    facts,
    checks,
    judgement: judgementOf(checks, facts, meta.at),
    recorded: RECORDED[decided.type],
  })
}
