import type { Projection } from '@ramal/projection'
import { SERVICE_TYPES } from './apply.js'
import { type LiveService, type LiveServiceOptions, liveService } from './live.js'

/** The service figures as a projection. Its state is always up to date; it lives in memory and is rebuilt at start. */
export const serviceProjection = (options: LiveServiceOptions = {}): Projection<LiveService> => ({
  name: 'service-metrics',
  version: 1,
  types: [
    ...SERVICE_TYPES,
    'AgentRegistered',
    'AgentSignedIn',
    'AgentBecameAvailable',
    'AgentBecameUnavailable',
    'AgentStoppedResponding',
    'AgentDraining',
    'AgentSignedOut',
  ],
  categories: ['conversation', 'agent'],
  initial: () => liveService(options),
  apply: (state, event) => state.apply(event),
})
