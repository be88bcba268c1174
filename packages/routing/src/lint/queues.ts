import { type Check, error, type Finding, queuesOf, quoted, warning } from './finding.js'

/** Queues without agents, queues that nothing leads to, agents who serve none. */
export const checkQueues: Check = (linted) => {
  const { policy, agents, arrivals } = linted
  const names = queuesOf(linted)
  const reached = new Set(arrivals.map(({ queue }) => queue))
  const borrowed = new Set(
    names.flatMap((name) => policy.queue(name).relaxation.flatMap(({ borrow = [] }) => borrow)),
  )
  const findings: Finding[] = []
  for (const name of names) {
    const path = `queues.${name}`
    if (!reached.has(name) && !borrowed.has(name))
      findings.push(
        warning(
          'queueUnused',
          path,
          `No rule and no escalation leads to queue "${name}"; only a transfer can.`,
        ),
      )
    if (!agents || !reached.has(name) || agents.some(({ queues }) => queues.includes(name))) continue
    const lenders = policy.queue(name).relaxation.flatMap(({ borrow = [] }) => borrow)
    const lent = agents.some(({ queues }) => queues.some((queue) => lenders.includes(queue)))
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
    const unknown = queues.filter((queue) => !names.includes(queue))
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
