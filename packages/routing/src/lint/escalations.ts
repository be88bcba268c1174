import { type Escalation, isTimed } from '../policy/index.js'
import { statesOf } from './conditions.js'
import { error, type Finding, warning } from './finding.js'
import type { Check, Linted } from './linted.js'

/** After how long a wait an escalation takes every ticket out of its queue for good; undefined if it does not. */
export const leavesWhen = ({ when = {}, do: action = {} }: Escalation): number | undefined =>
  isTimed(when) && (action.queue !== undefined || action.close) ? when.waited : undefined

const unreachable = ({ policy }: Linted, queue: string, i: number): string | undefined => {
  const { escalations, maxOffers, concurrentOffers } = policy.queue(queue)
  const { when = {} } = escalations[i]!
  // The last offers are made at a time.
  const mostOffers = maxOffers - 1 + concurrentOffers
  if (when.offers !== undefined && when.offers > mostOffers)
    return `it wants ${when.offers} offers, and no more than ${mostOffers} are made (maxOffers ${maxOffers})`
  if (when.hours && !statesOf(policy, when.hours.calendar).includes(when.hours.is))
    return `calendar "${when.hours.calendar}" is never ${when.hours.is}`
  const before = escalations
    .slice(0, i)
    .find((earlier) => (leavesWhen(earlier) ?? Number.POSITIVE_INFINITY) <= (when.waited ?? -1))
  return before && `by then "${before.name}" has taken the ticket out of queue "${queue}"`
}

const contradiction = ({ do: action = {} }: Escalation): string | undefined => {
  const { close, labels, ...rest } = action
  const others = Object.keys(rest)
  return close && others.length > 0
    ? `It closes the conversation, so ${others.join(', ')} changes nothing.`
    : undefined
}

const checkOne = (linted: Linted, queue: string, escalation: Escalation, i: number): readonly Finding[] => {
  const path = `queues.${queue}.escalations[${i}]`
  const findings: Finding[] = []
  const never = unreachable(linted, queue, i)
  if (never) {
    const sure = !never.startsWith('by then')
    const say = sure ? error : warning
    findings.push(say('unreachableEscalation', path, `"${escalation.name}" never happens: ${never}.`))
  }
  const both = contradiction(escalation)
  if (both) findings.push(warning('contradiction', `${path}.do`, both))
  return findings
}

/** Ways round from a queue to itself, each once, beginning at the queue that the policy names first. */
const cyclesOf = (linted: Linted): readonly (readonly string[])[] => {
  const names = linted.queues
  const next = (queue: string): readonly string[] => [
    ...new Set(linted.policy.queue(queue).escalations.flatMap(({ do: action }) => action?.queue ?? [])),
  ]
  const cycles: string[][] = []
  const closed = new Set<string>()
  const walk = (queue: string, way: readonly string[]): void => {
    const at = way.indexOf(queue)
    if (at >= 0) {
      cycles.push([...way.slice(at), queue])
      return
    }
    if (closed.has(queue)) return
    for (const to of next(queue)) walk(to, [...way, queue])
    closed.add(queue)
  }
  for (const name of names) walk(name, [])
  return cycles
}

/** Escalations that never happen, that contradict themselves, or that lead round in a circle. */
export const checkEscalations: Check = (linted) => [
  ...linted.queues.flatMap((queue) =>
    linted.policy.queue(queue).escalations.flatMap((escalation, i) => checkOne(linted, queue, escalation, i)),
  ),
  ...cyclesOf(linted).map((cycle) =>
    warning(
      'escalationCycle',
      `queues.${cycle[0]}.escalations`,
      `Escalations lead round: ${cycle.join(' to ')}. Each happens once a ticket, so it comes back and then stays.`,
    ),
  ),
]
