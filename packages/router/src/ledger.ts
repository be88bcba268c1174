import {
  type EventOf,
  eventFamily,
  eventType,
  instant,
  integer,
  nonEmpty,
  type Reducer,
  record,
  type StreamName,
  streamName,
} from '@ramal/core'
import * as t from 'io-ts'

/**
 * The stream `router-DOMAIN`. Every pass writes here at the version it expects, together with what it decided:
 * that is how at most one router decides, without a lock.
 */
export const ledgerEvents = eventFamily(
  'router',
  eventType('TermStarted', record({ term: integer(1), router: nonEmpty })),
  eventType(
    'PassCompleted',
    record(
      {
        pass: nonEmpty,
        term: integer(1),
        /** The position up to which the log was known. */
        basis: t.string,
        decidedAt: instant,
        policy: nonEmpty,
        /** Digest of the state at the basis. */
        state: nonEmpty,
        decisions: integer(1),
      },
      /** It looked at offers alone; see `PassInput`. */
      {
        onlyOffers: t.boolean,
        /** Of decisions, at which it ended. */
        most: integer(1),
      },
    ),
  ),
  /** What the shadow policy would have done with what this pass offers. Written before the pass completes. */
  eventType(
    'ShadowDecided',
    record({
      pass: nonEmpty,
      policy: nonEmpty,
      choices: t.array(
        record(
          { ticket: nonEmpty, agent: nonEmpty },
          { queue: t.string, shadowQueue: t.string, shadowAgent: t.string },
        ),
      ),
    }),
  ),
)

export type LedgerEvent = EventOf<typeof ledgerEvents>

export interface Ledger {
  /** -1: nothing written yet. */
  version: number
  term: number
  router: string | undefined
}

export const ledgerReducer: Reducer<LedgerEvent, Ledger> = {
  events: ledgerEvents,
  initial: () => ({ version: -1, term: 0, router: undefined }),
  apply(draft, { type, data, version }) {
    draft.version = version
    if (type === 'TermStarted') {
      draft.term = data.term
      draft.router = data.router
    }
  },
}

export const ledgerStream = (domain: string): StreamName => streamName('router', domain)
