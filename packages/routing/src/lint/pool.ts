import { meetsAll } from '../requirements.js'
import { type Arrival, askedAt } from './arrivals.js'
import type { Linted, LintedAgent } from './linted.js'

/** Who could take what arrives so, at a step of its relaxation, if they were present and had room. */
export const poolOf = (
  { policy, members }: Pick<Linted, 'policy' | 'members'>,
  arrival: Pick<Arrival, 'queue' | 'requirements' | 'excluded'>,
  step: number,
): readonly LintedAgent[] => {
  const { requirements, borrow } = askedAt(policy, arrival, step)
  const serving = new Set([arrival.queue, ...borrow].flatMap((queue) => members.get(queue) ?? []))
  return [...serving].filter((agent) => !arrival.excluded.includes(agent.id) && meetsAll(agent, requirements))
}
