import type { Counts } from './counts.js'
import type { Nowcast } from './survival.js'

/** A share, and of how many. Nothing where there is nothing to divide by. */
export interface Rate {
  readonly rate: number | undefined
  readonly of: number
}

/** What is said of everything, or of one cell. Success over decided is not among it: it is wrong by design. */
export interface Figures {
  readonly counts: Counts
  /** Success among the units whose window is over. Right, of fewer units than there are. */
  readonly closedCohort: Rate
  /** If all that is undecided fails, and if it all succeeds. */
  readonly bounds: {
    readonly lower: number | undefined
    readonly upper: number | undefined
    readonly of: number
  }
  /** Estimate for all units that have ended. Nothing for a live figure, or where no window has to pass. */
  readonly nowcast: Nowcast | undefined
  /** Contacts of decided units, for each of them. */
  readonly contactsPerUnit: number | undefined
  /** Units of which the customer was known. */
  readonly identified: Rate
}

const share = (part: number, of: number): number | undefined => (of === 0 ? undefined : part / of)

export const figuresOf = (counts: Counts, nowcast?: Nowcast): Figures => {
  const { success, failed, pending, open, closedSuccess, closedFailed } = counts
  const decided = success + failed
  const all = decided + pending + open
  const closed = closedSuccess + closedFailed
  return {
    counts,
    closedCohort: { rate: share(closedSuccess, closed), of: closed },
    bounds: { lower: share(success, all), upper: share(success + pending + open, all), of: all },
    nowcast,
    contactsPerUnit: share(counts.contacts, decided),
    identified: { rate: share(counts.identified, all), of: all },
  }
}
