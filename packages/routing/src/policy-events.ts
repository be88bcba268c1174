import {
  type Decider,
  type EventOf,
  eventFamily,
  eventType,
  hashOf,
  integer,
  nonEmpty,
  record,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type Zones, zones } from './calendar/index.js'
import { type Policy, policyCodec } from './policy/index.js'

const published = record({ hash: nonEmpty, data: policyCodec }, { zones })

export const policyEvents = eventFamily(
  'policy',
  eventType('PolicyPublished', published),
  /** Decides beside the policy that holds, and is only logged. */
  eventType('ShadowPolicyPublished', published),
  eventType('ShadowPolicyWithdrawn', record({})),
  /** How often agents resolved at the first contact: an input of the ranking `expectedResolution`. */
  eventType(
    'ResolutionEstimated',
    record({
      /** Names the definition and the moment that they were taken by. */
      version: nonEmpty,
      /** Of all contacts, in thousandths: for agents of whom nothing is known. */
      prior: integer(0, 1000),
      estimates: t.array(
        record({ agent: nonEmpty, permille: integer(0, 1000) }, { intent: nonEmpty, channel: nonEmpty }),
      ),
    }),
  ),
)

export type PolicyEvent = EventOf<typeof policyEvents>
export type ResolutionEstimated = Extract<PolicyEvent, { type: 'ResolutionEstimated' }>['data']

export type PolicyCommand =
  | { readonly type: 'publish'; readonly policy: Policy }
  | { readonly type: 'publishShadow'; readonly policy: Policy }
  | { readonly type: 'withdrawShadow' }
  | { readonly type: 'estimateResolution'; readonly estimates: ResolutionEstimated }

export interface PolicyState {
  /** Of the policy and of the clocks that it was compiled with: new rules of a time zone are news. */
  held: string | undefined
  shadow: string | undefined
  estimates: string | undefined
}

const dataOf = ({ hash, data, zones: of }: Policy) => ({ hash, data, zones: of })

const nameOf = ({
  hash,
  zones: of = {},
}: {
  readonly hash: string
  readonly zones?: Zones | undefined
}): string => `${hash}/${hashOf(of)}`

/** The stream `policy-DOMAIN`: which policy holds. Publishing the one that holds changes nothing. */
export const policyDecider: Decider<PolicyCommand, PolicyEvent, PolicyState, never> = {
  events: policyEvents,
  initial: () => ({ held: undefined, shadow: undefined, estimates: undefined }),
  apply(draft, { type, data }) {
    switch (type) {
      case 'PolicyPublished':
        draft.held = nameOf(data)
        return
      case 'ShadowPolicyPublished':
        draft.shadow = nameOf(data)
        return
      case 'ShadowPolicyWithdrawn':
        draft.shadow = undefined
        return
      case 'ResolutionEstimated':
        draft.estimates = data.version
        return
    }
  },
  decide(command, state) {
    const none: readonly PolicyEvent[] = []
    switch (command.type) {
      case 'publish':
        return E.right(
          state.held === nameOf(command.policy)
            ? none
            : [{ type: 'PolicyPublished', data: dataOf(command.policy) }],
        )
      case 'publishShadow':
        return E.right(
          state.shadow === nameOf(command.policy)
            ? none
            : [{ type: 'ShadowPolicyPublished', data: dataOf(command.policy) }],
        )
      case 'withdrawShadow':
        return E.right(state.shadow === undefined ? none : [{ type: 'ShadowPolicyWithdrawn', data: {} }])
      case 'estimateResolution':
        return E.right(
          state.estimates === command.estimates.version
            ? none
            : [{ type: 'ResolutionEstimated', data: command.estimates }],
        )
    }
  },
}
