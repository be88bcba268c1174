import { requirement } from '@ramal/conversation'
import { described, integer, nonEmpty, record } from '@ramal/core'
import * as t from 'io-ts'
import { hours } from './condition.js'
import { band, priority } from './rule.js'
import { span } from './span.js'

const level = integer(0, 10)

/** What a ticket asks for after it has waited. Steps add up; each is later than the one before. */
export const relaxationStep = record(
  {
    after: described(span, 'Since it entered the queue, in ms; as with escalations, only while it waits.'),
  },
  {
    drop: described(t.array(nonEmpty), 'Skills that are no longer asked for.', []),
    lower: described(
      t.record(t.string, level),
      'Levels that are enough from now on, by skill; no level is raised.',
      {},
    ),
    requirements: described(t.array(requirement), 'Instead of all that was asked for.'),
    borrow: described(t.array(nonEmpty), 'Agents of these queues are asked too.', []),
    skipToWhenNobodyPresent: described(
      t.boolean,
      'This step is taken at once when nobody who is present could serve the step before.',
      false,
    ),
  },
)

const when = t.partial({
  waited: described(
    span,
    'It has waited so long, in ms, since it came; while somebody has it, or it is parked, does not count.',
  ),
  waiting: described(
    integer(0),
    'More than so many wait in the queue: those who came last are meant, until no more than that are left.',
  ),
  nobodyPresent: described(t.literal(true), 'Of the agents of the queue nobody is available.'),
  hours: described(hours, 'A calendar is open, or closed.'),
  offers: described(integer(1), 'So many offers of it ended without an accept.'),
})

const action = t.partial({
  queue: described(nonEmpty, 'It moves to this queue, and its relaxation begins anew.'),
  priority: described(priority, 'Its priority from now on.'),
  raise: described(priority, 'Added to its priority.'),
  band: described(band, 'Its band from now on.'),
  expedite: described(t.boolean, 'Before all others of its band.'),
  requirements: described(t.array(requirement), 'Instead of all that was asked for.'),
  labels: described(t.array(nonEmpty), 'Added to those that the ticket has.'),
  callBack: described(
    record({ after: described(span, 'In ms.') }),
    'The customer is promised a call, and the ticket is parked for so long.',
  ),
  close: described(
    record(
      { disposition: described(nonEmpty, 'How the contact ended, for the record.') },
      { message: described(nonEmpty, 'Sent to the customer.') },
    ),
    'The contact ends.',
  ),
})

/** What the policy does about a ticket that waits too long, or where nobody can come. */
export const escalation = record(
  { name: described(nonEmpty, 'By this name it happens once a ticket; no other escalation has it.') },
  {
    when: described(when, 'All that are given must hold.'),
    do: described(action, 'What happens then.'),
  },
)
