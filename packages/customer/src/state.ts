import { dictionary, type Instant, type Reducer } from '@ramal/core'
import { type Consents, grant, withdraw } from './consent.js'
import { type CustomerEvent, customerEvents } from './events.js'
import { type Identifier, identifierKey } from './identifier.js'

export interface Customer extends Consents {
  known: boolean
  name: string | undefined
  /** By `identifierKey`. */
  identifiers: Record<string, Identifier>
  /** Customers merged into this one and not split off again. */
  merged: string[]
  /** The customer whom this one was merged into. */
  into: string | undefined
  /** Customers whom somebody has told apart from this one. */
  apart: string[]
  /** Since when they are known. */
  since: Instant
  /** Where their clock is, where that is known. */
  timeZone: string | undefined
  /** What the brand calls customers like this one. */
  segment: string | undefined
  forgotten: boolean
}

const addIdentifiers = (draft: Customer, identifiers: readonly Identifier[]): void => {
  for (const identifier of identifiers) draft.identifiers[identifierKey(identifier)] = identifier
}

export const customerReducer: Reducer<CustomerEvent, Customer> = {
  events: customerEvents,
  initial: () => ({
    known: false,
    name: undefined,
    identifiers: dictionary(),
    merged: [],
    into: undefined,
    apart: [],
    since: 0,
    consent: dictionary(),
    stopped: dictionary(),
    timeZone: undefined,
    segment: undefined,
    forgotten: false,
  }),
  apply(draft, { type, data, meta: { at } }) {
    switch (type) {
      case 'CustomerIdentified':
        if (!draft.known) draft.since = at
        draft.known = true
        draft.name = data.name ?? draft.name
        return addIdentifiers(draft, data.identifiers)
      case 'CustomerNamed':
        draft.name = data.name
        return
      case 'IdentifierLinked':
        return addIdentifiers(draft, [data.identifier])
      case 'IdentifierUnlinked':
        delete draft.identifiers[identifierKey(data.identifier)]
        return
      case 'CustomersMerged':
        if (!draft.merged.includes(data.merged)) draft.merged.push(data.merged)
        draft.apart = draft.apart.filter((id) => id !== data.merged)
        return
      case 'CustomersSplit':
        draft.merged = draft.merged.filter((id) => id !== data.split)
        draft.apart.push(data.split)
        return
      case 'CustomerAbsorbed':
        draft.into = data.into
        draft.apart = draft.apart.filter((id) => id !== data.into)
        return
      case 'CustomerReleased':
        draft.into = undefined
        draft.apart.push(data.from)
        return
      case 'ConsentGranted':
        return grant(draft, data, at)
      case 'ConsentWithdrawn':
        return withdraw(draft, data, at)
      case 'TimeZoneLearnt':
        draft.timeZone = data.zone
        return
      case 'SegmentAssigned':
        draft.segment = data.segment
        return
      case 'CustomerForgotten':
        draft.forgotten = true
        draft.name = undefined
        draft.identifiers = dictionary()
        draft.timeZone = undefined
        draft.segment = undefined
        return
    }
  },
}
