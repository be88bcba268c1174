import {
  type Actor,
  type ConversationEvent,
  conversationEvents,
  conversationReducer,
  type Place,
  placeOf,
} from '@ramal/conversation'
import {
  type EventStore,
  evolveAll,
  type Fact,
  type Instant,
  load,
  type Position,
  type Recorded,
  streamName,
} from '@ramal/core'
import { type Customer, combined, customerReducer } from '@ramal/customer'
import { type CustomerIndex, type IndexedConversation, indexedOf, membersOf } from './customers.js'
import { type Entry, entriesOf } from './timeline.js'

type Message = Extract<Entry, { kind: 'message' }>

/** A conversation in a line: where, about what, with whom, and how it ended. */
export interface ConversationLine {
  readonly conversation: string
  readonly channel: string
  readonly endpoint: string
  readonly place: Place
  readonly queue: string | undefined
  readonly intent: string | undefined
  readonly openedAt: Instant
  readonly assignee: string | undefined
  /** Who had it last. */
  readonly lastAgent: string | undefined
  readonly endedAt: Instant | undefined
  /** Who resolved it, and as what; none for what was abandoned. */
  readonly resolvedBy: Actor | undefined
  readonly disposition: string | undefined
  readonly lastMessage: Message | undefined
}

/** Everything that whoever answers needs to know of the customer, over all channels and all identifiers. */
export interface CustomerContext {
  /** The id that survives. */
  readonly customer: string
  /** All ids of the same person, that one first. */
  readonly ids: readonly string[]
  /** Name, identifiers, consent: of all of them together. */
  readonly profile: Readonly<Customer>
  /** What goes on, on every channel, in the order in which it was opened. */
  readonly open: readonly ConversationLine[]
  /** What is over: the one that ended last is first. */
  readonly past: readonly ConversationLine[]
  /** Ask with it for the next of `past`; none when these were the last. */
  readonly next: Position | undefined
  /** The last messages on any channel, the newest last. */
  readonly last: readonly Message[]
  /** Who of us did something for them last, in the conversations that are shown here. */
  readonly helpedBy:
    | { readonly agent: string; readonly at: Instant; readonly conversation: string }
    | undefined
}

export interface ContextOptions {
  /** `next` of the page before. Pages show every conversation once, whatever ends in between. */
  readonly before?: Position
  /** Most past conversations. Default 20. */
  readonly limit?: number
  /** Most of the last messages. Default 20. */
  readonly messages?: number
}

interface At<T> {
  readonly value: T
  readonly position: Position
}

interface ReadConversation {
  readonly line: ConversationLine
  readonly messages: readonly At<Message>[]
  readonly helped: At<NonNullable<CustomerContext['helpedBy']>> | undefined
}

/** The agent who acted, if one did. */
const agentOf = ({ type, data }: ConversationEvent): string | undefined => {
  switch (type) {
    case 'OfferAccepted':
    case 'TicketPicked':
      return data.agent
    case 'SendRequested':
    case 'ConversationResolved':
      return data.by.kind === 'human' || data.by.kind === 'bot' ? data.by.id : undefined
  }
  return undefined
}

const readConversation = async (store: EventStore, conversation: string): Promise<ReadConversation> => {
  const events: Recorded[] = []
  for await (const page of store.read(streamName('conversation', conversation))) events.push(...page.events)
  const facts = events.flatMap((event) => (conversationEvents.upcast(event) as Fact<ConversationEvent>) ?? [])
  const state = evolveAll(conversationReducer.apply, conversationReducer.initial(), facts)
  const positions = new Map(events.map(({ version, position }) => [version, position]))
  const messages = entriesOf(events).flatMap((entry) =>
    entry.kind === 'message' ? [{ value: entry, position: positions.get(entry.version)! }] : [],
  )
  const end =
    state.status === 'open'
      ? undefined
      : facts.findLast(
          ({ type }) =>
            type === 'ConversationResolved' ||
            type === 'ConversationAbandoned' ||
            type === 'ConversationClosed',
        )
  const resolved =
    state.status === 'open' ? undefined : facts.findLast(({ type }) => type === 'ConversationResolved')
  const { by, disposition } =
    resolved?.type === 'ConversationResolved' ? resolved.data : { by: undefined, disposition: undefined }
  const acted = facts.findLast((fact) => agentOf(fact) !== undefined)
  const agent = acted && agentOf(acted)
  const { channel, endpoint, queue, intent, openedAt, resolvedAt, assignee, lastAgent } = state
  return {
    line: {
      ...{
        conversation,
        channel,
        endpoint,
        place: placeOf(state),
        queue,
        intent,
        openedAt,
        assignee,
        lastAgent,
      },
      endedAt: resolvedAt ?? end?.meta.at,
      resolvedBy: by,
      disposition,
      lastMessage: messages.at(-1)?.value,
    },
    messages,
    helped:
      acted && agent !== undefined
        ? { value: { agent, at: acted.meta.at, conversation }, position: positions.get(acted.version)! }
        : undefined,
  }
}

const newestFirst = (a: { readonly position: Position }, b: { readonly position: Position }): number =>
  a.position < b.position ? 1 : -1

const profileOf = async (store: EventStore, ids: readonly string[]): Promise<Customer | undefined> => {
  const loaded = await Promise.all(ids.map((id) => load(store, customerReducer, streamName('customer', id))))
  const states = loaded.filter(({ version }) => version >= 0).map(({ state }) => state)
  return states.length === 0 ? undefined : combined(states)
}

/**
 * Read from the log when asked for: nothing that was said is kept a second time. Reads the conversations that are
 * shown, and as many more as the last messages need. Undefined for somebody who is not known.
 */
export const customerContext = async (
  store: EventStore,
  index: Readonly<CustomerIndex>,
  customer: string,
  { before, limit = 20, messages: most = 20 }: ContextOptions = {},
): Promise<CustomerContext | undefined> => {
  const ids = membersOf(index, customer)
  const all = indexedOf(index, customer)
  const profile = await profileOf(store, ids)
  if (!profile) return undefined
  const goingOn = all.filter(({ ended }) => ended === undefined)
  const over = all
    .filter((one): one is IndexedConversation & { ended: Position } => one.ended !== undefined)
    .sort((a, b) => (a.ended < b.ended ? 1 : -1))
  const rest = before === undefined ? over : over.filter(({ ended }) => ended < before)
  const page = rest.slice(0, limit)

  const readOnce = new Map<string, Promise<ReadConversation>>()
  const read = ({ conversation }: IndexedConversation) => {
    const found = readOnce.get(conversation) ?? readConversation(store, conversation)
    readOnce.set(conversation, found)
    return found
  }
  const open = await Promise.all(goingOn.map(read))
  const past = await Promise.all(page.map(read))

  let last: readonly At<Message>[] = []
  for (const one of [...goingOn, ...over]) {
    const oldest = last.length >= most ? last.at(-1)?.position : undefined
    if (one.ended !== undefined && oldest !== undefined && oldest > one.ended) break
    last = [...last, ...(await read(one)).messages].sort(newestFirst).slice(0, most)
  }
  const helped = [...open, ...past].flatMap((one) => one.helped ?? []).sort(newestFirst)
  return {
    customer: ids[0]!,
    ids,
    profile,
    open: open.map(({ line }) => line),
    past: past.map(({ line }) => line),
    next: rest.length > page.length ? page.at(-1)?.ended : undefined,
    last: last.map(({ value }) => value).reverse(),
    helpedBy: helped[0]?.value,
  }
}
