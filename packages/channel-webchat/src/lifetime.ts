export interface Lifetime {
  readonly signal: AbortSignal
  /** Aborts it, and lets go of everything. May be called again. */
  readonly end: () => void
}

/**
 * Ends with the first of several signals. `owner` is kept in memory until then: the signal of a `Request` of Node no
 * longer aborts once the request itself has been collected.
 */
export const lifetime = (signals: readonly AbortSignal[], owner?: object): Lifetime => {
  const controller = new AbortController()
  const held = new Set([owner])
  const end = () => {
    held.clear()
    for (const signal of signals) signal.removeEventListener('abort', end)
    controller.abort()
  }
  for (const signal of signals) signal.addEventListener('abort', end)
  if (signals.some((signal) => signal.aborted)) end()
  return { signal: controller.signal, end }
}
