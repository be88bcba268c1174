import type { Candidate, DecisionRecord } from '@ramal/conversation'
import { type Instant, random } from '@ramal/core'
import { type Judgement, judge, type Load } from './eligibility.js'
import type { Asked, Policy, QueuePolicy } from './policy/index.js'
import { compareRanked, type Ranked, rankOf, tieBreakOf } from './rank.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

/** Somebody who may be asked. */
export interface Option extends Ranked {
  readonly idleSince: Instant
}

export interface Judged extends Judgement, Option {
  readonly agent: AgentState
  readonly load: Load
}

/** Who may be asked, best first, and for every agent why or why not. */
export interface Match {
  readonly ranked: readonly Judged[]
  readonly judged: readonly Judged[]
}

const NO_SCORE: readonly number[] = []

/** Every agent, judged for one ticket: the plain way, which any faster one must agree with. */
export const matchTicket = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  loadOf: (agent: AgentState) => Load,
  now: Instant,
): Match => {
  const judged: Judged[] = []
  for (const agent of state.agents.values()) {
    if (!agent.registered) continue
    const load = loadOf(agent)
    const judgement = judge(state, policy, ticket, agent, load, now)
    const score = judgement.verdict === 'ok' ? rankOf(state, policy, ticket, agent, load) : NO_SCORE
    judged.push({ id: agent.id, idleSince: load.idleSince, agent, load, score, ...judgement })
  }
  return { judged, ranked: judged.filter(({ verdict }) => verdict === 'ok').sort(compareRanked) }
}

/** So many candidates are kept in a record; all others are recomputed on demand. */
export const KEPT = 3

/** The part that chance had in asking an agent. */
export type Chance = Pick<DecisionRecord, 'nearEqual' | 'propensity' | 'draws'>

export interface Chosen<J extends Ranked> {
  /** Whom to ask, in this order. */
  readonly agents: readonly J[]
  /** How likely one of the ranked was to be asked; undefined where chance had no part. */
  chanceOf(agent: J): Chance | undefined
}

const noChance = (): undefined => undefined

/**
 * Whom of the ranked to ask. Where the policy explores, now and then any of those whose first score is near the
 * best is asked first; the draws follow from the ticket and the version it has come to. The chance that each one
 * who is asked had, as the first or among several asked at a time, is kept: whoever weighs outcomes by it is right.
 */
export const choose = <J extends Ranked>(
  { seed }: Policy,
  { explore }: QueuePolicy,
  ticket: Ticket,
  ranked: readonly J[],
  wanted: number,
): Chosen<J> => {
  if (!explore || ranked.length === 0) return { agents: ranked.slice(0, wanted), chanceOf: noChance }
  const best = ranked[0]!.score[0] ?? 0
  const near = nearBest(ranked, best, explore.within)
  const draw = random(`${seed}/explore/${ticket.id}/${ticket.version}`)
  const explores = draw.below(1000)
  const any = draw.below(near)
  const first = ranked[explores < explore.permille ? any : 0]!
  const agents = [first, ...ranked.filter((one) => one !== first)].slice(0, wanted)
  const propensityOf = (rank: number): number => {
    // The best of all but the first are asked too, whoever is the first.
    if (rank < wanted - 1) return 1
    const among = rank === wanted - 1 ? Math.min(wanted, near) : rank < near ? 1 : 0
    const exploits = rank === 0 || rank === wanted - 1 ? 1000 - explore.permille : 0
    return (exploits + (explore.permille * among) / near) / 1000
  }
  const draws = [explores, any]
  const chanceOf = (one: J) => ({
    nearEqual: near,
    propensity: propensityOf(ranked.indexOf(one)),
    draws,
  })
  return { agents, chanceOf }
}

/** Whether so many of the ranked, best first, are all that `choose` and the record of the decision need. */
export const isEnough = ({ explore, concurrentOffers }: QueuePolicy, found: readonly Ranked[]): boolean => {
  if (found.length < KEPT || found.length < concurrentOffers) return false
  const score = (one: Ranked) => one.score[0] ?? 0
  return !explore || score(found[0]!) - score(found.at(-1)!) > explore.within
}

/** How many of the ranked, which are in order, have a first score within so much of the best. */
export const nearBest = (ranked: readonly Ranked[], best: number, within: number): number => {
  const at = ranked.findIndex(({ score }) => best - (score[0] ?? 0) > within)
  return at < 0 ? ranked.length : at
}

/** How many agents serve a queue, or one of those that are borrowed from. */
const membership = ({ members }: RoutingState, queue: string, borrow: readonly string[]): number => {
  let sum = members.get(queue)?.size ?? 0
  for (const queue of borrow) sum += members.get(queue)?.size ?? 0
  return sum
}

const candidateOf = ({ id, score, idleSince }: Option, rank: number): Candidate => ({
  agent: id,
  verdict: 'ok',
  score,
  rank,
  idleSince,
})

export const recordOf = (
  state: RoutingState,
  { ranking }: QueuePolicy,
  { borrow }: Asked,
  { queue, step }: Ticket,
  /** The best of the ranked, at least `KEPT` if there are so many. */
  ranked: readonly Option[],
  {
    pass,
    basis,
    policy: hash,
    order,
    waiting,
  }: Pick<DecisionRecord, 'pass' | 'basis' | 'policy' | 'order' | 'waiting'>,
): DecisionRecord => ({
  pass,
  basis,
  policy: hash,
  order,
  waiting,
  step,
  considered: membership(state, queue!, borrow),
  candidates: (ranked.length > KEPT ? ranked.slice(0, KEPT) : ranked).map(candidateOf),
  tieBreak: tieBreakOf(ranking, ranked),
})
