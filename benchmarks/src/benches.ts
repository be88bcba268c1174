import type { Bench } from './harness.js'

/**
 * Every bench by its name, in the order in which they run. Each is imported only in the process that runs it:
 * one that does not load stops no other.
 */
export const benches: { readonly [name: string]: () => Promise<{ readonly bench: Bench }> } = {
  floors: () => import('./floors.js'),
  'store-sqlite': () => import('./store-sqlite.js'),
  routing: () => import('./routing.js'),
  'end-to-end': () => import('./end-to-end.js'),
  ingest: () => import('./ingest.js'),
  'store-postgres': () => import('./store-postgres.js'),
  fcr: () => import('./fcr.js'),
  castore: () => import('./castore.js'),
}
