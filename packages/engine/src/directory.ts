import { setMaxListeners } from 'node:events'
import { type ConversationEvent, conversationEvents, type Status } from '@ramal/conversation'
import {
  bell,
  categoryOf,
  type EventStore,
  type Fact,
  idOf,
  type Position,
  type Recorded,
  START,
} from '@ramal/core'
import { type CustomerEvent, customerEvents, type Identifier, matchKey } from '@ramal/customer'
import { type Contacts, contactBook } from './contacts.js'
import { customerBook } from './customer-book.js'
import { type EarlyReport, type EarlyReports, earlyReports, isEarly } from './early-reports.js'
import { type EndpointEvent, endpointEvents } from './endpoint-events.js'
import { type Notices, noticeBook } from './notices.js'
import { reach } from './reach.js'

/** The conversations of one address of a customer with one of our endpoints. */
export interface Thread {
  /** In order; the last may go on, those before it are over. */
  readonly conversations: string[]
  status: Status
}

interface SentBy {
  readonly conversation: string
  readonly message: string
}

/** What ingestion looks up. A fold of the log that follows it; where it lags, the streams still decide. */
export interface Directory {
  /** The customer of an identifier, after merges; undefined for a stranger. */
  customerOf(identifier: Identifier): string | undefined
  /** Who claims an identifier before merges, its owner first. */
  ownersOf(identifier: Identifier): readonly string[]
  /** After merges. */
  survivorOf(customer: string): string
  /** Somebody has told the two apart by hand. */
  areApart(one: string, other: string): boolean
  /** The survivor first, then all who were merged into them. */
  membersOf(customer: string): readonly string[]
  thread(channel: string, endpoint: string, peer: Identifier): Thread | undefined
  /**
   * The conversation that somebody's words or reports belong to: that of their own address, or one of the same
   * person under another identifier, since a channel may name them by number today and by user id tomorrow. None
   * when all are over.
   */
  currentOf(channel: string, endpoint: string, peer: Identifier, customer: string): string | undefined
  /** When a person, known as these customers, wrote to an endpoint last. */
  readonly lastOf: Contacts['lastOf']
  /** Of one person, known as these customers: the first time zone that is known. */
  zoneOf(customers: readonly string[]): string | undefined
  /** The same of the segment that the brand put them in. */
  segmentOf(customers: readonly string[]): string | undefined
  readonly notices: Pick<Notices, 'of' | 'notified'>
  /** Our message, by the provider's id of it. */
  sent(channel: string, providerId: string): SentBy | undefined
  /** A customer's message, by the provider's id of it. */
  receivedAs(channel: string, providerId: string): SentBy | undefined
  /** Reports that came before what they are about, which is known now. */
  readonly early: EarlyReports['ready']
  readonly settled: EarlyReports['settled']
  /** Calls back after each page of the log. Returns how to stop. */
  onPage(listener: () => void): () => void
  readonly position: Position
  /** Resolves when everything up to here is known. */
  reached(position: Position): Promise<void>
  /** Calls back when the thread has new events, with what is known by then. */
  watch(channel: string, endpoint: string, peer: Identifier, listener: () => void): () => void
  readonly ended: Promise<void>
}

/** One number may be an endpoint of two channels, such as of calls and of texts. */
const placeOf = (channel: string, endpoint: string): string => `${channel}/${endpoint}`

const threadKey = (channel: string, endpoint: string, peer: Identifier): string =>
  `${placeOf(channel, endpoint)}|${matchKey(peer)}`

/**
 * Whether all who are known to be this person may read what is said to one of them. A browser is a place, not a
 * person: what is said in its chat stays there.
 */
const isShared = ({ kind }: Identifier): boolean => kind !== 'webchat_visitor'

interface Known {
  readonly channel: string
  readonly thread: string | undefined
}

const TYPES = [
  'ConversationOpened',
  'ConversationResolved',
  'ConversationAbandoned',
  'ConversationReopened',
  'ConversationClosed',
  'MessageReceived',
  'MessageEdited',
  'MessageRevoked',
  'ReactionChanged',
  'SendRequested',
  'MessageSent',
  'MessageEchoed',
  'DeliveryAdvanced',
  'OfferAccepted',
  'TicketPicked',
  'ReportKept',
  ...customerEvents.types.keys(),
]

export const startDirectory = (store: EventStore, signal: AbortSignal): Directory => {
  const book = customerBook()
  const contacts = contactBook()
  const notices = noticeBook()
  const zones = new Map<string, string>()
  const segments = new Map<string, string | undefined>()
  const threads = new Map<string, Thread>()
  const known = new Map<string, Known>()
  /** Conversations that are not closed. */
  const live = new Map<string, { readonly place: string; readonly customer: string }>()
  /** By the customer whom they were opened for; those that are closed are dropped when they are met. */
  const byCustomer = new Map<string, string[]>()
  const sentBy = new Map<string, SentBy>()
  const received = new Map<string, SentBy>()
  const reports = earlyReports((target) => received.has(target) || sentBy.has(target))
  const listeners = new Set<() => void>()
  const watchers = new Map<string, Set<() => void>>()
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const rings = bell(START)
  let position: Position = START

  /** The latest that goes on, of those that were opened for this customer. */
  const latestOf = (place: string, customer: string): string | undefined => {
    const own = (byCustomer.get(customer) ?? []).filter((id) => live.has(id))
    if (own.length > 0) byCustomer.set(customer, own)
    else byCustomer.delete(customer)
    return own.filter((id) => live.get(id)?.place === place).at(-1)
  }

  const currentOf: Directory['currentOf'] = (channel, endpoint, peer, customer) => {
    const here = threads.get(threadKey(channel, endpoint, peer))?.conversations.at(-1)
    const opened = here === undefined ? undefined : live.get(here)
    // An address is given to somebody new now and then: what was said to its last owner is not theirs.
    if (opened && book.survivorOf(opened.customer) === book.survivorOf(customer)) return here
    if (!isShared(peer)) return undefined
    for (const member of book.membersOf(customer)) {
      const found = latestOf(placeOf(channel, endpoint), member)
      if (found !== undefined) return found
    }
    return undefined
  }

  const setStatus = (id: string, status: Status): void => {
    if (status === 'closed') live.delete(id)
    const key = known.get(id)?.thread
    const thread = key === undefined ? undefined : threads.get(key)
    if (thread?.conversations.at(-1) === id) thread.status = status
  }

  const foldConversation = (id: string, { type, data }: Fact<ConversationEvent>): void => {
    const channel = known.get(id)?.channel ?? ''
    switch (type) {
      case 'ConversationOpened': {
        const key = data.peer && threadKey(data.channel, data.endpoint, data.peer)
        known.set(id, { channel: data.channel, thread: key })
        const customer = data.alias ?? data.customer
        live.set(id, { place: placeOf(data.channel, data.endpoint), customer })
        const own = byCustomer.get(customer)
        if (own) own.push(id)
        else byCustomer.set(customer, [id])
        if (key === undefined) return
        const thread = threads.get(key)
        if (thread) thread.conversations.push(id)
        else threads.set(key, { conversations: [id], status: 'open' })
        return setStatus(id, 'open')
      }
      case 'ConversationReopened':
        return setStatus(id, 'open')
      case 'ConversationResolved':
      case 'ConversationAbandoned':
        return setStatus(id, 'resolved')
      case 'ConversationClosed':
        return setStatus(id, 'closed')
      case 'MessageReceived':
      case 'MessageSent':
      case 'MessageEchoed':
      case 'DeliveryAdvanced': {
        if (data.providerId === undefined) return
        const target = `${channel}/${data.providerId}`
        const names = type === 'MessageReceived' ? received : sentBy
        names.set(target, { conversation: id, message: data.message })
        return reports.known(target)
      }
    }
  }

  /** What was kept because its message was unknown; the channel is in the name of the stream. */
  const foldKept = (id: string, data: Extract<EndpointEvent, { type: 'ReportKept' }>['data']): void => {
    if (isEarly(data.kind)) reports.kept(id.slice(0, id.indexOf('.')), data.report as EarlyReport)
  }

  const fold = (recorded: Recorded, touched: Set<string>): void => {
    const id = idOf(recorded.stream)
    const category = categoryOf(recorded.stream)
    if (category === 'endpoint') {
      const event = endpointEvents.upcast(recorded)
      if (event?.type === 'ReportKept') foldKept(id, event.data as never)
      return
    }
    if (category === 'customer') {
      const event = customerEvents.upcast(recorded)
      if (event?.type === 'TimeZoneLearnt') zones.set(id, event.data.zone)
      if (event?.type === 'SegmentAssigned') segments.set(id, event.data.segment)
      if (event?.type === 'CustomerForgotten') for (const trait of [zones, segments]) trait.delete(id)
      if (event) book.fold(id, event as Fact<CustomerEvent>)
      return
    }
    const event = conversationEvents.upcast(recorded) as Fact<ConversationEvent> | undefined
    if (event) foldConversation(id, event)
    if (event) contacts.fold(id, event)
    if (event) notices.fold(id, event)
    reports.written(recorded.meta.causationId)
    const thread = known.get(id)?.thread
    if (thread !== undefined && watchers.has(thread)) touched.add(thread)
  }

  const run = async (): Promise<void> => {
    const options = { after: START, categories: ['customer', 'conversation', 'endpoint'], types: TYPES }
    for await (const page of store.subscribe(options, signal)) {
      const touched = new Set<string>()
      for (const event of page.events) fold(event, touched)
      position = page.position
      rings.ring(position)
      for (const key of touched) for (const listener of watchers.get(key) ?? []) listener()
      for (const listener of listeners) listener()
    }
  }

  const ended = run().finally(() => stopping.abort())
  ended.catch(() => {})

  return {
    customerOf(identifier) {
      const [owner] = book.ownersOf(identifier)
      return owner === undefined ? undefined : book.survivorOf(owner)
    },
    ownersOf: book.ownersOf,
    survivorOf: book.survivorOf,
    areApart: book.areApart,
    membersOf: book.membersOf,
    currentOf,
    lastOf: contacts.lastOf,
    notices,
    zoneOf: (customers) => customers.map((id) => zones.get(id)).find((zone) => zone !== undefined),
    segmentOf: (customers) => customers.map((id) => segments.get(id)).find((one) => one !== undefined),
    thread: (channel, endpoint, peer) => threads.get(threadKey(channel, endpoint, peer)),
    sent: (channel, providerId) => sentBy.get(`${channel}/${providerId}`),
    receivedAs: (channel, providerId) => received.get(`${channel}/${providerId}`),
    early: reports.ready,
    settled: reports.settled,
    onPage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get position() {
      return position
    },
    reached: (wanted) => reach(wanted, () => position, rings, stopping.signal, 'The directory'),
    watch(channel, endpoint, peer, listener) {
      const key = threadKey(channel, endpoint, peer)
      const listeners = watchers.get(key) ?? new Set()
      watchers.set(key, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) watchers.delete(key)
      }
    },
    ended,
  }
}
