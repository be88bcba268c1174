import type { Comparison, Requirement } from '@ramal/conversation'
import { canonicalJson } from '@ramal/core'
import type { Agent } from '@ramal/workforce'

/** The key of no requirements. */
export const NOTHING_ASKED = '[]'

/** A text that is the same for the same requirements, and for no others. */
export const asksOf = (requirements: readonly Requirement[]): string =>
  requirements.length === 0 ? NOTHING_ASKED : canonicalJson(requirements)

const MOST_SHARED = 4_096

/** Requirements, and the text that names them. */
interface Named {
  readonly requirements: readonly Requirement[]
  readonly asks: string
}

const shared = new Map<string, Named>()

/**
 * One object for all who ask for the same: most tickets ask for one of a few things, and what is shared takes no room
 * and is near at hand.
 */
export const shareAsks = (requirements: readonly Requirement[]): Named => {
  const asks = asksOf(requirements)
  const known = shared.get(asks)
  if (known) return known
  if (shared.size === MOST_SHARED) shared.clear()
  const one = { requirements, asks }
  shared.set(asks, one)
  return one
}

/** What requirements look at. */
export type Able = Pick<Agent, 'skills' | 'kind' | 'team'> & { readonly id: string }

const COMPARE: Readonly<Record<Comparison, (has: number, level: number) => boolean>> = {
  atLeast: (has, level) => has >= level,
  atMost: (has, level) => has <= level,
  exactly: (has, level) => has === level,
  above: (has, level) => has > level,
  below: (has, level) => has < level,
  not: (has, level) => has !== level,
}

const WORDS: Readonly<Record<Comparison, string>> = {
  atLeast: '',
  atMost: 'at most ',
  exactly: 'exactly ',
  above: 'more than ',
  below: 'less than ',
  not: 'anything but ',
}

const holds = (
  agent: Able,
  { skill, level, is = 'atLeast' }: Extract<Requirement, { skill: string }>,
): boolean => COMPARE[is](agent.skills[skill] ?? 0, level)

/** Whether an agent has what is asked for. What should be, and need not, is always met. */
export const meets = (agent: Able, requirement: Requirement): boolean => {
  if ('skill' in requirement) return requirement.should !== undefined || holds(agent, requirement)
  if ('all' in requirement) return requirement.all.every((one) => meets(agent, one))
  if ('any' in requirement) return requirement.any.some((one) => meets(agent, one))
  if ('not' in requirement) return !meets(agent, requirement.not)
  if ('kind' in requirement) return agent.kind === requirement.kind
  if ('agents' in requirement) return requirement.agents.includes(agent.id)
  return agent.team === requirement.team
}

export const meetsAll = (agent: Able, requirements: readonly Requirement[]): boolean => {
  for (const requirement of requirements) if (!meets(agent, requirement)) return false
  return true
}

/** For people: `money at least 3`. */
export const describeRequirement = (requirement: Requirement): string => {
  if ('skill' in requirement)
    return `${requirement.skill} ${WORDS[requirement.is ?? 'atLeast']}${requirement.level}`
  if ('all' in requirement) return `(${requirement.all.map(describeRequirement).join(' and ')})`
  if ('any' in requirement) return `(${requirement.any.map(describeRequirement).join(' or ')})`
  if ('not' in requirement) return `not ${describeRequirement(requirement.not)}`
  if ('kind' in requirement) return requirement.kind === 'human' ? 'a person' : 'a bot'
  if ('agents' in requirement) return `one of ${requirement.agents.join(', ')}`
  return `team ${requirement.team}`
}

/** What is missing first, in words; undefined when nothing is. */
export const missing = (agent: Able, requirements: readonly Requirement[]): string | undefined => {
  const first = requirements.find((one) => !meets(agent, one))
  if (!first) return undefined
  return 'skill' in first && (first.is ?? 'atLeast') === 'atLeast'
    ? `${first.skill} ${agent.skills[first.skill] ?? 0} of ${first.level}`
    : `wants ${describeRequirement(first)}`
}

/**
 * How well an agent fits, an integer, higher is better: 100 times the weights of what should be and is, and the
 * level of every skill that is asked for.
 */
export const fit = (agent: Able, requirements: readonly Requirement[]): number => {
  let score = 0
  for (const requirement of requirements) {
    if ('all' in requirement) score += fit(agent, requirement.all)
    else if ('any' in requirement)
      score += Math.max(
        0,
        ...requirement.any.filter((one) => meets(agent, one)).map((one) => fit(agent, [one])),
      )
    else if ('skill' in requirement) {
      const { skill, should, is = 'atLeast' } = requirement
      if (should !== undefined) score += holds(agent, requirement) ? 100 * should : 0
      else if (is === 'atLeast' || is === 'above') score += agent.skills[skill] ?? 0
    }
  }
  return score
}
