import type { Verdict } from '@ramal/conversation'
import { ruleFor } from './classify.js'
import type { Judged } from './match.js'
import type { Policy, Ranking } from './policy/index.js'
import type { Ticket } from './state.js'

/** Why a ticket was offered to an agent, and why to nobody else. As data; `explainInWords` says it. */
export interface Explanation {
  readonly ticket: string
  readonly queue: string
  readonly rule: string
  readonly policy: string
  readonly policyName: string
  readonly priority: number
  /** How long it had waited when this was decided, in ms. */
  readonly waited: number
  readonly waiting: number
  readonly chosen: string
  readonly tieBreak: string
  /** By what the candidates were ranked, in this order. */
  readonly ranking: readonly Ranking[]
  /** The chance that the chosen one had, where the policy explores. */
  readonly propensity?: number
  readonly candidates: readonly {
    readonly agent: string
    readonly verdict: Verdict
    readonly detail?: string
    /** How long idle, in ms. */
    readonly idle: number
    /** One number for each of `ranking`, higher is better. */
    readonly score?: readonly number[]
    readonly rank?: number
  }[]
}

export const explanationOf = (
  policy: Policy,
  ticket: Ticket,
  { ranked, judged }: { readonly ranked: readonly Judged[]; readonly judged: readonly Judged[] },
  facts: {
    readonly now: number
    readonly chosen: string
    readonly tieBreak: string
    readonly waiting: number
    readonly propensity?: number
  },
): Explanation => {
  const found = ruleFor(policy, ticket, facts.now)
  const rank = new Map(ranked.map(({ agent }, i) => [agent.id, i]))
  const candidates = judged
    .map(({ agent, verdict, detail, load, score }) => ({
      agent: agent.id,
      verdict,
      detail,
      idle: Math.max(0, facts.now - load.idleSince),
      score: verdict === 'ok' ? score : undefined,
      rank: rank.get(agent.id),
    }))
    .sort(
      (a, b) =>
        (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) ||
        (a.agent < b.agent ? -1 : 1),
    )
  return {
    ticket: ticket.id,
    queue: ticket.queue ?? '',
    rule: found?.name ?? 'none',
    policy: policy.hash,
    policyName: policy.data.name,
    priority: ticket.priority,
    waited: facts.now - ticket.since,
    waiting: facts.waiting,
    chosen: facts.chosen,
    tieBreak: facts.tieBreak,
    ranking: policy.queue(ticket.queue ?? '').ranking,
    propensity: facts.propensity,
    candidates,
  }
}

const BECAUSE: Readonly<Record<Verdict, string>> = {
  ok: 'could have taken it',
  unavailable: 'was not available',
  notResponding: 'had let an offer lapse',
  draining: 'was taking nothing more',
  notInQueue: 'does not serve this queue',
  skill: 'lacks a skill',
  capacity: 'had no room',
  channelCap: 'had the most tickets of this channel already',
  declined: 'had declined it',
  excluded: 'was excluded',
  calendar: 'was out of hours',
  sticky: 'was passed over, as the ticket waited for somebody',
  offered: 'had the offer already',
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`

type Candidate = Explanation['candidates'][number]

/** What told the best from the next, in words. */
const decided = ({ tieBreak, ranking }: Explanation, best: Candidate, next: Candidate): string => {
  if (tieBreak === 'agent id') return 'equal with the next, so the agent id decided'
  if (tieBreak === 'longestIdle') return `idle longest: ${seconds(best.idle)}, the next ${seconds(next.idle)}`
  const at = (ranking as readonly string[]).indexOf(tieBreak)
  return `first by ${tieBreak}: ${best.score?.[at]} against ${next.score?.[at]}`
}

const because = (e: Explanation): string => {
  const [best, next] = e.candidates.filter(({ rank }) => rank !== undefined)
  if (!best || !next) return 'nobody else could have taken it'
  if (best.agent === e.chosen) return decided(e, best, next)
  return e.propensity === undefined
    ? `asked at the same time as ${best.agent}`
    : `chosen to explore, with a chance of ${Math.round(1000 * e.propensity) / 10} %; ${best.agent} ranked first`
}

/** In plain words, a line each. */
export const explainInWords = (e: Explanation): readonly string[] => [
  `Ticket ${e.ticket} went to ${e.chosen}: ${because(e)}.`,
  `It stood in queue "${e.queue}" by rule "${e.rule}" of policy "${e.policyName}" (${e.policy.slice(0, 8)}), ` +
    `priority ${e.priority}, had waited ${seconds(e.waited)}; ${e.waiting} ${e.waiting === 1 ? 'ticket was' : 'tickets were'} waiting.`,
  ...e.candidates
    .filter(({ agent }) => agent !== e.chosen)
    .map(({ agent, verdict, detail, idle, rank }) =>
      rank === undefined
        ? `Not ${agent}: ${BECAUSE[verdict]}${detail ? ` (${detail})` : ''}.`
        : `Not ${agent}: could have taken it, but came ${rank + 1}. with ${seconds(idle)} idle.`,
    ),
]
