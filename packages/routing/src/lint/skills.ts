import type { Requirement } from '@ramal/conversation'
import { canonicalJson } from '@ramal/core'
import { describeRequirement, meets } from '../requirements.js'
import { type Arrival, askedAt } from './arrivals.js'
import { error, type Finding, warning } from './finding.js'
import type { Check, Linted, LintedAgent } from './linted.js'
import { poolOf } from './pool.js'
import { tell } from './region.js'
import { agentDomains, agentRegion, leavesOf } from './requirements.js'

/** Requirements that no agent could ever meet, such as a level of at least 5 and at most 3. */
export const checkContradictions: Check = (linted) =>
  linted.lists.flatMap(({ list, path, excluded }) => {
    const domains = agentDomains([list], excluded)
    const impossible = tell(() => agentRegion(domains, list, excluded).length === 0)
    if (!impossible) return []
    const wanted = list.map(describeRequirement).join(' and ')
    const but = excluded.length > 0 ? `, and not ${excluded.join(', ')}` : ''
    return [error('contradiction', path, `No agent can ever meet this: ${wanted}${but}.`)]
  })

type Skill = Extract<Requirement, { skill: string }>

/** What nobody has, in words; undefined when somebody meets the requirement. */
const nobodyHas = (
  agents: readonly LintedAgent[],
  { skill, level, is = 'atLeast' }: Skill,
): string | undefined => {
  if (agents.some((agent) => meets(agent, { skill, level, is }))) return undefined
  const best = Math.max(0, ...agents.map(({ skills }) => skills[skill] ?? 0))
  if (best === 0) return `nobody has the skill "${skill}"`
  return is === 'atLeast' || is === 'above'
    ? `nobody is beyond level ${best} of "${skill}"`
    : 'nobody has that'
}

/** Skills that nobody has, or not at the level that is asked for. */
export const checkSkills: Check = ({ agents, lists }) => {
  if (!agents) return []
  const known = new Map<string, string | undefined>()
  return lists.flatMap(({ list, path }) =>
    leavesOf(list, path).flatMap(({ atom, path: at, negated }) => {
      if (negated || !('skill' in atom)) return []
      const key = canonicalJson([atom.skill, atom.level, atom.is])
      if (!known.has(key)) known.set(key, nobodyHas(agents, atom))
      const lack = known.get(key)
      if (lack === undefined) return []
      const need = atom.should === undefined ? 'is asked for' : 'counts'
      return [warning('skillNobodyHas', at, `${describeRequirement(atom)} ${need}, and ${lack}.`)]
    }),
  )
}

const lackOf = (agents: readonly LintedAgent[], list: readonly Requirement[]): string => {
  const missing = list.filter((one) => !agents.some((agent) => meets(agent, one))).map(describeRequirement)
  return missing.length > 0 ? `none of them has ${missing.join(', ')}` : 'none of them has all of it'
}

const checkArrival = (linted: Linted, arrival: Arrival): readonly Finding[] => {
  const { policy } = linted
  const { queue, path } = arrival
  const { relaxation } = policy.queue(queue)
  const pools = [0, ...relaxation.map((_, i) => i + 1)].map((step) => poolOf(linted, arrival, step))
  const first = pools.findIndex((pool) => pool.length > 0)
  const members = linted.members.get(queue) ?? []
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
  if (!linted.agents) return []
  const found = [...linted.arrivals.values()].flat().flatMap((arrival) => checkArrival(linted, arrival))
  // Tickets of several rules may come by one escalation.
  return [...new Map(found.map((finding) => [canonicalJson(finding), finding])).values()]
}

/** Agents named by the policy who are not there. */
export const checkNames: Check = (linted) => {
  const { agents, policy, lists } = linted
  if (!agents) return []
  const known = new Set(agents.map(({ id }) => id))
  const named = [
    ...policy.rules.flatMap(({ prefer, exclude }, i) => [
      { ids: prefer?.agents, path: `classification[${i}].prefer.agents` },
      { ids: exclude, path: `classification[${i}].exclude` },
    ]),
    ...lists.flatMap(({ list, path }) =>
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
