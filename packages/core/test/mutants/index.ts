import type { Mutant } from './mutant.js'
import { ofAnswers } from './of-answers.js'
import { ofAppends } from './of-appends.js'
import { ofContents } from './of-contents.js'
import { ofDisturbances } from './of-disturbances.js'
import { ofReads } from './of-reads.js'
import { ofRetries } from './of-retries.js'
import { ofSubscriptions } from './of-subscriptions.js'

/**
 * Broken stores, each of which the suite must catch.
 *
 * Among them are the faults of event store servers that suites of clients are known to let pass: a version ahead of
 * the stream accepted, a limit ignored, no `caughtUp`, a subscription or a read of the log that begins at its
 * position, no checkpoints through a filter, a wrong version in the answer, a retry under `any` written twice, an
 * append to many streams that is not atomic. Faults of what the port does not have (deleting and truncating streams,
 * acknowledging subscriptions, access lists) cannot be expressed here.
 */
export const mutants: readonly Mutant[] = [
  ...ofAppends,
  ...ofAnswers,
  ...ofRetries,
  ...ofReads,
  ...ofSubscriptions,
  ...ofContents,
  ...ofDisturbances,
]
