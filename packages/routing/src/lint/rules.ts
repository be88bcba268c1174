import { error, type Finding, warning } from './finding.js'
import type { Check } from './linted.js'
import { ruleName } from './reach.js'

/** Rules that no ticket can reach, and queues that a rule never picks. */
export const checkRules: Check = ({ policy, reach }) => {
  const findings: Finding[] = []
  for (const [i, { never }] of reach.entries())
    if (never)
      findings.push(
        error(
          never.code,
          `classification[${i}]${never.code === 'contradiction' ? '.when' : ''}`,
          `Rule ${ruleName(policy, i)} is never reached: ${never.why}.`,
        ),
      )
  for (const [i, { queue }] of policy.rules.entries()) {
    if (typeof queue === 'string') continue
    for (const [j, one] of queue.entries())
      if (one.weight === 0)
        findings.push(
          warning(
            'weightZero',
            `classification[${i}].queue[${j}].weight`,
            `Rule ${ruleName(policy, i)} sends no ticket to "${one.queue}": its weight is 0.`,
          ),
        )
  }
  return findings
}
