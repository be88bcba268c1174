import type { Bench } from './harness.js'

/**
 * Every bench by its name, in the order in which they run. Each is imported only in the process that runs it:
 * one that does not load stops no other.
 */
export const benches: { readonly [name: string]: () => Promise<{ readonly bench: Bench }> } = {
  floors: () => import('./floors.js'),
  'end-to-end': () => import('./end-to-end.js'),
}
