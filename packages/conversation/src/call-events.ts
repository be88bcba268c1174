import { duration, eventType, nonEmpty, oneOf, personal, record } from '@ramal/core'
import { purpose } from '@ramal/customer'
import * as t from 'io-ts'

/** What becomes of calls. */
export const callEvents = [
  eventType('CallOffered', record({ call: nonEmpty }, { from: personal(t.string), to: t.string })),
  /** An agent calls the customer: their own phone is rung first, and the customer when they have answered it. */
  eventType('CallPlaced', record({ call: nonEmpty, agent: nonEmpty, to: personal(nonEmpty) }, { purpose })),
  /** What the provider calls a call that we placed. */
  eventType('CallNamed', record({ call: nonEmpty, name: nonEmpty })),
  /** An agent's phone rings, because of the offer if there is one. `leg` names this attempt. */
  eventType('CallRang', record({ call: nonEmpty, leg: nonEmpty, agent: nonEmpty }, { offer: t.string })),
  /** It rang in vain. */
  eventType(
    'CallMissed',
    record({
      call: nonEmpty,
      leg: nonEmpty,
      agent: nonEmpty,
      cause: oneOf('noAnswer', 'busy', 'rejected', 'failed'),
    }),
  ),
  /** It need not ring any longer, or that agent talks to the customer no more: the customer waits. */
  eventType('CallReleased', record({ call: nonEmpty, leg: nonEmpty, agent: nonEmpty })),
  eventType('CallAnswered', record({ call: nonEmpty }, { agent: t.string })),
  eventType('CallHeld', record({ call: nonEmpty })),
  eventType('CallResumed', record({ call: nonEmpty })),
  /** `duration`: how long the customer was connected, in ms. `outcome`: of a call that we placed. */
  eventType(
    'CallEnded',
    record(
      { call: nonEmpty, by: oneOf('customer', 'agent', 'system', 'unknown') },
      {
        ...{ cause: t.string, duration, recording: t.string, transferredTo: personal(t.string) },
        outcome: oneOf('answered', 'busy', 'noAnswer', 'rejected', 'failed', 'cancelled'),
      },
    ),
  ),
  /** Where the provider keeps what was said; often known only after the call. */
  eventType('CallRecorded', record({ call: nonEmpty, recording: nonEmpty }, { duration })),
] as const
