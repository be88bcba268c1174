import { setMaxListeners } from 'node:events'
import type { ChannelEvent } from '@ramal/channel'
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
  StoreError,
} from '@ramal/core'
import { type CustomerEvent, customerEvents, type Identifier, matchKey } from '@ramal/customer'
import { type EndpointEvent, endpointEvents } from './endpoint-events.js'

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
  /** After merges. */
  survivorOf(customer: string): string
  thread(endpoint: string, peer: Identifier): Thread | undefined
  /**
   * The conversation that a customer has at an endpoint and that is not over, under whichever of their identifiers
   * it was opened: a channel may name the same person by number today and by user id tomorrow.
   */
  currentOf(endpoint: string, customer: string): string | undefined
  /** Our message, by the provider's id of it. */
  sent(channel: string, providerId: string): SentBy | undefined
  /** A customer's message, by the provider's id of it. */
  receivedAs(channel: string, providerId: string): SentBy | undefined
  /** Reports on our messages that came before their sending was written down, by the provider's id. */
  orphans(channel: string, providerId: string): readonly StatusReported[]
  readonly position: Position
  /** Resolves when everything up to here is known. */
  reached(position: Position): Promise<void>
  /** Calls back when the thread has new events, with what is known by then. */
  watch(endpoint: string, peer: Identifier, listener: () => void): () => void
  readonly ended: Promise<void>
}

export const threadKey = (endpoint: string, peer: Identifier): string => `${endpoint}|${matchKey(peer)}`

type StatusReported = Extract<ChannelEvent, { kind: 'status' }>

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
  const customers = new Map<string, string>()
  const mergedInto = new Map<string, string>()
  const threads = new Map<string, Thread>()
  const known = new Map<string, Known>()
  /** Conversations that are not closed. */
  const live = new Map<string, { readonly endpoint: string; readonly customer: string }>()
  /** By the customer whom they were opened for; those that are closed are dropped when they are met. */
  const byCustomer = new Map<string, string[]>()
  const mergedFrom = new Map<string, Set<string>>()
  const sentBy = new Map<string, SentBy>()
  const received = new Map<string, SentBy>()
  const orphaned = new Map<string, StatusReported[]>()
  const watchers = new Map<string, Set<() => void>>()
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const rings = bell(START)
  let position: Position = START

  const survivorOf = (id: string): string => {
    let survivor = id
    for (let next = mergedInto.get(id); next !== undefined; next = mergedInto.get(next)) survivor = next
    return survivor
  }

  const currentOf = (endpoint: string, customer: string): string | undefined => {
    const own = (byCustomer.get(customer) ?? []).filter((id) => live.has(id))
    if (own.length > 0) byCustomer.set(customer, own)
    else byCustomer.delete(customer)
    const here = own.filter((id) => live.get(id)?.endpoint === endpoint).at(-1)
    if (here !== undefined) return here
    for (const merged of mergedFrom.get(customer) ?? []) {
      const found = currentOf(endpoint, merged)
      if (found !== undefined) return found
    }
    return undefined
  }

  const foldCustomer = (id: string, { type, data }: Fact<CustomerEvent>): void => {
    switch (type) {
      case 'CustomerIdentified':
        for (const identifier of data.identifiers) customers.set(matchKey(identifier), id)
        return
      case 'IdentifierLinked':
        customers.set(matchKey(data.identifier), id)
        return
      case 'IdentifierUnlinked':
        if (customers.get(matchKey(data.identifier)) === id) customers.delete(matchKey(data.identifier))
        return
      case 'CustomersMerged':
        if (survivorOf(id) === data.merged) return
        mergedInto.set(data.merged, id)
        mergedFrom.set(id, (mergedFrom.get(id) ?? new Set()).add(data.merged))
        return
      case 'CustomersSplit':
        mergedInto.delete(data.split)
        mergedFrom.get(id)?.delete(data.split)
        return
      case 'CustomerForgotten':
        for (const [key, customer] of customers) if (customer === id) customers.delete(key)
        return
    }
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
        const key = data.peer && threadKey(data.endpoint, data.peer)
        known.set(id, { channel: data.channel, thread: key })
        live.set(id, { endpoint: data.endpoint, customer: data.customer })
        const own = byCustomer.get(data.customer)
        if (own) own.push(id)
        else byCustomer.set(data.customer, [id])
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
        if (data.providerId !== undefined)
          received.set(`${channel}/${data.providerId}`, { conversation: id, message: data.message })
        return
      case 'MessageSent':
      case 'MessageEchoed':
      case 'DeliveryAdvanced':
        if (data.providerId === undefined) return
        sentBy.set(`${channel}/${data.providerId}`, { conversation: id, message: data.message })
        if (type === 'DeliveryAdvanced') orphaned.delete(`${channel}/${data.providerId}`)
        return
    }
  }

  /** A report that was kept because its message was unknown; the channel is in the name of the stream. */
  const foldKept = (id: string, data: Extract<EndpointEvent, { type: 'ReportKept' }>['data']): void => {
    if (data.kind !== 'status') return
    const report = data.report as StatusReported
    const key = `${id.slice(0, id.indexOf('.'))}/${report.providerId}`
    if (sentBy.has(key)) return
    const before = orphaned.get(key)
    if (before) before.push(report)
    else orphaned.set(key, [report])
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
      if (event) foldCustomer(id, event as Fact<CustomerEvent>)
      return
    }
    const event = conversationEvents.upcast(recorded)
    if (event) foldConversation(id, event as Fact<ConversationEvent>)
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
    }
  }

  const ended = run().finally(() => stopping.abort())
  ended.catch(() => {})

  return {
    customerOf: (identifier) => {
      const id = customers.get(matchKey(identifier))
      return id === undefined ? undefined : survivorOf(id)
    },
    survivorOf,
    currentOf: (endpoint, customer) => currentOf(endpoint, survivorOf(customer)),
    thread: (endpoint, peer) => threads.get(threadKey(endpoint, peer)),
    sent: (channel, providerId) => sentBy.get(`${channel}/${providerId}`),
    receivedAs: (channel, providerId) => received.get(`${channel}/${providerId}`),
    orphans: (channel, providerId) => orphaned.get(`${channel}/${providerId}`) ?? [],
    get position() {
      return position
    },
    async reached(wanted) {
      while (position < wanted) {
        if (stopping.signal.aborted) throw new StoreError('closed', 'The directory has ended.')
        await rings.wait(position, stopping.signal)
      }
    },
    watch(endpoint, peer, listener) {
      const key = threadKey(endpoint, peer)
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
