import { askedOf, type Load } from './eligibility.js'
import type { Policy, Ranking } from './policy/index.js'
import { fit } from './requirements.js'
import { expectedResolution } from './resolution.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

type Score = (state: RoutingState, policy: Policy, ticket: Ticket, agent: AgentState, load: Load) => number

/** How full, in thousandths; who can carry nothing is full. */
const loadRatio = ({ capacity: { total } }: AgentState, { load }: Load): number =>
  total === 0 ? 1000 : Math.floor((1000 * load) / total)

/**
 * Each ranking as an integer, higher is better. None of them depends on the moment, so that an order of agents
 * holds until one of them changes.
 */
const SCORES: Readonly<Record<Ranking, Score>> = {
  /** Since they became available, were asked, were given a ticket or ended one. */
  longestIdle: (_, __, ___, ____, { idleSince }) => -idleSince,
  longestSinceOffered: (_, __, ___, ____, { offeredAt }) => -offeredAt,
  longestSinceAssigned: (_, __, ___, ____, { assignedAt }) => -assignedAt,
  longestSinceEnded: (_, __, ___, { endedAt }) => -endedAt,
  longestAvailable: (_, __, ___, { presenceSince }) => -presenceSince,
  /** Whoever was asked longest ago for a ticket of this queue, by the count of offers. */
  roundRobin: (_, __, { queue }, ____, { turns }) => -(turns.get(queue!) ?? 0),
  leastLoaded: (_, __, ___, agent, load) => -loadRatio(agent, load),
  mostCapacity: (_, __, ___, { capacity }, { load }) => capacity.total - load,
  fewestTickets: (_, __, ___, ____, { counts }) => {
    let sum = 0
    for (const count of counts.values()) sum += count
    return -sum
  },
  bestMatch: (_, policy, ticket, agent) => fit(agent, askedOf(policy, ticket).requirements),
  expectedResolution: ({ estimates }, _, ticket, { id }) => expectedResolution(estimates, id, ticket),
}

export type Scoring = readonly Score[]

/** What a ranking asks, looked up once. */
export const scoringOf = (ranking: readonly Ranking[]): Scoring => ranking.map((name) => SCORES[name])

/** `rankOf`, where what the ranking asks is at hand. */
export const scoreBy = (
  scoring: Scoring,
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  agent: AgentState,
  load: Load,
): readonly number[] => {
  const score = new Array<number>(scoring.length)
  for (let i = 0; i < scoring.length; i++) score[i] = scoring[i]!(state, policy, ticket, agent, load)
  return score
}

/** How an agent ranks for a ticket: integers compared one after the other, higher first. */
export const rankOf = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  agent: AgentState,
  load: Load,
): readonly number[] =>
  scoreBy(scoringOf(policy.queue(ticket.queue!).ranking), state, policy, ticket, agent, load)

/** Whether agents rank by more than what a ticket asks for: by what became of contacts like it. */
export const ranksByContact = (policy: Policy, queue: string): boolean =>
  policy.queue(queue).ranking.includes('expectedResolution')

export interface Ranked {
  /** Of the agent. */
  readonly id: string
  readonly score: readonly number[]
}

/** A total order: by the scores, then by id. */
export const compareRanked = (a: Ranked, b: Ranked): number => {
  for (let i = 0; i < a.score.length; i++) {
    const difference = b.score[i]! - a.score[i]!
    if (difference !== 0) return difference
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** What told the best from the next: the name of a ranking, or the agent's id. */
export const tieBreakOf = (ranking: readonly Ranking[], [best, next]: readonly Ranked[]): string => {
  if (!next) return 'only candidate'
  const at = best!.score.findIndex((score, i) => score !== next.score[i])
  return at < 0 ? 'agent id' : ranking[at]!
}
