import type { Agent } from '@ramal/workforce'
import type { Policy } from '../policy/index.js'
import { type Arrival, arrivalsOf } from './arrivals.js'
import type { Finding } from './finding.js'
import { type Reach, reachOf } from './reach.js'
import { type Listed, requirementLists } from './requirements.js'

/** An agent as they are registered; whether they are present does not matter here. */
export type LintedAgent = Pick<Agent, 'kind' | 'team' | 'skills' | 'capacity' | 'queues'> & {
  readonly id: string
}

/** What is known besides the policy. What is left out is not checked. */
export interface LintFacts {
  readonly agents?: readonly LintedAgent[]
  /** The names of all channels that there are. */
  readonly channels?: readonly string[]
}

/** What every check looks at. */
export interface Linted extends LintFacts {
  readonly policy: Policy
  readonly queues: readonly string[]
  /** Of each rule: which tickets come to it. */
  readonly reach: readonly Reach[]
  /** Every list of requirements that the policy holds. */
  readonly lists: readonly Listed[]
  /** How tickets come to a queue, and what they ask for then. */
  readonly arrivals: ReadonlyMap<string, readonly Arrival[]>
  /** Who serves a queue. */
  readonly members: ReadonlyMap<string, readonly LintedAgent[]>
}

export type Check = (linted: Linted) => readonly Finding[]

const grouped = <T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items)
    for (const key of keysOf(item)) {
      const group = groups.get(key)
      if (group) group.push(item)
      else groups.set(key, [item])
    }
  return groups
}

export const prepare = (policy: Policy, facts: LintFacts): Linted => {
  const reach = reachOf(policy)
  return {
    ...facts,
    policy,
    reach,
    queues: Object.keys(policy.data.queues),
    lists: requirementLists(policy),
    arrivals: grouped(arrivalsOf(policy, reach), ({ queue }) => [queue]),
    members: grouped(facts.agents ?? [], ({ queues }) => queues),
  }
}
