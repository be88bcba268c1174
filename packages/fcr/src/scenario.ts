/** Short histories for the tests. */
import { dayOfDate } from './civil.js'
import { DAY, define, type FcrDefinition } from './definition.js'
import type { ContactFact, FcrFact } from './fact.js'
import { historyOf, unitsOf } from './fcr.js'
import { liveFcr } from './live.js'
import type { Transition } from './transition.js'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** 1 March 2026. */
export const T0 = dayOfDate(2026, 3, 1) * DAY

type Started = Partial<Omit<Extract<ContactFact, { kind: 'started' }>, 'kind' | 'contact' | 'at'>>

/** A contact that starts and, with an end, is resolved. */
export const contact = (
  id: string,
  start: number,
  end: number | undefined,
  what: Started = {},
): readonly FcrFact[] => [
  { kind: 'started', contact: id, at: start, customer: 'ana', channel: 'phone', intent: 'invoice', ...what },
  ...(end === undefined
    ? []
    : [{ kind: 'ended', contact: id, at: end, outcome: 'resolved', recordedAt: what.recordedAt } as FcrFact]),
]

export const LATER = T0 + 400 * DAY

/** Unit, state and reasons, in the order of the starts. */
export const judged = (facts: readonly FcrFact[], overrides: Partial<FcrDefinition> = {}, asOf = LATER) =>
  unitsOf(historyOf(facts), { definition: define(overrides), asOf, known: Number.POSITIVE_INFINITY })
    .map((u) => [u.unit, u.state, ...u.reasons].join(' '))
    .join(', ')

/** Feeds facts as they come in, a refresh at each, and lists what became of whom. */
export const lived = (facts: readonly FcrFact[], until = LATER, overrides: Partial<FcrDefinition> = {}) => {
  const live = liveFcr({ definition: define(overrides) })
  const seen: Transition[] = []
  live.onTransition((t) => seen.push(t))
  const arrivals = [...facts].sort((a, b) => (a.recordedAt ?? a.at) - (b.recordedAt ?? b.at))
  for (const fact of arrivals) {
    const now = fact.recordedAt ?? fact.at
    while (live.nextDue() < now) live.refresh(live.nextDue())
    live.record(fact)
    live.refresh(now)
  }
  while (live.nextDue() <= until) live.refresh(live.nextDue())
  return seen.map((t) => `${t.unit} ${t.from}>${t.to}${t.revised ? ' revised' : ''} by ${t.cause}`)
}
