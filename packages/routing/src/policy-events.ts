import { type Decider, type EventOf, eventFamily, eventType, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type Policy, policyCodec } from './policy.js'

export const policyEvents = eventFamily(
  'policy',
  eventType('PolicyPublished', record({ hash: nonEmpty, data: policyCodec })),
)

export type PolicyEvent = EventOf<typeof policyEvents>

export interface PublishPolicy {
  readonly type: 'publish'
  readonly policy: Policy
}

/** The stream `policy-DOMAIN`: which policy holds. Publishing the one that holds changes nothing. */
export const policyDecider: Decider<PublishPolicy, PolicyEvent, { hash: string | undefined }, never> = {
  events: policyEvents,
  initial: () => ({ hash: undefined }),
  apply(draft, { data }) {
    draft.hash = data.hash
  },
  decide: ({ policy: { hash, data } }, state) =>
    E.right(state.hash === hash ? [] : [{ type: 'PolicyPublished', data: { hash, data } } as PolicyEvent]),
}
