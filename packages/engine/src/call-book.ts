import { setMaxListeners } from 'node:events'
import type { LiveCall } from '@ramal/channel'
import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { bell, type EventStore, type Fact, type Instant, idOf, type Position, START } from '@ramal/core'
import { reach } from './reach.js'

/** Whom the caller is to be connected to: because of an offer, or because they have the ticket. */
export interface Wanted {
  readonly agent: string
  /** The offer, or what gave them the ticket: names the attempt, the same in every process. */
  readonly cause: string
  readonly offer: string | undefined
  readonly expiresAt: Instant | undefined
}

export interface BookedLeg {
  readonly agent: string
  over: boolean
}

/** A call that goes on. */
export interface BookedCall extends LiveCall {
  readonly conversation: string
  readonly channel: string
  readonly legs: Map<string, BookedLeg>
  /** Who talks to the customer. */
  agent: string | undefined
  /** What the provider calls it, where that is another name. */
  name: string | undefined
  /** Where we call the customer: their number, whether they have answered, and why the agent may not. */
  readonly placed: { readonly to: string; answered: boolean; refused: string | undefined } | undefined
}

/** A conversation that is not closed, as far as calls are concerned. */
interface Desk {
  readonly channel: string
  readonly endpoint: string
  readonly offers: Map<string, Wanted>
  assigned: Wanted | undefined
  call: BookedCall | undefined
  /** When the last call ended, while its ticket is not resolved. */
  endedAt: Instant | undefined
}

/** What is known of calls: a fold of the log that follows it. */
export interface CallBook {
  /** The conversation of a call, also of one that is over; by our name of it or the provider's. */
  conversationOf(channel: string, call: string): string | undefined
  /** Our name of a call, by whichever. */
  nameOf(channel: string, call: string): string
  readonly live: ReadonlyMap<string, BookedCall>
  /** Whom a call is to be connected to; the assignee alone, if there is one. */
  wanted(call: BookedCall): readonly Wanted[]
  /** Tickets whose call is over and that nobody has resolved, with when it ended. */
  readonly after: ReadonlyMap<string, { readonly channel: string; readonly endedAt: Instant }>
  readonly position: Position
  /** Resolves when everything up to here is known. */
  reached(position: Position): Promise<void>
  /** Calls back after each page of the log. */
  onPage(listener: () => void): () => void
  readonly ended: Promise<void>
}

const TYPES = [
  'ConversationOpened',
  'CallOffered',
  'CallPlaced',
  'CallNamed',
  'CallRang',
  'CallMissed',
  'CallReleased',
  'CallAnswered',
  'CallEnded',
  'OfferIssued',
  'OfferAccepted',
  'OfferDeclined',
  'OfferExpired',
  'OfferRevoked',
  'OfferSuperseded',
  'TicketPicked',
  'PickRefused',
  'TicketTransferred',
  'TicketRequeued',
  'TicketParked',
  'TicketWoken',
  'ConversationResolved',
  'ConversationAbandoned',
  'ConversationClosed',
]

export const startCallBook = (store: EventStore, signal: AbortSignal): CallBook => {
  const desks = new Map<string, Desk>()
  const live = new Map<string, BookedCall>()
  const conversations = new Map<string, string>()
  const named = new Map<string, string>()
  const after = new Map<string, { readonly channel: string; readonly endedAt: Instant }>()
  const listeners = new Set<() => void>()
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const rings = bell(START)
  let position: Position = START

  const foldCall = (id: string, desk: Desk, { type, data, meta }: Fact<ConversationEvent>): void => {
    const { channel, endpoint, call } = desk
    switch (type) {
      case 'CallOffered':
      case 'CallPlaced': {
        const key = `${channel}/${data.call}`
        conversations.set(key, id)
        after.delete(id)
        desk.call = {
          conversation: id,
          channel,
          endpoint,
          call: data.call,
          legs: new Map(),
          agent: undefined,
          name: undefined,
          placed: type === 'CallPlaced' ? { to: data.to, answered: false, refused: undefined } : undefined,
        }
        live.set(key, desk.call)
        return
      }
      case 'CallNamed':
        named.set(`${channel}/${data.name}`, data.call)
        conversations.set(`${channel}/${data.name}`, id)
        if (call?.call === data.call) call.name = data.name
        return
      case 'CallRang':
        call?.legs.set(data.leg, { agent: data.agent, over: false })
        return
      case 'CallMissed':
      case 'CallReleased': {
        const leg = call?.legs.get(data.leg)
        if (leg) leg.over = true
        return
      }
      case 'CallAnswered':
        if (call) call.agent = data.agent
        if (call?.placed) call.placed.answered = true
        return
      case 'PickRefused':
        if (call?.placed) call.placed.refused = data.verdict
        return
      case 'CallEnded':
        live.delete(`${channel}/${data.call}`)
        if (call?.call !== data.call) return
        desk.call = undefined
        after.set(id, { channel, endedAt: meta.at })
        return
      case 'TicketTransferred':
        if (call && data.to.kind !== 'outside') call.agent = undefined
        return
    }
  }

  const foldTicket = (id: string, desk: Desk, { type, data, meta }: Fact<ConversationEvent>): void => {
    switch (type) {
      case 'OfferIssued': {
        const { offer, agent, expiresAt } = data
        desk.offers.set(offer, { agent, cause: offer, offer, expiresAt })
        return
      }
      case 'OfferAccepted': {
        const { offer, agent } = data
        desk.assigned = { agent, cause: offer, offer, expiresAt: undefined }
        desk.offers.clear()
        return
      }
      case 'OfferDeclined':
      case 'OfferExpired':
      case 'OfferRevoked':
      case 'OfferSuperseded':
        desk.offers.delete(data.offer)
        return
      case 'TicketPicked':
        desk.assigned = { agent: data.agent, cause: meta.id, offer: undefined, expiresAt: undefined }
        return
      case 'TicketTransferred':
      case 'TicketRequeued':
      case 'TicketParked':
        desk.assigned = undefined
        return
      case 'TicketWoken':
        after.delete(id)
        return
      case 'ConversationResolved':
      case 'ConversationAbandoned':
        desk.assigned = undefined
        after.delete(id)
        return
      case 'ConversationClosed':
        after.delete(id)
        desks.delete(id)
        return
    }
  }

  const fold = (id: string, event: Fact<ConversationEvent>): void => {
    if (event.type === 'ConversationOpened') {
      const { channel, endpoint } = event.data
      const fresh = { offers: new Map(), assigned: undefined, call: undefined, endedAt: undefined }
      desks.set(id, { channel, endpoint, ...fresh })
      return
    }
    const desk = desks.get(id)
    if (!desk) return
    foldCall(id, desk, event)
    foldTicket(id, desk, event)
  }

  const run = async (): Promise<void> => {
    const options = { after: START, categories: ['conversation'], types: TYPES }
    for await (const page of store.subscribe(options, signal)) {
      for (const recorded of page.events) {
        const event = conversationEvents.upcast(recorded)
        if (event) fold(idOf(recorded.stream), event as Fact<ConversationEvent>)
      }
      position = page.position
      rings.ring(position)
      if (page.caughtUp) for (const listener of listeners) listener()
    }
  }

  const ended = run().finally(() => stopping.abort())
  ended.catch(() => {})

  return {
    conversationOf: (channel, call) => conversations.get(`${channel}/${call}`),
    nameOf: (channel, call) => named.get(`${channel}/${call}`) ?? call,
    live,
    wanted({ conversation }) {
      const desk = desks.get(conversation)
      if (desk?.assigned) return [desk.assigned]
      return [...(desk?.offers.values() ?? [])]
    },
    after,
    get position() {
      return position
    },
    reached: (wanted) => reach(wanted, () => position, rings, stopping.signal, 'The book of calls'),
    onPage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ended,
  }
}
