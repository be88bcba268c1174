import type { Instant } from '@ramal/core'
import { isCounted, isPingPong, type ServiceRecord } from './record.js'

export interface ServiceSettings {
  /** Target of the service level, in ms. Default 20,000. */
  readonly answerWithin?: number
  /** Who gives up within it did not really wait, in ms. Default 5,000. */
  readonly shortAbandon?: number
  /** Business time between two moments, in ms; of the calendar of the routing policy. Default: all time. */
  readonly elapsed?: (from: Instant, to: Instant) => number
}

export const settingsOf = (settings: ServiceSettings): Required<ServiceSettings> => ({
  answerWithin: 20_000,
  shortAbandon: 5_000,
  elapsed: (from, to) => to - from,
  ...settings,
})

/** Sums over contacts: every figure is made of them, so cells add up, and a change is minus the old and plus the new. */
export const TOTALS = [
  'offered',
  'answered',
  'abandoned',
  'answeredWithin',
  'abandonedWithin',
  'shortAbandoned',
  'waitAnswered',
  'waitAbandoned',
  'handled',
  'segments',
  'handleTime',
  'replied',
  'replyTime',
  'replyBusinessTime',
  'resolved',
  'firstResolutionTime',
  'fullResolutionTime',
  'reopened',
  'reopens',
  'transferred',
  'transfers',
  'handovers',
  'pingPong',
  'responses',
  'satisfied',
  'scores',
] as const
export type Total = (typeof TOTALS)[number]
export type Totals = Record<Total, number>

export const noTotals = (): Totals => Object.fromEntries(TOTALS.map((name) => [name, 0])) as Totals

export const waitOf = ({ offeredAt, answeredAt }: ServiceRecord): number | undefined =>
  offeredAt === undefined || answeredAt === undefined ? undefined : Math.max(0, answeredAt - offeredAt)

export const handleTimeOf = (r: ServiceRecord): number | undefined =>
  r.segments === 0 || r.heldSince !== undefined || r.wrapUpSince !== undefined
    ? undefined
    : r.handleTime + r.wrapUpTime

export const replyTimeOf = ({ requestedAt, openedAt, repliedAt }: ServiceRecord): number | undefined =>
  repliedAt === undefined ? undefined : Math.max(0, repliedAt - (requestedAt ?? openedAt))

const addAnswer = (t: Totals, r: ServiceRecord, s: Required<ServiceSettings>, sign: number): void => {
  const wait = waitOf(r)
  if (wait !== undefined) {
    t.answered += sign
    t.waitAnswered += sign * wait
    if (wait <= s.answerWithin) t.answeredWithin += sign
  } else if (r.abandonedAt !== undefined) {
    const patience = Math.max(0, r.abandonedAt - r.offeredAt!)
    t.abandoned += sign
    t.waitAbandoned += sign * patience
    if (patience <= s.answerWithin) t.abandonedWithin += sign
    if (patience <= s.shortAbandon) t.shortAbandoned += sign
  }
}

/** Adds a contact to sums, or with -1 takes it out again as it was. */
export const addRecord = (t: Totals, r: ServiceRecord, s: Required<ServiceSettings>, sign: 1 | -1): void => {
  if (!isCounted(r)) return
  if (r.offeredAt !== undefined) {
    t.offered += sign
    addAnswer(t, r, s, sign)
  }
  const handle = handleTimeOf(r)
  if (handle !== undefined) {
    t.handled += sign
    t.segments += sign * r.segments
    t.handleTime += sign * handle
    t.handovers += sign * (r.agents.length - 1)
    if (r.transfers > 0) t.transferred += sign
    t.transfers += sign * r.transfers
    if (isPingPong(r)) t.pingPong += sign
  }
  const reply = replyTimeOf(r)
  if (reply !== undefined) {
    t.replied += sign
    t.replyTime += sign * reply
    t.replyBusinessTime += sign * s.elapsed(r.requestedAt ?? r.openedAt, r.repliedAt!)
  }
  if (r.resolvedAt !== undefined) {
    t.resolved += sign
    t.firstResolutionTime += sign * (r.resolvedAt - r.openedAt)
    t.fullResolutionTime += sign * ((r.finallyResolvedAt ?? r.resolvedAt) - r.openedAt)
    if (r.reopens > 0) t.reopened += sign
    t.reopens += sign * r.reopens
  }
  if (r.score !== undefined && r.scale !== undefined) {
    t.responses += sign
    // The two best answers of the scale.
    if (r.score >= r.scale - 1) t.satisfied += sign
    // Whole thousandths: sums of fractions would drift as contacts come and go.
    t.scores += sign * Math.round((1000 * r.score) / r.scale)
  }
}
