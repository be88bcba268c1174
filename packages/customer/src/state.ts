import type { Instant, Reducer } from '@ramal/core'
import { type CustomerEvent, customerEvents } from './events.js'
import { type Identifier, identifierKey } from './identifier.js'

export interface ConsentEntry {
  readonly granted: boolean
  readonly at: Instant
  readonly source: string
}

export interface Customer {
  known: boolean
  name: string | undefined
  /** By `identifierKey`. */
  identifiers: Record<string, Identifier>
  /** Customers merged into this one and not split off again. */
  merged: string[]
  /** By channel and purpose, see `consentKey`. What was said last holds. */
  consent: Record<string, ConsentEntry>
  forgotten: boolean
}

export const consentKey = (channel: string, purpose: string): string => `${channel}/${purpose}`

const addIdentifiers = (draft: Customer, identifiers: readonly Identifier[]): void => {
  for (const identifier of identifiers) draft.identifiers[identifierKey(identifier)] = identifier
}

export const customerReducer: Reducer<CustomerEvent, Customer> = {
  events: customerEvents,
  initial: () => ({
    known: false,
    name: undefined,
    identifiers: {},
    merged: [],
    consent: {},
    forgotten: false,
  }),
  apply(draft, { type, data, meta: { at } }) {
    switch (type) {
      case 'CustomerIdentified':
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
        return
      case 'CustomersSplit':
        draft.merged = draft.merged.filter((id) => id !== data.split)
        return
      case 'ConsentGranted':
        draft.consent[consentKey(data.channel, data.purpose)] = { granted: true, at, source: data.source }
        return
      case 'ConsentWithdrawn':
        draft.consent[consentKey(data.channel, data.purpose)] = { granted: false, at, source: data.source }
        return
      case 'CustomerForgotten':
        draft.forgotten = true
        draft.name = undefined
        draft.identifiers = {}
        return
    }
  },
}
