import type { Agent } from '@ramal/workforce'
import type { Policy } from '../policy/index.js'
import type { Arrival } from './arrivals.js'

/**
 * `error`: something in the policy can never do what it says, or tickets would wait for good. `warning`: it works,
 * and is hardly what was meant.
 */
export type Severity = 'error' | 'warning'

export type FindingCode =
  | 'contradiction'
  | 'unreachableRule'
  | 'weightZero'
  | 'skillNobodyHas'
  | 'nobodyCanServe'
  | 'nobodyCanServeYet'
  | 'unknownAgent'
  | 'unknownChannel'
  | 'queueWithoutAgents'
  | 'queueUnused'
  | 'agentInUnknownQueue'
  | 'agentWithoutQueue'
  | 'unreachableStep'
  | 'stepRelaxesNothing'
  | 'stepNarrows'
  | 'stepReachesNobodyMore'
  | 'unreachableEscalation'
  | 'escalationCycle'
  | 'calendarNeverOpen'
  | 'calendarUnused'
  | 'unknownZone'
  | 'holidayTwice'
  | 'offerExpiresAtOnce'
  | 'offerOutlastsTarget'
  | 'askedAgainAtOnce'
  | 'offersEndForGood'
  | 'withoutEffect'
  | 'channelNobodyCanCarry'
  | 'agentCanCarryNothing'
  | 'bandOutOfUse'
  | 'starvation'
  | 'deadlineWithoutTarget'
  | 'shareAlone'

export interface Finding {
  readonly severity: Severity
  readonly code: FindingCode
  /** Where in the policy, such as `queues.care.relaxation[1]`, or `agents.bia`. */
  readonly path: string
  readonly message: string
}

/** An agent as they are registered; whether they are present does not matter here. */
export type LintedAgent = Pick<Agent, 'kind' | 'team' | 'skills' | 'capacity' | 'queues'> & {
  readonly id: string
}

/** What is known besides the policy. What is left out is not checked. */
export interface LintFacts {
  readonly agents?: readonly LintedAgent[]
  /** The names of all channels that there are. */
  readonly channels?: readonly string[]
}

/** What every check looks at. */
export interface Linted extends LintFacts {
  readonly policy: Policy
  /** How tickets come to each queue, and what they ask for then. */
  readonly arrivals: readonly Arrival[]
  /** Rules that no ticket can reach, by their index. */
  readonly unreachable: ReadonlyMap<number, string>
}

export type Check = (linted: Linted) => readonly Finding[]

export const error = (code: FindingCode, path: string, message: string): Finding => ({
  severity: 'error',
  code,
  path,
  message,
})

export const warning = (code: FindingCode, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
})

export const queuesOf = ({ policy }: Pick<Linted, 'policy'>): readonly string[] =>
  Object.keys(policy.data.queues)

export const quoted = (name: string): string => `"${name}"`
