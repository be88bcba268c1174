import {
  described,
  duration,
  integer,
  type JsonSchema,
  jsonSchemaOf,
  nonEmpty,
  oneOf,
  record,
} from '@ramal/core'
import { purpose as anyPurpose, timeZone } from '@ramal/customer'
import * as t from 'io-ts'
import { timeOfDay } from './time-of-day.js'
import { DAYS } from './wall-clock.js'

export const messagePurpose = oneOf(
  'service',
  'order',
  'transaction',
  'appointment',
  'delivery',
  'update',
  'marketing',
)

const purposeRule = record(
  {},
  {
    consent: described(
      oneOf('optIn', 'optOut', 'answer', 'none'),
      'optIn: only to who has agreed. optOut: to all but those who have withdrawn their consent. answer: as optOut, and again to who has asked something since they withdrew it. none: to all; what the provider stops is stopped all the same.',
    ),
    quietHours: described(t.boolean, 'Whether quiet hours hold for it.'),
    validFor: described(
      duration,
      'So long after it was requested it is of use, in ms; a message may say otherwise of itself.',
    ),
  },
)

const period = record(
  {
    from: described(timeOfDay, 'HH:MM by the clock on the wall.'),
    to: described(timeOfDay, 'HH:MM; before `from`, it is that of the next day.'),
  },
  { days: described(t.array(oneOf(...DAYS)), 'The days on which it begins; otherwise every day.') },
)

const action = oneOf('defer', 'refuse')

const quietHoursRule = record(
  {
    zone: described(timeZone, 'The time zone of customers whose own is not known.'),
    periods: described(t.array(period), 'It is quiet in each of these.'),
  },
  { action: described(action, 'Wait for their end, or do not send it at all.', 'defer') },
)

const capRule = record(
  {
    most: described(integer(0), 'So many messages to one customer,'),
    per: described(duration, 'in any so many ms.'),
  },
  {
    name: described(nonEmpty, 'For explanations.'),
    purposes: described(t.array(messagePurpose), 'Counts messages for these; otherwise for all but service.'),
    channels: described(t.array(nonEmpty), 'Counts messages on these; otherwise on all.'),
    action: described(action, 'Do not send it at all, or wait for room.', 'refuse'),
  },
)

const words = t.array(nonEmpty)

const keywordsRule = record(
  {},
  {
    stop: described(words, 'Whole messages by which a customer wants to be left alone.'),
    ambiguous: described(words, 'As `stop`, but not while an agent has the ticket.'),
    start: described(words, 'Whole messages by which a customer who said stop wants to hear from us again.'),
    purpose: described(anyPurpose, 'What a stop word takes back.', 'all'),
    confirmStop: described(nonEmpty, 'What is answered to a stop word, once; otherwise nothing.'),
    confirmStart: described(nonEmpty, 'What is answered to a start word, once; otherwise nothing.'),
  },
)

/** What may be sent to whom and when: data, with a hash. What it leaves out has the default given with its field. */
export const sendingRulesCodec = record(
  {},
  {
    name: described(nonEmpty, 'For explanations.', 'default'),
    purposes: described(
      t.partial({
        service: purposeRule,
        order: purposeRule,
        transaction: purposeRule,
        appointment: purposeRule,
        delivery: purposeRule,
        update: purposeRule,
        marketing: purposeRule,
      }),
      'What each purpose asks for; what is left out is as in the reference.',
    ),
    quietHours: described(quietHoursRule, 'When customers do not want to be written to; otherwise never.'),
    caps: described(t.array(capRule), 'The most that one customer gets; otherwise there is no limit.'),
    repliesWithin: described(
      duration,
      'How long what a customer writes is taken for an answer to a notification, in ms.',
      259_200_000,
    ),
    keywords: described(keywordsRule, 'On every channel but those of `keywordsOn`, and web chat.'),
    keywordsOn: described(
      t.record(t.string, keywordsRule),
      'By channel; what one of them leaves out is as in `keywords`.',
    ),
  },
)

/** The JSON Schema (draft 2020-12) of sending rules, for editors. What it cannot see, `parseSendingRules` does. */
export const sendingRulesSchema = (): JsonSchema => {
  const options = { closed: true, title: 'Sending rules of Ramal' }
  const { properties, ...schema } = jsonSchemaOf(sendingRulesCodec, options)
  const own = { type: 'string', description: 'Where this schema is, for editors; not part of the rules.' }
  return { ...schema, properties: { $schema: own, ...(properties as JsonSchema) } }
}
