import { inspect, isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { StoreError, type StoreErrorCode } from '../errors.js'

/** The store broke its contract. The message says what was promised and what was found. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract'
}

const shown = (value: unknown): string => {
  const text = inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80 })
  return text.length > 600 ? `${text.slice(0, 597)}...` : text
}

export const ensure: (condition: boolean, broken: string) => asserts condition = (condition, broken) => {
  if (!condition) throw new BrokenContract(broken)
}

export const ensureSame = (found: unknown, expected: unknown, what: string): void => {
  if (!isDeepStrictEqual(found, expected))
    throw new BrokenContract(`${what}: expected ${shown(expected)}, found ${shown(found)}.`)
}

export const ensureRight = <L, R>(result: E.Either<L, R>, what: string): R => {
  if (E.isLeft(result)) throw new BrokenContract(`${what} was refused: ${shown(result.left)}.`)
  return result.right
}

export const ensureLeft = <L, R>(result: E.Either<L, R>, what: string): L => {
  if (E.isRight(result)) throw new BrokenContract(`${what} was accepted: ${shown(result.right)}.`)
  return result.left
}

/** Runs a call that must reject with a `StoreError` of this code; a throw before the promise counts as one. */
export const ensureRejects = async (
  call: () => Promise<unknown>,
  codes: StoreErrorCode | readonly StoreErrorCode[],
  what: string,
): Promise<void> => {
  const wanted = typeof codes === 'string' ? [codes] : codes
  let value: unknown
  try {
    value = await call()
  } catch (error) {
    ensure(
      error instanceof StoreError && wanted.includes(error.code),
      `${what}: expected a StoreError ${wanted.join(' or ')}, caught ${shown(error)}.`,
    )
    ensure(error.message.length > 10, `${what}: the error says nothing: ${shown(error.message)}.`)
    return
  }
  throw new BrokenContract(
    `${what}: expected a StoreError ${wanted.join(' or ')}, it resolved with ${shown(value)}.`,
  )
}
