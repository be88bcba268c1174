import type { Policy } from '../policy/index.js'
import { conditionRegion, factDomains } from './conditions.js'
import { type Check, error, type Finding, warning } from './finding.js'
import { intersect, NOTHING, only, type Region, subtract, tell, unite } from './region.js'

const nameOf = ({ rules }: Policy, i: number): string => {
  const name = rules[i]!.name
  return name === undefined ? `classification[${i}]` : `"${name}"`
}

/** Rules that no ticket can reach, by their index, each with the reason. */
export const unreachableRules = (policy: Policy): ReadonlyMap<number, string> => {
  const domains = factDomains(policy)
  const found = new Map<number, string>()
  const regions: Region[] = []
  for (const [i, { when }] of policy.rules.entries()) {
    const region = tell(() => conditionRegion(domains, when))
    regions.push(region ?? NOTHING)
    if (!region) continue
    if (region.length === 0) {
      found.set(i, 'its condition contradicts itself, so no ticket is ever classified by it')
      continue
    }
    const alone = regions
      .slice(0, i)
      .findIndex((earlier) => tell(() => subtract(domains, region, earlier).length === 0))
    if (alone >= 0) found.set(i, `whenever it holds, ${nameOf(policy, alone)} before it holds too`)
    else if (tell(() => subtract(domains, region, unite(regions.slice(0, i))).length === 0))
      found.set(i, 'every ticket that it holds for is taken by one of the rules before it')
  }
  return found
}

/** Whether a ticket of a channel can be classified by a rule; true where that cannot be told. */
export const channelReaches = (policy: Policy, rule: number, channel: string): boolean => {
  const domains = new Map(factDomains(policy))
  domains.set('channel', [...new Set([...(domains.get('channel') ?? []), channel])])
  const answer = tell(() => {
    const before = policy.rules.slice(0, rule).map(({ when }) => conditionRegion(domains, when))
    const own = intersect(conditionRegion(domains, policy.rules[rule]!.when), only('channel', [channel]))
    return subtract(domains, own, unite(before)).length > 0
  })
  return answer ?? true
}

export const checkRules: Check = ({ policy, unreachable }) => {
  const findings: Finding[] = []
  for (const [i, why] of unreachable) {
    const contradicts = why.startsWith('its condition')
    const path = `classification[${i}]${contradicts ? '.when' : ''}`
    findings.push(
      error(
        contradicts ? 'contradiction' : 'unreachableRule',
        path,
        `Rule ${nameOf(policy, i)} is never reached: ${why}.`,
      ),
    )
  }
  for (const [i, { queue }] of policy.rules.entries()) {
    if (typeof queue === 'string') continue
    for (const [j, one] of queue.entries())
      if (one.weight === 0)
        findings.push(
          warning(
            'weightZero',
            `classification[${i}].queue[${j}].weight`,
            `Rule ${nameOf(policy, i)} sends no ticket to "${one.queue}": its weight is 0.`,
          ),
        )
  }
  return findings
}
