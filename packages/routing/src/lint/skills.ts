import type { Requirement } from '@ramal/conversation'
import { canonicalJson } from '@ramal/core'
import { describeRequirement, meets } from '../requirements.js'
import { type Arrival, askedAt } from './arrivals.js'
import {
  type Check,
  error,
  type Finding,
  type Linted,
  type LintedAgent,
  queuesOf,
  warning,
} from './finding.js'
import { poolOf } from './pool.js'
import { tell } from './region.js'
import { agentDomains, agentRegion, leavesOf } from './requirements.js'

interface Listed {
  readonly list: readonly Requirement[]
  readonly path: string
  readonly excluded: readonly string[]
}

/** Every list of requirements that the policy holds, with its path. */
export const requirementLists = (linted: Pick<Linted, 'policy'>): readonly Listed[] => {
  const { policy } = linted
  const rules = policy.rules.map(({ requirements = [], exclude }, i) => ({
    list: requirements,
    path: `classification[${i}].requirements`,
    excluded: exclude === undefined || exclude === 'last' ? [] : exclude,
  }))
  const inQueues = queuesOf(linted).flatMap((name) => {
    const { relaxation, escalations } = policy.queue(name)
    const steps = relaxation.map(({ requirements = [] }, i) => ({
      list: requirements,
      path: `queues.${name}.relaxation[${i}].requirements`,
      excluded: [],
    }))
    const actions = escalations.map(({ do: action }, i) => ({
      list: action?.requirements ?? [],
      path: `queues.${name}.escalations[${i}].do.requirements`,
      excluded: [],
    }))
    return [...steps, ...actions]
  })
  return [...rules, ...inQueues].filter(({ list }) => list.length > 0)
}

/** Requirements that no agent could ever meet, such as a level of at least 5 and at most 3. */
export const checkContradictions: Check = (linted) =>
  requirementLists(linted).flatMap(({ list, path, excluded }) => {
    const domains = agentDomains([list], excluded)
    const impossible = tell(() => agentRegion(domains, list, excluded).length === 0)
    if (!impossible) return []
    const wanted = list.map(describeRequirement).join(' and ')
    const but = excluded.length > 0 ? `, and not ${excluded.join(', ')}` : ''
    return [error('contradiction', path, `No agent can ever meet this: ${wanted}${but}.`)]
  })

/** Skills that nobody has, or not at the level that is asked for. */
export const checkSkills: Check = (linted) => {
  const { agents } = linted
  if (!agents) return []
  const best = (skill: string) => Math.max(0, ...agents.map(({ skills }) => skills[skill] ?? 0))
  return requirementLists(linted).flatMap(({ list, path }) =>
    leavesOf(list, path).flatMap(({ atom, path: at, negated }) => {
      if (
        negated ||
        !('skill' in atom) ||
        agents.some((agent) => meets(agent, { ...atom, should: undefined }))
      )
        return []
      const level = best(atom.skill)
      const has =
        level === 0 ? `has the skill "${atom.skill}"` : `is beyond level ${level} of "${atom.skill}"`
      const need = atom.should === undefined ? 'is asked for' : 'counts'
      return [warning('skillNobodyHas', at, `${describeRequirement(atom)} ${need}, and nobody ${has}.`)]
    }),
  )
}

const lackOf = (agents: readonly LintedAgent[], list: readonly Requirement[]): string => {
  const missing = list.filter((one) => !agents.some((agent) => meets(agent, one))).map(describeRequirement)
  return missing.length > 0 ? `none of them has ${missing.join(', ')}` : 'none of them has all of it'
}

const checkArrival = (
  linted: Linted,
  agents: readonly LintedAgent[],
  arrival: Arrival,
): readonly Finding[] => {
  const { policy } = linted
  const { queue, path } = arrival
  const { relaxation } = policy.queue(queue)
  const pools = [0, ...relaxation.map((_, i) => i + 1)].map((step) => poolOf(policy, agents, arrival, step))
  const first = pools.findIndex((pool) => pool.length > 0)
  const members = agents.filter(({ queues }) => queues.includes(queue))
  // Said of the queue already.
  if (first === 0 || members.length === 0) return []
  const asked = askedAt(policy, arrival, 0).requirements
  const lack = lackOf(members, asked)
  if (first < 0)
    return [
      error(
        'nobodyCanServe',
        path,
        `Nobody can ever take what comes to queue "${queue}" from here: of its ${members.length} agents ${lack}` +
          `${relaxation.length > 0 ? `, and its ${relaxation.length} steps do not change that` : ''}.`,
      ),
    ]
  if (relaxation.slice(0, first).every((step) => step.skipToWhenNobodyPresent)) return []
  const { after } = relaxation[first - 1]!
  return [
    warning(
      'nobodyCanServeYet',
      path,
      `What comes to queue "${queue}" from here waits ${after} ms for nobody, until step ${first}: of its ` +
        `${members.length} agents ${lack}. Ask for less at first, or set skipToWhenNobodyPresent.`,
    ),
  ]
}

/** Ways into a queue where, at this step or at any, nobody can take what comes. */
export const checkPools: Check = (linted) => {
  const { agents, arrivals } = linted
  if (!agents) return []
  const seen = new Set<string>()
  return arrivals
    .flatMap((arrival) => checkArrival(linted, agents, arrival))
    .filter((finding) => {
      const key = canonicalJson(finding)
      return !seen.has(key) && seen.add(key)
    })
}

/** Agents named by the policy who are not there. */
export const checkNames: Check = (linted) => {
  const { agents, policy } = linted
  if (!agents) return []
  const known = new Set(agents.map(({ id }) => id))
  const named = [
    ...policy.rules.flatMap(({ prefer, exclude }, i) => [
      { ids: prefer?.agents, path: `classification[${i}].prefer.agents` },
      { ids: exclude, path: `classification[${i}].exclude` },
    ]),
    ...requirementLists(linted).flatMap(({ list, path }) =>
      leavesOf(list, path).map(({ atom, path: at }) => ({
        ids: 'agents' in atom ? atom.agents : undefined,
        path: at,
      })),
    ),
  ]
  return named.flatMap(({ ids, path }) =>
    ids === undefined || ids === 'last'
      ? []
      : ids
          .filter((id) => !known.has(id))
          .map((id) => warning('unknownAgent', path, `There is no agent "${id}".`)),
  )
}
