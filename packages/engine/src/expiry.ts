import { duration, type Instant } from '@ramal/core'
import * as t from 'io-ts'
import { checkInput } from './check-input.js'

/**
 * How long a message is of use. When that is over before it could go, it is refused by the rule `expired`; providers
 * that can are told to give up then. Default: as the sending rules say of its purpose.
 */
export interface Validity {
  /** From then on it is of no use. */
  readonly expiresAt?: Instant
  /** So long after it is requested, in ms. With both the earlier one counts. */
  readonly validFor?: number
}

const within = t.type({ validFor: duration })

export const expiryFrom = ({ expiresAt, validFor }: Validity, now: Instant): Instant | undefined => {
  if (validFor === undefined) return expiresAt
  checkInput('A message', within, { validFor })
  return Math.min(expiresAt ?? Number.POSITIVE_INFINITY, now + validFor)
}
