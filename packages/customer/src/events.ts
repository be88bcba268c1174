import { type EventOf, eventFamily, eventType, nonEmpty, oneOf, personal, record } from '@ramal/core'
import * as t from 'io-ts'
import { identifier } from './identifier.js'
import { timeZone } from './time-zone.js'

/**
 * Why two identifiers are held to be one person: the provider said so in one payload, answered so to a send,
 * or reported a change; the site signed a login; an agent decided; a policy allowed equal phone numbers.
 */
export const evidence = record(
  { kind: oneOf('same-payload', 'send-answer', 'provider-change', 'signed-login', 'agent', 'same-number') },
  { detail: t.string },
)

const MESSAGE_PURPOSES = [
  'service',
  'order',
  'transaction',
  'appointment',
  'delivery',
  'update',
  'marketing',
] as const

/** What a message is for. Consent is given per channel and purpose; `service` answers what the customer asked. */
export const purpose = oneOf(...MESSAGE_PURPOSES, 'all')
export type Purpose = t.TypeOf<typeof purpose>

/** What one message is for. */
export const messagePurpose = oneOf(...MESSAGE_PURPOSES)
export type MessagePurpose = t.TypeOf<typeof messagePurpose>

const consent = record(
  {
    channel: nonEmpty,
    purpose,
    source: oneOf('customer', 'provider', 'agent', 'import', 'signup'),
  },
  { endpoint: t.string, words: personal(t.string), message: t.string },
)

export const customerEvents = eventFamily(
  'customer',
  eventType('CustomerIdentified', record({ identifiers: t.array(identifier) }, { name: personal(t.string) })),
  eventType('CustomerNamed', record({ name: personal(t.string) })),
  eventType('IdentifierLinked', record({ identifier, evidence })),
  eventType('IdentifierUnlinked', record({ identifier, reason: nonEmpty })),
  /** Written to the surviving customer's stream. */
  eventType('CustomersMerged', record({ merged: nonEmpty, evidence })),
  /** The merge is undone: `split` is a customer of its own again, with the identifiers it had. */
  eventType('CustomersSplit', record({ split: nonEmpty, reason: nonEmpty })),
  /** Of the same append as `CustomersMerged`, in the stream of the one who was merged. */
  eventType('CustomerAbsorbed', record({ into: nonEmpty, evidence })),
  /** Of the same append as `CustomersSplit`, in the stream of the one who was split off. */
  eventType('CustomerReleased', record({ from: nonEmpty, reason: nonEmpty })),
  eventType('ConsentGranted', consent),
  eventType('ConsentWithdrawn', consent),
  /** Where their clock is, for hours in which nobody wants to be written to. */
  eventType('TimeZoneLearnt', record({ zone: personal(timeZone) })),
  /** What the brand calls customers like this one; none: they belong to no segment any more. */
  eventType('SegmentAssigned', record({}, { segment: nonEmpty })),
  eventType('CustomerForgotten', record({ reason: nonEmpty })),
)

export type CustomerEvent = EventOf<typeof customerEvents>
