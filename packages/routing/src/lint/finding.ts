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

export const quoted = (name: string): string => `"${name}"`
