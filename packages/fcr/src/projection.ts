import type { Projection } from '@ramal/projection'
import { type FactOptions, type FactReader, factReader, factTypes } from './events.js'
import { type LiveFcr, type LiveOptions, liveFcr } from './live.js'

/** The state of the projection: the live figures, fed by `apply`. Call `refresh` before reading them. */
export interface FcrState extends LiveFcr {
  /** @internal */
  readonly read: FactReader
}

/**
 * First-contact resolution as a projection. `apply` only takes facts in; whoever reads calls
 * `state.refresh(clock.now())` first, once for any number of events. It lives in memory and is rebuilt at start.
 */
export const fcrProjection = (options: LiveOptions & FactOptions): Projection<FcrState> => ({
  name: 'fcr',
  version: 1,
  types: factTypes(options.definition),
  categories: ['conversation', 'customer', 'agent'],
  initial: () => Object.assign(liveFcr(options), { read: factReader(options) }),
  apply(state, event) {
    state.read(event, state.record)
  },
})
