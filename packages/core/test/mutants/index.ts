import type { Mutant } from './mutant.js'
import { ofAnswers } from './of-answers.js'
import { ofAppends } from './of-appends.js'
import { ofContents } from './of-contents.js'
import { ofDisturbances } from './of-disturbances.js'
import { ofReads } from './of-reads.js'
import { ofRetries } from './of-retries.js'
import { ofSubscriptions } from './of-subscriptions.js'

/** Broken stores, each of which the suite must catch. */
export const mutants: readonly Mutant[] = [
  ...ofAppends,
  ...ofAnswers,
  ...ofRetries,
  ...ofReads,
  ...ofSubscriptions,
  ...ofContents,
  ...ofDisturbances,
]
