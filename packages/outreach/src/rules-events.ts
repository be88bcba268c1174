import { type Decider, type EventOf, eventFamily, eventType, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { SendingRules, SendingRulesData } from './rules.js'
import { sendingRulesCodec } from './rules-codec.js'

/** The stream `sending-DOMAIN`: which sending rules hold, and have held. */
export const rulesEvents = eventFamily(
  'sending',
  eventType('SendingRulesPublished', record({ hash: nonEmpty, data: sendingRulesCodec })),
)

export type RulesEvent = EventOf<typeof rulesEvents>

export interface PublishRules {
  readonly type: 'publish'
  readonly rules: SendingRules
}

export interface PublishedRules {
  hash: string | undefined
  data: SendingRulesData | undefined
}

/** Publishing the rules that hold changes nothing. */
export const rulesDecider: Decider<PublishRules, RulesEvent, PublishedRules, never> = {
  events: rulesEvents,
  initial: () => ({ hash: undefined, data: undefined }),
  apply(draft, { data }) {
    draft.hash = data.hash
    draft.data = data.data
  },
  decide: ({ rules: { hash, data } }, state) =>
    E.right(
      state.hash === hash ? [] : [{ type: 'SendingRulesPublished', data: { hash, data } } as RulesEvent],
    ),
}
