import type { Policy } from '../policy/index.js'
import { conditionRegion, factDomains, OTHER } from './conditions.js'
import { type Domains, NOTHING, type Region, subtract, tell, unite } from './region.js'

/** Which tickets are classified by a rule: those that it holds for and that no rule before it takes. */
export interface Reach {
  /** Undefined where that cannot be told. */
  readonly region: Region | undefined
  /** Why there are none, if there are none. */
  readonly never?: { readonly code: 'contradiction' | 'unreachableRule'; readonly why: string }
}

export const ruleName = ({ rules }: Policy, i: number): string => {
  const name = rules[i]!.name
  return name === undefined ? `classification[${i}]` : `"${name}"`
}

const reasonFor = (policy: Policy, domains: Domains, region: Region, before: readonly Region[]): string => {
  const alone = before.findIndex((earlier) => tell(() => subtract(domains, region, earlier).length === 0))
  return alone >= 0
    ? `whenever it holds, ${ruleName(policy, alone)} before it holds too`
    : 'every ticket that it holds for is taken by one of the rules before it'
}

export const reachOf = (policy: Policy): readonly Reach[] => {
  const domains = factDomains(policy)
  const before: Region[] = []
  return policy.rules.map(({ when }): Reach => {
    const own = tell(() => conditionRegion(domains, when))
    const region = own && tell(() => subtract(domains, own, unite(before)))
    const earlier = [...before]
    before.push(own ?? NOTHING)
    if (own?.length === 0)
      return {
        region,
        never: {
          code: 'contradiction',
          why: 'its condition contradicts itself, so no ticket is ever classified by it',
        },
      }
    if (own && region?.length === 0)
      return { region, never: { code: 'unreachableRule', why: reasonFor(policy, domains, own, earlier) } }
    return { region }
  })
}

/** Which channels' tickets come to a rule; all of them where that cannot be told. */
export const channelsReaching = (
  { region }: Reach,
  domains: Domains,
  channels: readonly string[],
): readonly string[] => {
  if (!region) return channels
  const { bits, all } = domains.get('channel')!
  const reaching = region.reduce((sum, box) => sum | (box.get('channel') ?? all), 0n)
  return channels.filter((channel) => (reaching & (bits.get(channel) ?? bits.get(OTHER)!)) !== 0n)
}
