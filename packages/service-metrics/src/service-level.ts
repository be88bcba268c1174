/** What every variant of the service level is made of. */
export interface AnswerCounts {
  readonly answered: number
  readonly abandoned: number
  /** Answered within the target, such as 20 seconds. */
  readonly answeredWithin: number
  /** Abandoned within the target. */
  readonly abandonedWithin: number
  /** Abandoned within the short-abandon threshold, such as 5 seconds; part of `abandonedWithin`. */
  readonly shortAbandoned: number
}

/** The ways in which a service level is published. They differ in what an abandoned contact is. */
export const SERVICE_LEVELS = [
  'abandonsWithinMet',
  'answeredOnly',
  'abandonsNegative',
  'abandonsWithinRemoved',
  'shortAbandonsMet',
  'shortAbandonsRemoved',
] as const
export type ServiceLevelVariant = (typeof SERVICE_LEVELS)[number]

const share = (part: number, of: number): number | undefined => (of === 0 ? undefined : part / of)

/**
 * The service level in all its published variants (ICMI 2002; callcentrehelper.com 206890; Cisco ICR):
 * - `abandonsWithinMet`: who gave up within the target was served in time (Cisco: positive)
 * - `answeredOnly`: only who was answered counts
 * - `abandonsNegative`: whoever gave up was not served (Cisco: negative). The default: it cannot flatter.
 * - `abandonsWithinRemoved`: who gave up within the target does not count (Cisco: ignored)
 * - `shortAbandonsMet`: who gave up at once was served in time
 * - `shortAbandonsRemoved`: who gave up at once does not count
 *
 * Nothing where nobody counts.
 */
export const serviceLevels = ({
  answered,
  abandoned,
  answeredWithin,
  abandonedWithin,
  shortAbandoned,
}: AnswerCounts): Readonly<Record<ServiceLevelVariant, number | undefined>> => {
  const all = answered + abandoned
  return {
    abandonsWithinMet: share(answeredWithin + abandonedWithin, all),
    answeredOnly: share(answeredWithin, answered),
    abandonsNegative: share(answeredWithin, all),
    abandonsWithinRemoved: share(answeredWithin, all - abandonedWithin),
    shortAbandonsMet: share(answeredWithin + shortAbandoned, all),
    shortAbandonsRemoved: share(answeredWithin, all - shortAbandoned),
  }
}
