import type { ConversationEvent } from '@ramal/conversation'
import { type EventStore, type Position, type Recorded, START, streamName } from '@ramal/core'
import {
  applyToRouting,
  type Explanation,
  explanationOf,
  initialState,
  ROUTING_CATEGORIES,
  type RoutingState,
  route,
} from '@ramal/routing'
import { none, type Option, some } from 'fp-ts/lib/Option.js'

/** The state as it was at a position: the fold of the log up to it. */
export const stateAt = async (store: EventStore, basis: Position): Promise<RoutingState> => {
  const state = initialState()
  const categories = [...ROUTING_CATEGORIES]
  for await (const { events } of store.readAll({ after: START, categories }))
    for (const event of events) {
      if (event.position > basis) return state
      applyToRouting(state, event)
    }
  return state
}

type Issued = Recorded<Extract<ConversationEvent, { type: 'OfferIssued' }>>

const findOffer = async (
  store: EventStore,
  conversation: string,
  offer: string | undefined,
): Promise<Issued | undefined> => {
  let last: Issued | undefined
  for await (const { events } of store.read(streamName('conversation', conversation)))
    for (const event of events)
      if (event.type === 'OfferIssued') {
        last = event as Issued
        if (last.data.offer === offer) return last
      }
  return offer === undefined ? last : undefined
}

/**
 * Why this offer was made, or where none is named the last one of the conversation: the pass is run again on the log up to its basis, and this time everybody's verdict
 * is kept. None when there is no such offer.
 */
export const explainOffer = async (
  store: EventStore,
  conversation: string,
  offer?: string,
): Promise<Option<Explanation>> => {
  const issued = await findOffer(store, conversation, offer)
  if (!issued) return none
  const { decision, agent } = issued.data
  const state = await stateAt(store, decision.basis as Position)
  const { policy } = state
  if (!policy) return none
  let explanation: Option<Explanation> = none
  const now = issued.meta.at
  const input = { pass: decision.pass, now, basis: decision.basis as Position, onlyOffers: true }
  route(state, input, (ticket, match) => {
    if (ticket.id !== conversation) return
    const facts = {
      now,
      chosen: agent,
      tieBreak: decision.tieBreak,
      waiting: decision.waiting,
      propensity: decision.propensity,
    }
    explanation = some(explanationOf(policy, ticket, match, facts))
  })
  return explanation
}
