import type { Verdict } from '@ramal/conversation'
import { ruleFor } from './classify.js'
import type { Judged } from './match.js'
import type { Policy } from './policy/index.js'
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
  readonly candidates: readonly {
    readonly agent: string
    readonly verdict: Verdict
    readonly detail?: string
    /** How long idle, in ms. */
    readonly idle: number
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
  },
): Explanation => {
  const found = ruleFor(policy, ticket, facts.now)
  const rank = new Map(ranked.map(({ agent }, i) => [agent.id, i]))
  const candidates = judged
    .map(({ agent, verdict, detail, load }) => ({
      agent: agent.id,
      verdict,
      detail,
      idle: Math.max(0, facts.now - load.idleSince),
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

/** In plain words, a line each. */
export const explainInWords = (e: Explanation): readonly string[] => {
  const able = e.candidates.filter(({ rank }) => rank !== undefined)
  const tie =
    able.length === 1
      ? 'nobody else could have taken it'
      : `${e.tieBreak === 'longest idle' ? `idle longest: ${seconds(able[0]!.idle)}, the next ${seconds(able[1]!.idle)}` : `equal with the next, so the ${e.tieBreak} decided`}`
  return [
    `Ticket ${e.ticket} went to ${e.chosen}: ${tie}.`,
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
}
