import { described, integer, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'
import { span, spanAboveZero } from './span.js'
import { escalation, relaxationStep } from './waiting.js'

export const RANKINGS = [
  'longestIdle',
  'longestSinceOffered',
  'longestSinceAssigned',
  'longestSinceEnded',
  'longestAvailable',
  'roundRobin',
  'leastLoaded',
  'mostCapacity',
  'fewestTickets',
  'bestMatch',
  'expectedResolution',
] as const

/** Where tickets wait, and how they are offered. */
export const queue = record(
  {},
  {
    ranking: described(
      t.array(oneOf(...RANKINGS)),
      'Who is asked first among those who can: by the first that tells them apart, then by their id.',
      ['longestIdle'],
    ),
    offerExpiresAfter: described(spanAboveZero, 'How long an agent has to answer an offer, in ms.', 20_000),
    declineRetryAfter: described(
      span,
      'When an agent who declined may be asked again, where they did not say, in ms.',
      60_000,
    ),
    maxDeclines: described(
      integer(1, 1000),
      'An agent who declined it, or let it lapse, so often is not asked again. Left out: no limit.',
    ),
    expiryStopsOffers: described(
      t.boolean,
      'An agent who lets an offer lapse gets no more until they are back.',
      true,
    ),
    concurrentOffers: described(
      integer(1, 50),
      'So many agents are asked at a time; the first accept wins.',
      1,
    ),
    maxOffers: described(
      integer(1, 100_000),
      'After so many offers without an accept nobody is asked any more. Left out: no limit.',
    ),
    autoAccept: described(t.boolean, 'An offer counts as accepted at once.', false),
    relaxation: described(
      t.array(relaxationStep),
      'What is asked for after a wait, in the order of time.',
      [],
    ),
    escalations: described(
      t.array(escalation),
      'What happens to those who wait too long; while somebody is asked for one, when that ends.',
      [],
    ),
    hours: described(nonEmpty, 'Nothing is offered while this calendar is closed.'),
    target: described(
      span,
      'How long a ticket should wait at most, in ms; for the order `deadline` and for service levels.',
      0,
    ),
    share: described(
      integer(1, 1_000_000),
      "How much of all that waits in queues with shares may wait here, in relation to the others'. The queue that is furthest above its share is served first: a small share waits less. Left out: no shares.",
    ),
    explore: described(
      record({
        permille: described(integer(0, 1000), 'The chance, in thousandths.'),
        within: described(integer(0), 'How far the first score may be from the best.'),
      }),
      'With a chance, any of those whose first score is near the best is asked; the chance is logged.',
    ),
    silence: described(
      spanAboveZero,
      'An assignee who leaves the customer without an answer for so long, in ms, loses the ticket. Left out: never.',
    ),
  },
)
