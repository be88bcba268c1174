import type { Requirement } from '@ramal/conversation'
import type { Policy } from '../policy/index.js'
import { meets } from '../requirements.js'
import {
  type Domain,
  type Domains,
  domainOf,
  EVERYTHING,
  only,
  type Region,
  regionOf,
  subtract,
} from './region.js'

type Atom = Exclude<
  Requirement,
  { readonly all: unknown } | { readonly any: unknown } | { readonly not: unknown }
>

export interface Leaf {
  readonly atom: Atom
  readonly path: string
  /** Under how many `not` it stands. */
  readonly negated: boolean
}

/** The single requirements within a list, each with its path. */
export const leavesOf = (list: readonly Requirement[], path: string, negated = false): readonly Leaf[] =>
  list.flatMap((requirement, i) => leavesIn(requirement, `${path}[${i}]`, negated))

const leavesIn = (requirement: Requirement, path: string, negated: boolean): readonly Leaf[] => {
  if ('all' in requirement) return leavesOf(requirement.all, `${path}.all`, negated)
  if ('any' in requirement) return leavesOf(requirement.any, `${path}.any`, negated)
  if ('not' in requirement) return leavesIn(requirement.not, `${path}.not`, !negated)
  return [{ atom: requirement, path, negated }]
}

const LEVELS: readonly number[] = Array.from({ length: 11 }, (_, level) => level)
const SKILL = domainOf(LEVELS)

/** Stands for every team and every agent that is not named, and for no team. */
const OTHER = ''

/** What of agents makes a difference to these requirements. */
export const agentDomains = (
  lists: readonly (readonly Requirement[])[],
  named: readonly string[] = [],
): Domains => {
  const domains = new Map<string, Domain>([['kind', domainOf(['human', 'bot'])]])
  const teams = new Set([OTHER])
  const ids = new Set([OTHER, ...named])
  for (const { atom } of lists.flatMap((list) => leavesOf(list, '')))
    if ('skill' in atom) domains.set(`skill:${atom.skill}`, SKILL)
    else if ('team' in atom) teams.add(atom.team)
    else if ('agents' in atom) for (const id of atom.agents) ids.add(id)
  return domains.set('team', domainOf(teams)).set('id', domainOf(ids))
}

const atomRegion =
  (domains: Domains) =>
  (atom: Atom): Region => {
    if ('kind' in atom) return only(domains, 'kind', [atom.kind])
    if ('team' in atom) return only(domains, 'team', [atom.team])
    if ('agents' in atom) return only(domains, 'id', atom.agents)
    // What should be, and need not, is always met.
    if (atom.should !== undefined) return EVERYTHING
    const has = (level: number) =>
      ({ id: OTHER, kind: 'human', team: undefined, skills: { [atom.skill]: level } }) as const
    return only(
      domains,
      `skill:${atom.skill}`,
      LEVELS.filter((level) => meets(has(level), atom)),
    )
  }

/** The agents, conceivable ones too, who meet all of a list and are not excluded. */
export const agentRegion = (
  domains: Domains,
  list: readonly Requirement[],
  excluded: readonly string[] = [],
): Region => {
  const met = regionOf<Atom>(domains, { all: list }, atomRegion(domains))
  return excluded.length === 0 ? met : subtract(domains, met, only(domains, 'id', excluded))
}

export interface Listed {
  readonly list: readonly Requirement[]
  readonly path: string
  readonly excluded: readonly string[]
}

/** Every list of requirements that a policy holds, with its path. */
export const requirementLists = (policy: Policy): readonly Listed[] => {
  const rules = policy.rules.map(({ requirements = [], exclude }, i) => ({
    list: requirements,
    path: `classification[${i}].requirements`,
    excluded: exclude === undefined || exclude === 'last' ? [] : exclude,
  }))
  const inQueues = Object.keys(policy.data.queues).flatMap((name) => {
    const { relaxation, escalations } = policy.queue(name)
    const at = (path: string, list: readonly Requirement[] = []) => ({
      list,
      path: `queues.${name}.${path}.requirements`,
      excluded: [],
    })
    return [
      ...relaxation.map(({ requirements }, i) => at(`relaxation[${i}]`, requirements)),
      ...escalations.map(({ do: action }, i) => at(`escalations[${i}].do`, action?.requirements)),
    ]
  })
  return [...rules, ...inQueues].filter(({ list }) => list.length > 0)
}
