import { appends } from './appends.js'
import type { Check } from './check.js'
import { contents } from './contents.js'
import { disturbed } from './disturbed.js'
import { drawn } from './drawn.js'
import { filters } from './filters.js'
import { guards } from './guards.js'
import { idempotency } from './idempotency.js'
import { interleaved } from './interleaved.js'
import { lifecycle } from './lifecycle.js'
import { races } from './races.js'
import { reads } from './reads.js'
import { subscriptions } from './subscriptions.js'

/** The contract of `EventStore`, promise by promise. */
export const checks: readonly Check[] = [
  ...appends,
  ...guards,
  ...idempotency,
  ...races,
  ...reads,
  ...filters,
  ...subscriptions,
  ...contents,
  ...lifecycle,
  ...disturbed,
  ...drawn,
  ...interleaved,
]
