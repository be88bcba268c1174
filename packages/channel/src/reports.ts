import type { MessageReported, StatusReported } from './channel-event.js'
import { present } from './lenient.js'
import type { Reported } from './reported.js'

// The two events that webhooks bring all the time, put together field by field: each field that is added to a copy of
// another object costs more than ten that are named.

/** What an event says besides what all events say. */
type Said<E extends Reported> = Omit<E, keyof Reported | 'kind'> & Pick<Reported, 'raw'>

/** A message. Fields that are undefined are left out; `raw` here goes before that of `base`. */
export const messageReported = (base: Reported, said: Said<MessageReported>): MessageReported =>
  present<MessageReported>({
    kind: 'message',
    dedupeKey: base.dedupeKey,
    at: base.at,
    endpoint: base.endpoint,
    peer: base.peer,
    profileName: base.profileName,
    providerId: said.providerId,
    content: said.content,
    replyTo: said.replyTo,
    forwarded: said.forwarded,
    referral: said.referral,
    raw: said.raw ?? base.raw,
  }) as MessageReported

/** A step of one of our messages, likewise. */
export const statusReported = (base: Reported, said: Said<StatusReported>): StatusReported =>
  present<StatusReported>({
    kind: 'status',
    dedupeKey: base.dedupeKey,
    at: base.at,
    endpoint: base.endpoint,
    peer: base.peer,
    profileName: base.profileName,
    providerId: said.providerId,
    to: said.to,
    correlation: said.correlation,
    reason: said.reason,
    code: said.code,
    class: said.class,
    purpose: said.purpose,
    pricing: said.pricing,
    raw: said.raw ?? base.raw,
  }) as StatusReported
