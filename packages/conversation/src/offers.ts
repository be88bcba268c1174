import type { Instant } from '@ramal/core'
import type { ConversationEvent } from './events.js'
import { openOffers } from './queries.js'
import { type Decision, refuse, so } from './refusal.js'
import type { Conversation, Offer } from './shape.js'

const GONE = {
  accepted: 'it was accepted already',
  declined: 'it was declined',
  expired: 'it has expired',
  revoked: 'it was revoked',
  superseded: 'another agent accepted the ticket first',
} as const

/** The offer, if the agent can still answer it. The log's order decides: until it says expired, it is not. */
const answerable = (
  state: Readonly<Conversation>,
  id: string,
  agent: string,
): { readonly offer: Offer } | { readonly refusal: Decision } => {
  const offer = Object.hasOwn(state.offers, id) ? state.offers[id] : undefined
  if (!offer) return { refusal: refuse('unknownOffer', `There is no offer ${id} of this ticket.`) }
  if (offer.agent !== agent)
    return { refusal: refuse('notYourOffer', `Offer ${id} was made to ${offer.agent}, not to ${agent}.`) }
  return { offer }
}

export const decideAccept = (state: Readonly<Conversation>, id: string, agent: string): Decision => {
  const found = answerable(state, id, agent)
  if ('refusal' in found) return found.refusal
  const { outcome } = found.offer
  // The same answer again is no news.
  if (outcome === 'accepted' && state.assignee === agent) return so()
  if (outcome !== 'open') return refuse('offerGone', `Offer ${id} cannot be accepted: ${GONE[outcome]}.`)
  const others = openOffers(state).filter(([other]) => other !== id)
  // The others end first: at no event of the log is a ticket both assigned and offered.
  return so(
    ...others.map(
      ([other, { agent: loser }]): ConversationEvent => ({
        type: 'OfferSuperseded',
        data: { offer: other, agent: loser, by: id },
      }),
    ),
    { type: 'OfferAccepted', data: { offer: id, agent } },
  )
}

export const decideDecline = (
  state: Readonly<Conversation>,
  id: string,
  agent: string,
  reason: string | undefined,
  retryAt: Instant | undefined,
): Decision => {
  const found = answerable(state, id, agent)
  if ('refusal' in found) return found.refusal
  const { outcome } = found.offer
  if (outcome === 'declined') return so()
  if (outcome !== 'open') return refuse('offerGone', `Offer ${id} cannot be declined: ${GONE[outcome]}.`)
  return so({ type: 'OfferDeclined', data: { offer: id, agent, reason, retryAt } })
}

/** When the ticket leaves the queue by another way, nobody may answer its offers any more. */
export const revokeOffers = (state: Readonly<Conversation>, reason: string): readonly ConversationEvent[] =>
  openOffers(state).map(([offer, { agent }]) => ({ type: 'OfferRevoked', data: { offer, agent, reason } }))
