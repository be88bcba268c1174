import { error, type Finding, quoted, warning } from './finding.js'
import type { Check } from './linted.js'

/** Queues without agents, queues that nothing leads to, agents who serve none. */
export const checkQueues: Check = (linted) => {
  const { policy, agents, arrivals, members, queues: names } = linted
  const borrowed = new Set(
    names.flatMap((name) => policy.queue(name).relaxation.flatMap(({ borrow = [] }) => borrow)),
  )
  const findings: Finding[] = []
  for (const name of names) {
    const path = `queues.${name}`
    if (!arrivals.has(name) && !borrowed.has(name))
      findings.push(
        warning(
          'queueUnused',
          path,
          `No rule and no escalation leads to queue "${name}"; only a transfer can.`,
        ),
      )
    if (!agents || !arrivals.has(name) || members.has(name)) continue
    const lenders = policy.queue(name).relaxation.flatMap(({ borrow = [] }) => borrow)
    const lent = lenders.some((queue) => members.has(queue))
    findings.push(
      lent
        ? warning(
            'queueWithoutAgents',
            path,
            `No agent serves queue "${name}"; it waits until it may borrow.`,
          )
        : error('queueWithoutAgents', path, `No agent serves queue "${name}", and tickets come to it.`),
    )
  }
  for (const { id, queues } of agents ?? []) {
    const unknown = queues.filter((queue) => !Object.hasOwn(policy.data.queues, queue))
    if (unknown.length > 0)
      findings.push(
        warning(
          'agentInUnknownQueue',
          `agents.${id}.queues`,
          `There is no queue ${unknown.map(quoted).join(', ')}.`,
        ),
      )
    if (queues.length === 0)
      findings.push(
        warning('agentWithoutQueue', `agents.${id}.queues`, `${id} serves no queue, and is offered nothing.`),
      )
  }
  return findings
}
