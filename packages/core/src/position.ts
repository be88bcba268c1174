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

/** The character of a digit of an integer below 10^8. */
const digit = (n: number, unit: number): number => 48 + (Math.floor(n / unit) % 10)

/**
 * For stores that count events from 1: the number as a position, 0 as `START`. At most 2^53.
 * Made of its digits: once an event, and half as large and three times as fast as a number that is padded.
 */
export const positionOf = (ordinal: number): Position => {
  if (ordinal === 0) return START
  const low = ordinal % 1e8
  const high = (ordinal - low) / 1e8
  return String.fromCharCode(
    digit(high, 1e7),
    digit(high, 1e6),
    digit(high, 1e5),
    digit(high, 1e4),
    digit(high, 1e3),
    digit(high, 1e2),
    digit(high, 1e1),
    digit(high, 1),
    digit(low, 1e7),
    digit(low, 1e6),
    digit(low, 1e5),
    digit(low, 1e4),
    digit(low, 1e3),
    digit(low, 1e2),
    digit(low, 1e1),
    digit(low, 1),
  ) as Position
}

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
