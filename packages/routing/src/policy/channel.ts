import { described, integer, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'
import { span } from './span.js'

/** What a ticket of a channel holds of an agent's capacity. */
export const channel = record(
  {},
  {
    cost: described(integer(0, 1_000_000), "What a ticket holds of an agent's capacity.", 1),
    wrapUp: described(
      span,
      'How long it holds it after the ticket is resolved, in ms, unless the agent has finished before.',
      0,
    ),
    consultCost: described(
      integer(0, 1_000_000),
      'What helping a colleague holds. Left out: as much as the ticket.',
    ),
    interruptible: described(
      t.boolean,
      'Other work may come on top: it counts only against work that is interruptible too.',
      false,
    ),
    dormancy: described(
      record({
        after: described(span, 'Nobody said anything for so long, in ms.'),
        keeps: described(integer(0, 100), 'Percent of the cost that is still held.'),
        onWake: described(
          oneOf('overcommit', 'requeue', 'wait'),
          'When the agent has no room any more: over capacity, and flagged; to the queue; or when they have.',
        ),
      }),
      'Conversations where nobody says anything hold less. Left out: they hold their cost.',
    ),
  },
)
