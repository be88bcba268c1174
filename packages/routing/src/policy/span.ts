import { integer } from '@ramal/core'

/** A hundred years: what comes of a moment and such a time is a moment still. */
const LONGEST = 36_525 * 86_400_000

/** How long something takes at most or waits, in ms. */
export const span = integer(0, LONGEST)

/** The same, where no time at all makes no sense. */
export const spanAboveZero = integer(1, LONGEST)
