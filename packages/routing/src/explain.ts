import type { Verdict } from '@ramal/conversation'
import { ruleFor } from './classify.js'
import type { Judged } from './match.js'
import type { Policy, Ranking } from './policy/index.js'
import type { Ticket } from './state.js'

/** How a ticket came to be where it stood. */
export interface Origin {
  /** By which it was classified last. */
  readonly rule?: string | undefined
  /** Who, or what, has moved it since, such as `a transfer of bia`, `escalation "late"`. */
  readonly movedBy?: string | undefined
}

/** Why a ticket was offered to an agent, or given by hand, and why to nobody else. `explainInWords` says it. */
export interface Explanation extends Origin {
  readonly ticket: string
  /** Undefined: it was given by hand before it was in any. */
  readonly queue: string | undefined
  readonly policy: string
  readonly policyName: string
  readonly priority: number
  /** How long it had waited when this was decided, in ms. */
  readonly waited: number
  readonly waiting: number
  readonly chosen: string
  /** Who gave it to them, where somebody did. */
  readonly givenBy?: string | undefined
  /** What told the chosen one from the next; `by hand` where somebody gave it to them. */
  readonly tieBreak: string
  /** By what the candidates were ranked, in this order. */
  readonly ranking: readonly Ranking[]
  /** The chance that the chosen one had, where the policy explores. */
  readonly propensity?: number | undefined
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
    readonly propensity?: number | undefined
    readonly givenBy?: string | undefined
  },
  { rule = ruleFor(policy, ticket, facts.now)?.name, movedBy }: Origin = {},
): Explanation => {
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
    queue: ticket.queue,
    rule,
    movedBy,
    policy: policy.hash,
    policyName: policy.data.name,
    priority: ticket.priority,
    waited: facts.now - ticket.waitedSince,
    waiting: facts.waiting,
    chosen: facts.chosen,
    givenBy: facts.givenBy,
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

const whence = ({ queue, rule, movedBy, policyName, policy }: Explanation): string => {
  const by = `policy "${policyName}" (${policy.slice(0, 8)})`
  if (queue === undefined) return `It stood in no queue yet, under ${by}`
  const stood = `It stood in queue "${queue}" by`
  return movedBy === undefined
    ? `${stood} ${rule === undefined ? 'no rule' : `rule "${rule}"`} of ${by}`
    : `${stood} ${movedBy}, under ${by}`
}

/** In plain words, a line each. */
export const explainInWords = (e: Explanation): readonly string[] => [
  e.givenBy === undefined
    ? `Ticket ${e.ticket} went to ${e.chosen}: ${because(e)}.`
    : `Ticket ${e.ticket} was given to ${e.chosen} by ${e.givenBy}.`,
  `${whence(e)}, ` +
    `priority ${e.priority}, had waited ${seconds(e.waited)}; ${e.waiting} ${e.waiting === 1 ? 'ticket was' : 'tickets were'} waiting.`,
  ...e.candidates
    .filter(({ agent }) => agent !== e.chosen)
    .map(({ agent, verdict, detail, idle, rank }) =>
      rank === undefined
        ? `Not ${agent}: ${BECAUSE[verdict]}${detail ? ` (${detail})` : ''}.`
        : `Not ${agent}: could have taken it, but came ${rank + 1}. with ${seconds(idle)} idle.`,
    ),
]
