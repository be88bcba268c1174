/** A log of rings and a projection that counts them, for the tests. */
import { memoryStore, type StreamName, virtualClock } from '@ramal/core'
import { jsonSnapshot, type Projection } from './projection.js'
import { runProjection } from './run.js'
import type { RunOptions } from './running.js'
import type { ProjectionStorage } from './storage.js'

export interface Tally {
  readonly seen: Record<string, number>
}

/** Counts each event by its id, as many times as its version says. */
export const tally = (version = 1, apply?: Projection<Tally>['apply']): Projection<Tally> => ({
  name: 'tally',
  version,
  types: ['Rang'],
  initial: () => ({ seen: {} }),
  apply:
    apply ??
    ((state, { meta }) => {
      state.seen[meta.id] = (state.seen[meta.id] ?? 0) + version
    }),
  snapshot: jsonSnapshot(),
})

export const world = () => {
  const clock = virtualClock(1000)
  const store = memoryStore({ clock })
  let next = 0
  const ring = async (count = 1, type = 'Rang', stream: StreamName = 'bell-1') => {
    const events = Array.from({ length: count }, () => {
      const id = `e${++next}`
      const meta = { id, at: clock.now(), tenant: 't', correlationId: id, causationId: id, schemaVersion: 1 }
      return { type, data: {}, meta }
    })
    await store.append([{ stream, expected: 'any', events }])
  }
  const run = (
    projection: Projection<Tally>,
    options: RunOptions<Tally> & { storage?: ProjectionStorage } = {},
  ) => {
    const stop = new AbortController()
    const { storage, ...rest } = options
    const running = runProjection(
      { store, clock, signal: stop.signal, ...(storage && { storage }) },
      projection,
      rest,
    )
    const end = async () => {
      stop.abort()
      return running.outcome
    }
    return { running, end }
  }
  return { clock, store, ring, run }
}
