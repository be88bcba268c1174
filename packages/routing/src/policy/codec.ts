import { type Deep, described, integer, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'
import { calendar } from '../calendar/index.js'
import { channel } from './channel.js'
import { queue, type RANKINGS } from './queue.js'
import { rule } from './rule.js'
import { span } from './span.js'
import type { escalation, relaxationStep } from './waiting.js'

/**
 * How tickets are classified, ordered, matched and ended: data, with a version and a hash. What it leaves out has
 * the default given with its field.
 */
export const policyCodec = record(
  {
    name: described(nonEmpty, 'For explanations and reports.'),
    classification: described(
      t.array(rule),
      'The first rule that holds classifies a ticket; one without `when` holds always, and the last must.',
    ),
    queues: described(t.record(t.string, queue), 'The queues, by name.'),
  },
  {
    channels: described(t.record(t.string, channel), 'By the name of the channel.', {}),
    calendars: described(t.record(t.string, calendar), 'Business hours, by name.', {}),
    order: described(
      oneOf('ageing', 'deadline'),
      'By what waiting tickets are ordered. `ageing`: priority and wait; `deadline`: earliest target first.',
      'ageing',
    ),
    slope: described(
      integer(0, 1000),
      'Points of priority that a ticket gains with each second that it waits.',
      1,
    ),
    restartWaitOn: described(
      t.array(oneOf('transfer', 'requeue', 'reopen', 'escalation')),
      'Which events start the wait anew.',
      ['reopen'],
    ),
    reopenWithin: described(
      span,
      'How long a resolved conversation can be reopened by a message, in ms.',
      86_400_000,
    ),
    reopenPrefersLastFor: described(
      span,
      'A ticket that is reopened, or wakes after it was parked, waits so long for who had it last, in ms, while they are present.',
      0,
    ),
    transferWaits: described(
      span,
      'A transfer to an agent waits so long for them, in ms, while they are present.',
      60_000,
    ),
    transferExcludesFor: described(
      span,
      'Who transferred a ticket is not asked for it for so long, in ms.',
      60_000,
    ),
    requeueWhenAwayFor: described(
      span,
      'Tickets of an agent who is away, without having signed out, go back after so long, in ms. Left out: never.',
    ),
    onPublish: described(
      oneOf('keep', 'reclassify'),
      'Whether tickets that wait are classified again when a policy is published; what people transferred stays where they put it.',
      'keep',
    ),
    seed: described(nonEmpty, 'Names the draws of allocations and of exploration. Left out: the name.'),
  },
)

export type PolicyData = Deep<t.TypeOf<typeof policyCodec>>
export type Rule = PolicyData['classification'][number]
export type RelaxationStep = Deep<t.TypeOf<typeof relaxationStep>>
export type Escalation = Deep<t.TypeOf<typeof escalation>>
export type Ranking = (typeof RANKINGS)[number]
