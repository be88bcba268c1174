import { type Finding, warning } from './finding.js'
import type { Check } from './linted.js'

const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** Times and limits of offers that do not go together. */
export const checkOffers: Check = (linted) =>
  linted.queues.flatMap((name) => {
    const queue = linted.policy.queue(name)
    const at = (field: string) => `queues.${name}.${field}`
    const {
      offerExpiresAfter,
      autoAccept,
      target,
      declineRetryAfter,
      maxDeclines,
      maxOffers,
      concurrentOffers,
    } = queue
    const findings: Finding[] = []
    if (target > 0 && offerExpiresAfter > target && !autoAccept)
      findings.push(
        warning(
          'offerOutlastsTarget',
          at('offerExpiresAfter'),
          `One offer may take ${offerExpiresAfter} ms, and a ticket should wait ${target} ms at most.`,
        ),
      )
    if (declineRetryAfter === 0 && maxDeclines === NO_LIMIT && maxOffers === NO_LIMIT)
      findings.push(
        warning(
          'askedAgainAtOnce',
          at('declineRetryAfter'),
          'Who declines is asked again at once, and for ever; give a pause, or maxDeclines.',
        ),
      )
    if (maxOffers !== NO_LIMIT && queue.escalations.length === 0)
      findings.push(
        warning(
          'offersEndForGood',
          at('maxOffers'),
          `After ${maxOffers} offers nobody is asked any more, and nothing else happens; add an escalation.`,
        ),
      )
    if (maxDeclines !== NO_LIMIT && maxDeclines > maxOffers)
      findings.push(
        warning(
          'withoutEffect',
          at('maxDeclines'),
          `Nobody can decline ${maxDeclines} times when ${maxOffers} offers are made at most.`,
        ),
      )
    if (concurrentOffers > maxOffers)
      findings.push(
        warning(
          'withoutEffect',
          at('maxOffers'),
          `${concurrentOffers} agents are asked at a time, so ${maxOffers} offers are no limit to that.`,
        ),
      )
    if (autoAccept && concurrentOffers > 1)
      findings.push(
        warning(
          'withoutEffect',
          at('concurrentOffers'),
          'An offer counts as accepted at once, so one agent is asked at a time.',
        ),
      )
    return findings
  })
