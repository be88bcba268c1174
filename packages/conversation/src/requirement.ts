import { integer, keyed, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

/** How a skill's level is compared. `atLeast` where nothing is said; who has not the skill has level 0. */
export type Comparison = 'atLeast' | 'atMost' | 'exactly' | 'above' | 'below' | 'not'

/** A skill at a level. With `should` it is no condition: it counts with that weight for the best match. */
export interface SkillRequirement {
  readonly skill: string
  readonly level: number
  readonly is?: Comparison
  readonly should?: number
}

/** What an agent must have for a ticket: skills, and what else tells agents apart, with and, or, not. */
export type Requirement =
  | SkillRequirement
  | { readonly all: readonly Requirement[] }
  | { readonly any: readonly Requirement[] }
  | { readonly not: Requirement }
  /** Only people, or only bots. */
  | { readonly kind: 'human' | 'bot' }
  /** Only these, by id. */
  | { readonly agents: readonly string[] }
  /** Only members of this team. */
  | { readonly team: string }

export const comparison = oneOf('atLeast', 'atMost', 'exactly', 'above', 'below', 'not')

export const requirement: t.Type<Requirement, unknown, unknown> = t.recursion<Requirement, unknown, unknown>(
  'a requirement',
  (self) =>
    keyed('a requirement', {
      skill: record(
        { skill: nonEmpty, level: integer(0, 10) },
        { is: comparison, should: integer(1, 1_000_000) },
      ),
      all: record({ all: t.readonlyArray(self) }),
      any: record({ any: t.readonlyArray(self) }),
      not: record({ not: self }),
      kind: record({ kind: oneOf('human', 'bot') }),
      agents: record({ agents: t.readonlyArray(nonEmpty) }),
      team: record({ team: nonEmpty }),
    }),
)
