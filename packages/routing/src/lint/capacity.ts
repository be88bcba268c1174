import { channelsIn, factDomains } from './conditions.js'
import { error, type Finding, warning } from './finding.js'
import type { Check, Linted, LintedAgent } from './linted.js'
import { channelsReaching } from './reach.js'

const canCarry = ({ policy }: Linted, { capacity }: LintedAgent, channel: string): boolean =>
  capacity.total >= policy.channel(channel).cost && (capacity.caps?.[channel] ?? 1) > 0

/** Every channel that the policy names, or that was given. */
const channelsOf = ({ policy, channels = [] }: Linted): readonly string[] => [
  ...new Set([
    ...Object.keys(policy.data.channels ?? {}),
    ...policy.rules.flatMap(({ when }) => channelsIn(when)),
    ...channels,
  ]),
]

/** Agents whose capacity is less than a ticket costs. */
export const checkCapacity: Check = (linted) => {
  const { agents, arrivals, policy, reach } = linted
  if (!agents) return []
  const all = channelsOf(linted)
  const domains = factDomains(policy)
  const comes = new Map<string, ReadonlySet<string>>()
  for (const [queue, ways] of arrivals) {
    const rules = [...new Set(ways.map(({ rule }) => rule))]
    comes.set(queue, new Set(rules.flatMap((rule) => channelsReaching(reach[rule]!, domains, all))))
  }

  const findings: Finding[] = []
  for (const [queue, channels] of comes) {
    const members = linted.members.get(queue) ?? []
    for (const channel of channels)
      if (members.length > 0 && !members.some((agent) => canCarry(linted, agent, channel)))
        findings.push(
          error(
            'channelNobodyCanCarry',
            `queues.${queue}`,
            `None of the ${members.length} agents of queue "${queue}" can carry a ticket of ${channel}: it costs ` +
              `${policy.channel(channel).cost}, and their capacity or their cap is below that.`,
          ),
        )
  }
  for (const agent of agents) {
    const channels = [...new Set(agent.queues.flatMap((queue) => [...(comes.get(queue) ?? [])]))]
    if (channels.length > 0 && !channels.some((channel) => canCarry(linted, agent, channel)))
      findings.push(
        warning(
          'agentCanCarryNothing',
          `agents.${agent.id}.capacity`,
          `${agent.id} has a capacity of ${agent.capacity.total}, too little for a ticket of ${channels.join(', ')}.`,
        ),
      )
  }
  return findings
}

/** Channels that are named and are not there. */
export const checkChannels: Check = ({ policy, channels }) => {
  if (!channels) return []
  const named = [
    ...policy.rules.flatMap(({ when }, i) =>
      channelsIn(when).map((channel) => ({ channel, path: `classification[${i}].when` })),
    ),
    ...Object.keys(policy.data.channels ?? {}).map((channel) => ({ channel, path: `channels.${channel}` })),
  ]
  return named
    .filter(({ channel }) => !channels.includes(channel))
    .map(({ channel, path }) =>
      warning(
        'unknownChannel',
        path,
        `There is no channel "${channel}"; there are ${channels.join(', ') || 'none'}.`,
      ),
    )
}
