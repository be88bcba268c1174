import { type Deep, described, keyed, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

const oneOrMore = t.union([nonEmpty, t.readonlyArray(nonEmpty)])

const facts = {
  channel: described(oneOrMore, 'The channel is this, or one of these.'),
  endpoint: described(oneOrMore, 'Our address that the customer wrote to or called.'),
  language: described(oneOrMore, 'The language of the ticket; one without a language matches none.'),
  intent: described(oneOrMore, 'What it is about; one without an intent matches none.'),
  segment: described(oneOrMore, 'What the brand calls customers like this one.'),
  label: described(oneOrMore, 'The ticket has this label, or one of these.'),
}

/** Whether a calendar of the policy is open or closed at the moment of the decision. */
export const hours = record({
  calendar: described(nonEmpty, 'The name of a calendar of the policy.'),
  is: described(oneOf('open', 'closed'), 'At the moment of the decision.'),
})
export type Hours = Deep<t.TypeOf<typeof hours>>

type Facts = Deep<t.TypeOfPartialProps<typeof facts>>

/** What a rule may ask of a ticket. All facts that are given must hold; `all`, `any` and `not` combine. */
export type Condition =
  | (Facts & { readonly hours?: Hours })
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

const plain = t.partial({ ...facts, hours: described(hours, 'A calendar is open, or closed.') })

export const condition: t.Type<Condition, unknown, unknown> = t.recursion<Condition, unknown, unknown>(
  'a condition',
  (self) =>
    keyed(
      'a condition',
      {
        all: record({ all: described(t.readonlyArray(self), 'All of these hold.') }),
        any: record({ any: described(t.readonlyArray(self), 'One of these holds.') }),
        not: record({ not: described(self, 'This does not hold.') }),
      },
      plain,
    ),
)
