import type { Policy } from '../policy/index.js'
import { meetsAll } from '../requirements.js'
import { type Arrival, askedAt } from './arrivals.js'
import type { LintedAgent } from './finding.js'

/** Who could take what arrives so, at a step of its relaxation, if they were present and had room. */
export const poolOf = <A extends Pick<LintedAgent, 'id' | 'kind' | 'team' | 'skills' | 'queues'>>(
  policy: Policy,
  agents: readonly A[],
  arrival: Pick<Arrival, 'queue' | 'requirements' | 'excluded'>,
  step: number,
): readonly A[] => {
  const { requirements, borrow } = askedAt(policy, arrival, step)
  return agents.filter(
    (agent) =>
      agent.queues.some((queue) => queue === arrival.queue || borrow.includes(queue)) &&
      !arrival.excluded.includes(agent.id) &&
      meetsAll(agent, requirements),
  )
}
