import { StoreError } from './errors.js'

/**
 * A place in the log, after an event. Opaque and ordered: compare it, keep it, give it back; never calculate
 * with it. Each store writes it so that the order of strings is the order of the log.
 */
export type Position = string & { readonly __position: unique symbol }

/** Before the first event. */
export const START = '' as Position

export const comparePositions = (a: Position, b: Position): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0)

export const laterOf = (a: Position, b: Position): Position => (a < b ? b : a)

/** For stores that count events from 1: the number as a position, 0 as `START`. At most 2^53. */
export const positionOf = (ordinal: number): Position =>
  ordinal === 0 ? START : (String(ordinal).padStart(16, '0') as Position)

/**
 * The inverse of `positionOf`, for the store that wrote it.
 * @throws StoreError `invalid` for what `positionOf` does not make, such as a position of another store
 */
export const ordinalOf = (position: Position): number => {
  if (position === START) return 0
  if (!/^\d{16}$/.test(position))
    throw new StoreError(
      'invalid',
      `Position ${JSON.stringify(position.slice(0, 80))} is not of this store; read from START and keep what it gives.`,
    )
  return Number(position)
}
