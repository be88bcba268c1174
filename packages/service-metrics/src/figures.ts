import { type ServiceLevelVariant, serviceLevels } from './service-level.js'
import type { Totals } from './totals.js'

/** Service figures of everything, or of a cell. Times in ms. Nothing where there is nothing to divide by. */
export interface ServiceFigures {
  readonly totals: Readonly<Totals>
  readonly serviceLevel: Readonly<Record<ServiceLevelVariant, number | undefined>>
  /** Average speed of answer: the waits of who was answered, of the answered. */
  readonly asa: number | undefined
  /** All waits, of all who were offered and are through: what some call average wait. */
  readonly averageWait: number | undefined
  /** Abandoned, of the offered. */
  readonly abandonment: number | undefined
  /** As `abandonment`, without those who gave up at once, above and below. */
  readonly abandonmentWithoutShort: number | undefined
  /** Talk, hold and wrap-up of a handled contact. */
  readonly aht: number | undefined
  /** The same for each agent's part of a contact. */
  readonly ahtBySegment: number | undefined
  readonly firstReply: number | undefined
  readonly firstReplyBusiness: number | undefined
  readonly firstResolution: number | undefined
  /** After the last reopening; of what is open again, to its last resolution. */
  readonly fullResolution: number | undefined
  /** Handled contacts with at least one transfer. */
  readonly transferRate: number | undefined
  readonly handoversPerContact: number | undefined
  /** Handled contacts that came back to an agent who had handed them on. */
  readonly pingPongRate: number | undefined
  /** Resolved contacts that were reopened. */
  readonly reopenRate: number | undefined
  /** The two best answers of the scale, of the answers. */
  readonly csat: number | undefined
  /** Mean score as a share of the scale, of scores to a thousandth. */
  readonly meanScore: number | undefined
  /** Answers, of the resolved contacts: without it nobody can judge `csat`. */
  readonly responseRate: number | undefined
}

const share = (part: number, of: number): number | undefined => (of === 0 ? undefined : part / of)

export const figuresOf = (totals: Readonly<Totals>): ServiceFigures => {
  const t = totals
  return {
    totals: { ...t },
    serviceLevel: serviceLevels(t),
    asa: share(t.waitAnswered, t.answered),
    averageWait: share(t.waitAnswered + t.waitAbandoned, t.answered + t.abandoned),
    abandonment: share(t.abandoned, t.offered),
    abandonmentWithoutShort: share(t.abandoned - t.shortAbandoned, t.offered - t.shortAbandoned),
    aht: share(t.handleTime, t.handled),
    ahtBySegment: share(t.handleTime, t.segments),
    firstReply: share(t.replyTime, t.replied),
    firstReplyBusiness: share(t.replyBusinessTime, t.replied),
    firstResolution: share(t.firstResolutionTime, t.resolved),
    fullResolution: share(t.fullResolutionTime, t.resolved),
    transferRate: share(t.transferred, t.handled),
    handoversPerContact: share(t.handovers, t.handled),
    pingPongRate: share(t.pingPong, t.handled),
    reopenRate: share(t.reopened, t.resolved),
    csat: share(t.satisfied, t.responses),
    meanScore: share(t.scores / 1000, t.responses),
    responseRate: share(t.responses, t.resolved),
  }
}
