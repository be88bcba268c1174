import type { Policy } from '../policy/index.js'
import { checkCalendars } from './calendars.js'
import { checkCapacity, checkChannels } from './capacity.js'
import { checkEscalations } from './escalations.js'
import type { Finding } from './finding.js'
import { type Check, type LintFacts, prepare } from './linted.js'
import { checkOffers } from './offers.js'
import { checkOrder } from './order.js'
import { checkQueues } from './queues.js'
import { checkRelaxation } from './relaxation.js'
import { checkRules } from './rules.js'
import { checkContradictions, checkNames, checkPools, checkSkills } from './skills.js'

const CHECKS: readonly Check[] = [
  checkRules,
  checkContradictions,
  checkQueues,
  checkSkills,
  checkPools,
  checkNames,
  checkCapacity,
  checkChannels,
  checkRelaxation,
  checkEscalations,
  checkCalendars,
  checkOffers,
  checkOrder,
]

/**
 * What is wrong with a policy that parses: what can never happen, what nobody can serve, what has no effect. Errors
 * first. Pure; what it is not told of, such as the agents, it does not judge.
 */
export const lintPolicy = (policy: Policy, facts: LintFacts = {}): readonly Finding[] => {
  const linted = prepare(policy, facts)
  const findings = CHECKS.flatMap((check) => check(linted))
  return findings.toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1))
}
