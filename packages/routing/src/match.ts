import type { Candidate, DecisionRecord, Verdict } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { type Judgement, judge, type Load } from './eligibility.js'
import type { Policy } from './policy.js'
import type { AgentState, RoutingState, Ticket } from './state.js'

export interface Judged extends Judgement {
  readonly agent: AgentState
  readonly load: Load
}

/** Who may be asked, best first, and for every agent why or why not. */
export interface Match {
  readonly ranked: readonly Judged[]
  readonly judged: readonly Judged[]
}

/** A total order: who has been idle longest, then the id. */
export const compareIdle = (a: Judged, b: Judged): number =>
  a.load.idleSince - b.load.idleSince || (a.agent.id < b.agent.id ? -1 : 1)

const SILENT: Judgement = { verdict: 'notResponding' }

/**
 * Every agent, judged for one ticket: the plain way, which any faster one must agree with.
 * @param silent who stopped responding in the running pass
 */
export const matchTicket = (
  state: RoutingState,
  policy: Policy,
  ticket: Ticket,
  loadOf: (agent: AgentState) => Load,
  silent: ReadonlySet<string>,
  now: Instant,
): Match => {
  const judged: Judged[] = []
  for (const agent of state.agents.values()) {
    if (!agent.registered) continue
    const load = loadOf(agent)
    const judgement = silent.has(agent.id) ? SILENT : judge(state, policy, ticket, agent, load, now)
    judged.push({ agent, load, ...judgement })
  }
  return { judged, ranked: judged.filter(({ verdict }) => verdict === 'ok').sort(compareIdle) }
}

/** So many candidates are kept in a record; the rest are counted, and recomputed on demand. */
const KEPT = 3

const tieBreakOf = ([best, next]: readonly Judged[]): string => {
  if (!next) return 'only candidate'
  return best!.load.idleSince === next.load.idleSince ? 'agent id' : 'longest idle'
}

export const recordOf = (
  { ranked, judged }: Match,
  facts: Pick<DecisionRecord, 'pass' | 'basis' | 'policy' | 'order' | 'waiting'>,
): DecisionRecord => {
  const verdicts: Partial<Record<Verdict, number>> = {}
  for (const { verdict } of judged) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
  return {
    ...facts,
    step: 0,
    considered: judged.length,
    verdicts: verdicts as Record<string, number>,
    candidates: ranked.slice(0, KEPT).map(
      ({ agent, load, verdict }, rank): Candidate => ({
        agent: agent.id,
        verdict,
        score: [],
        rank,
        idleSince: load.idleSince,
      }),
    ),
    tieBreak: tieBreakOf(ranked),
  }
}
