import { described, integer, keyed, nonEmpty, oneOf, record } from '@ramal/core'
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

const skill = record(
  {
    skill: described(nonEmpty, 'The name of a skill.'),
    level: described(integer(0, 10), 'Who has not the skill has level 0.'),
  },
  {
    is: described(comparison, 'How the level of the agent compares.', 'atLeast'),
    should: described(
      integer(1, 1_000_000),
      'No condition: it counts with this weight for the ranking `bestMatch`.',
    ),
  },
)

export const requirement: t.Type<Requirement, unknown, unknown> = t.recursion<Requirement, unknown, unknown>(
  'a requirement',
  (self) =>
    keyed('a requirement', {
      skill,
      all: record({ all: described(t.readonlyArray(self), 'All of these.') }),
      any: record({ any: described(t.readonlyArray(self), 'One of these.') }),
      not: record({ not: described(self, 'Not this.') }),
      kind: record({ kind: described(oneOf('human', 'bot'), 'Only people, or only bots.') }),
      agents: record({ agents: described(t.readonlyArray(nonEmpty), 'Only these, by id.') }),
      team: record({ team: described(nonEmpty, 'Only members of this team.') }),
    }),
)
