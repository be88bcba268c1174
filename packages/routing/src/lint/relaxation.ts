import type { Requirement } from '@ramal/conversation'
import { canonicalJson } from '@ramal/core'
import type { RelaxationStep } from '../policy/index.js'
import { relax } from '../policy/index.js'
import { askedAt } from './arrivals.js'
import { leavesWhen } from './escalations.js'
import { type Finding, warning } from './finding.js'
import type { Check, Linted } from './linted.js'
import { poolOf } from './pool.js'
import { subtract, tell } from './region.js'
import { agentDomains, agentRegion } from './requirements.js'

/** Whether the last of these steps changes anything, whatever of the policy is asked for before. */
const changes = (
  queue: string,
  steps: readonly RelaxationStep[],
  lists: readonly (readonly Requirement[])[],
): boolean =>
  lists.some((list) => {
    const [before, after] = [relax(list, steps.slice(0, -1)), relax(list, steps)]
    const others = (borrow: readonly string[]) => borrow.filter((name) => name !== queue).length
    return (
      canonicalJson(before.requirements) !== canonicalJson(after.requirements) ||
      others(before.borrow) !== others(after.borrow)
    )
  })

/** Whether somebody who could take it before a step could not after it. */
const narrows = ({ policy, arrivals }: Linted, queue: string, step: number): boolean =>
  (arrivals.get(queue) ?? []).some((arrival) => {
    const before = askedAt(policy, arrival, step - 1).requirements
    const after = askedAt(policy, arrival, step).requirements
    const domains = agentDomains([before, after])
    return tell(() => subtract(domains, agentRegion(domains, before), agentRegion(domains, after)).length > 0)
  })

const reachesMore = (linted: Linted, queue: string, step: number): boolean =>
  (linted.arrivals.get(queue) ?? []).some(
    (arrival) => poolOf(linted, arrival, step).length > poolOf(linted, arrival, step - 1).length,
  )

const checkStep = (linted: Linted, queue: string, i: number): readonly Finding[] => {
  const { policy, agents, arrivals } = linted
  const { relaxation, escalations } = policy.queue(queue)
  const { after, skipToWhenNobodyPresent } = relaxation[i]!
  const path = `queues.${queue}.relaxation[${i}]`
  const gone = escalations.find((escalation) => (leavesWhen(escalation) ?? Number.POSITIVE_INFINITY) <= after)
  if (gone && !skipToWhenNobodyPresent)
    return [
      warning(
        'unreachableStep',
        path,
        `Step ${i + 1} comes after ${after} ms, and by then "${gone.name}" has taken the ticket out of queue "${queue}".`,
      ),
    ]
  const here = arrivals.get(queue) ?? []
  // Those of other queues may come by transfer.
  const lists = [...here.map(({ requirements }) => requirements), [], ...linted.lists.map(({ list }) => list)]
  if (!changes(queue, relaxation.slice(0, i + 1), lists))
    return [
      warning(
        'stepRelaxesNothing',
        path,
        `Step ${i + 1} changes nothing: no ticket asks for what it would take away.`,
      ),
    ]
  if (narrows(linted, queue, i + 1))
    return [
      warning(
        'stepNarrows',
        path,
        `Step ${i + 1} asks for more than before: some who could take a ticket no longer can.`,
      ),
    ]
  if (agents && arrivals.has(queue) && !reachesMore(linted, queue, i + 1))
    return [
      warning(
        'stepReachesNobodyMore',
        path,
        `Step ${i + 1} asks for less, and nobody more can take a ticket by it.`,
      ),
    ]
  return []
}

/** Steps of relaxation that are never taken, or take nothing away. */
export const checkRelaxation: Check = (linted) =>
  linted.queues.flatMap((queue) =>
    linted.policy.queue(queue).relaxation.flatMap((_, i) => checkStep(linted, queue, i)),
  )
