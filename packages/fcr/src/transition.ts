import type { Instant } from '@ramal/core'
import type { FcrFact } from './fact.js'
import type { Reason, UnitState } from './judge.js'

/** A unit, named by its first contact, goes from one state to another: minus one here, plus one there. */
export interface Transition {
  readonly unit: string
  /** `none`: it was not a unit before, or is none any more. */
  readonly from: UnitState | 'none'
  readonly to: UnitState | 'none'
  readonly reasons: readonly Reason[]
  /** A state that was final, success or failed, turned out to be another. */
  readonly revised: boolean
  /** The fact that brought it about, the last one where there were several; or that time passed. */
  readonly cause: FcrFact['kind'] | 'time'
  readonly asOf: Instant
}

export const CAUSES = [
  'time',
  'started',
  'queued',
  'joined',
  'transferred',
  'replied',
  'callbackPromised',
  'ended',
  'reopened',
  'intentSet',
  'spamMarked',
  'spamUnmarked',
  'linked',
  'unlinked',
  'surveyed',
  'customersMerged',
  'customersSplit',
] as const satisfies readonly Transition['cause'][]
/** Place of `time` among the causes. */
export const TIME = 0
export const CODES: ReadonlyMap<string, number> = new Map(CAUSES.map((cause, code) => [cause, code]))
