import { type Deep, keyed, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

const oneOrMore = t.union([nonEmpty, t.array(nonEmpty)])

const facts = {
  channel: oneOrMore,
  endpoint: oneOrMore,
  language: oneOrMore,
  intent: oneOrMore,
  segment: oneOrMore,
  /** The ticket has one of these labels. */
  label: oneOrMore,
}

/** Whether a calendar of the policy is open or closed at the moment of the decision. */
export const hours = record({ calendar: nonEmpty, is: oneOf('open', 'closed') })
export type Hours = Deep<t.TypeOf<typeof hours>>

type Facts = Deep<t.TypeOfPartialProps<typeof facts>>

/** What a rule may ask of a ticket. All facts that are given must hold; `all`, `any` and `not` combine. */
export type Condition =
  | (Facts & { readonly hours?: Hours })
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

const plain = t.partial({ ...facts, hours })

export const condition: t.Type<Condition, unknown, unknown> = t.recursion<Condition, unknown, unknown>(
  'a condition',
  (self) => {
    const combined = keyed('a condition', {
      all: record({ all: t.readonlyArray(self) }),
      any: record({ any: t.readonlyArray(self) }),
      not: record({ not: self }),
    })
    const pick = (u: unknown): t.Mixed =>
      typeof u === 'object' && u !== null && ['all', 'any', 'not'].some((key) => Object.hasOwn(u, key))
        ? combined
        : plain
    const codec = new t.Type<Condition, unknown, unknown>(
      'a condition',
      (u): u is Condition => pick(u).is(u),
      (u, c) => pick(u).validate(u, c) as t.Validation<Condition>,
      t.identity,
    )
    return Object.assign(codec, { pick, types: [plain, combined] })
  },
)
