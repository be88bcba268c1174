/**
 * What went wrong with a store, for a caller that acts on it:
 * - `unavailable`: not reachable, or the connection broke; trying later may help
 * - `locked`: another process owns it
 * - `refused`: wrong user, password or right
 * - `schema`: made by another version, or not ours at all
 * - `corrupt`: what was read cannot be what was written
 * - `full`: no room left on the disk
 * - `invalid`: the call itself is wrong: a name, an event that does not encode
 * - `unsupported`: this server cannot do what is asked
 * - `closed`: the store was closed before or during the call
 */
export type StoreErrorCode =
  | 'unavailable'
  | 'locked'
  | 'refused'
  | 'schema'
  | 'corrupt'
  | 'full'
  | 'invalid'
  | 'unsupported'
  | 'closed'

/** An infrastructure failure. Conflicts are no errors: `append` returns them. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
