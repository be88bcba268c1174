import type { MessageReported, StatusReported } from './channel-event.js'
import type { Reported } from './reported.js'

// The two events that webhooks bring all the time, put together field by field: each field that is added to a copy of
// another object costs more than ten that are named.

/** What an event says besides what all events say. */
type Said<E extends Reported> = Omit<E, keyof Reported | 'kind'> & Pick<Reported, 'raw'>

// What may be missing is added by name: a loop over names costs more than all else that is done here.

type Mutable<E> = { -readonly [K in keyof E]: E[K] }

/** A message. Fields that are undefined are left out; `raw` here goes before that of `base`. */
export const messageReported = (base: Reported, said: Said<MessageReported>): MessageReported => {
  const { dedupeKey, at, endpoint, peer, profileName } = base
  const { providerId, content, replyTo, forwarded, referral, raw = base.raw } = said
  const event: Mutable<MessageReported> = {
    kind: 'message',
    dedupeKey,
    at,
    endpoint,
    peer,
    providerId,
    content,
  }
  if (profileName !== undefined) event.profileName = profileName
  if (replyTo !== undefined) event.replyTo = replyTo
  if (forwarded !== undefined) event.forwarded = forwarded
  if (referral !== undefined) event.referral = referral
  if (raw !== undefined) event.raw = raw
  return event
}

/** A step of one of our messages, likewise. */
export const statusReported = (base: Reported, said: Said<StatusReported>): StatusReported => {
  const { dedupeKey, at, endpoint, peer, profileName } = base
  const { providerId, to, correlation, reason, code, purpose, pricing, raw = base.raw } = said
  const event: Mutable<StatusReported> = { kind: 'status', dedupeKey, at, endpoint, peer, providerId, to }
  if (profileName !== undefined) event.profileName = profileName
  if (correlation !== undefined) event.correlation = correlation
  if (reason !== undefined) event.reason = reason
  if (code !== undefined) event.code = code
  if (said.class !== undefined) event.class = said.class
  if (purpose !== undefined) event.purpose = purpose
  if (pricing !== undefined) event.pricing = pricing
  if (raw !== undefined) event.raw = raw
  return event
}
