import { requirement } from '@ramal/conversation'
import { described, integer, nonEmpty, record } from '@ramal/core'
import * as t from 'io-ts'
import { condition } from './condition.js'
import { span } from './span.js'

export const priority = integer(-1_000_000, 1_000_000)
export const band = integer(-1000, 1000)

const agents = t.union([t.literal('last'), t.array(nonEmpty)])

const allocation = record({
  queue: described(nonEmpty, 'The name of a queue.'),
  weight: described(integer(0, 1_000_000), 'Its share, in relation to the sum of all weights.'),
})

/** How a ticket is classified. */
export const rule = record(
  {
    queue: described(
      t.union([nonEmpty, t.array(allocation)]),
      'One queue, or several with weights: each ticket goes to one of them by a draw that its id decides.',
    ),
  },
  {
    name: described(nonEmpty, 'For explanations. Left out: its place in the list.'),
    when: described(condition, 'Which tickets it is for. The last rule must be for all.', {}),
    priority: described(
      priority,
      'Points that a ticket begins with; it gains `slope` of them each second.',
      0,
    ),
    band: described(
      band,
      'Tickets of a higher band go before all of a lower one, however long those wait.',
      0,
    ),
    expedite: described(t.boolean, 'Before all others of its band.', false),
    requirements: described(t.array(requirement), 'What an agent must have; all of it.', []),
    labels: described(t.array(nonEmpty), 'Added to those that the ticket has.', []),
    prefer: described(
      record({
        agents: described(agents, "`last`: who had this customer's ticket last. Or the ids of agents."),
        for: described(span, 'How long it waits for them, in ms, while one of them is available.'),
      }),
      'Waits for certain agents at first.',
    ),
    exclude: described(
      agents,
      "Never offered to these: `last`, who had this customer's ticket last, or ids of agents.",
    ),
  },
)
