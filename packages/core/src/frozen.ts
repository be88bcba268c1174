import { freeze } from 'immer'

/**
 * A value that nobody can change any more, to any depth. Plain objects and lists here, which is faster; what is more,
 * such as a `Map`, as immer does it.
 */
export const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return freeze(value, true)
  Object.freeze(value)
  for (const key of Object.keys(value)) frozen(value[key as keyof T])
  return value
}
