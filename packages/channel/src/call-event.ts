import type { Reported } from './reported.js'

interface CallReported extends Reported {
  readonly call: string
}

export interface CallOfferedReported extends CallReported {
  readonly kind: 'callOffered'
  readonly direction: 'inbound' | 'outbound'
  readonly from?: string
  readonly to?: string
  /** What the media side needs to take the call, such as an SDP offer; never stored. */
  readonly session?: unknown
}

/** A phone rings: an agent's, or the customer's where neither leg nor agent is named. */
export interface CallRangReported extends CallReported {
  readonly kind: 'callRang'
  /** As `connect` named it. */
  readonly leg?: string
  readonly agent?: string
}

/** An agent's phone was rung in vain. */
export interface CallMissedReported extends CallReported {
  readonly kind: 'callMissed'
  readonly leg?: string
  readonly agent?: string
  readonly cause: 'noAnswer' | 'busy' | 'rejected' | 'failed'
}

export interface CallAnsweredReported extends CallReported {
  readonly kind: 'callAnswered'
  readonly leg?: string
  readonly agent?: string
}

export interface CallHeldReported<Kind extends 'callHeld' | 'callResumed'> extends CallReported {
  readonly kind: Kind
}

export interface CallEndedReported extends CallReported {
  readonly kind: 'callEnded'
  readonly by: 'customer' | 'agent' | 'system' | 'unknown'
  readonly cause?: string
  /** How long it was connected, in ms. */
  readonly duration?: number
  readonly recording?: string
  readonly transferredTo?: string
  /** Passed on after asking: a warm transfer. */
  readonly attended?: boolean
  /** Of a call that we placed, where the customer was not reached. */
  readonly outcome?: 'busy' | 'noAnswer' | 'rejected' | 'failed' | 'cancelled'
}

/** What the provider calls a call that we placed; from now on it is acted on, and may be reported, by that name. */
export interface CallNamedReported extends CallReported {
  readonly kind: 'callNamed'
  readonly name: string
}

/** A recording is there, often only after the call. `recording` is the provider's name of it. */
export interface CallRecordedReported extends CallReported {
  readonly kind: 'callRecorded'
  readonly recording: string
  /** In ms. */
  readonly duration?: number
}

/** What a channel reports about calls. */
export type CallEvent =
  | CallOfferedReported
  | CallRangReported
  | CallMissedReported
  | CallAnsweredReported
  | CallHeldReported<'callHeld'>
  | CallHeldReported<'callResumed'>
  | CallNamedReported
  | CallEndedReported
  | CallRecordedReported
