/**
 * A place in the log, after an event. Opaque and ordered: compare it, keep it, give it back; never calculate
 * with it. Each store writes it so that the order of strings is the order of the log.
 */
export type Position = string & { readonly __position: unique symbol }

/** Before the first event. */
export const START = '' as Position

export const comparePositions = (a: Position, b: Position): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0)

export const laterOf = (a: Position, b: Position): Position => (a < b ? b : a)

/** For stores that count events: the number as a position. At most 2^53. */
export const positionOf = (ordinal: number): Position => String(ordinal).padStart(16, '0') as Position

/** The inverse of `positionOf`, for the store that wrote it. */
export const ordinalOf = (position: Position): number => (position === START ? 0 : Number(position))
