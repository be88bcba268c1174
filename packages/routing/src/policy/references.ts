import type { Escalation, PolicyData, RelaxationStep, Rule } from './codec.js'
import type { Condition } from './condition.js'

const isAlways = (when: Condition | undefined): boolean =>
  when === undefined || Object.keys(when).length === 0

const calendarsIn = (when: Condition | undefined): readonly string[] => {
  if (!when) return []
  if ('all' in when) return when.all.flatMap(calendarsIn)
  if ('any' in when) return when.any.flatMap(calendarsIn)
  if ('not' in when) return calendarsIn(when.not)
  return when.hours ? [when.hours.calendar] : []
}

/** What a codec cannot see: references to nothing, rules that can never be reached, steps out of order. */
export const referenceFaults = (data: PolicyData): readonly string[] => {
  const faults: string[] = []
  const queue = (name: string, at: string) => {
    if (!Object.hasOwn(data.queues, name)) faults.push(`${at}: there is no queue "${name}" in queues`)
  }
  const calendar = (name: string, at: string) => {
    if (!Object.hasOwn(data.calendars ?? {}, name))
      faults.push(`${at}: there is no calendar "${name}" in calendars`)
  }

  const rule = (r: Rule, i: number, rules: readonly Rule[]): void => {
    const at = `classification[${i}]`
    if (typeof r.queue === 'string') queue(r.queue, `${at}.queue`)
    else {
      for (const [j, one] of r.queue.entries()) queue(one.queue, `${at}.queue[${j}].queue`)
      if (!r.queue.some(({ weight }) => weight > 0))
        faults.push(`${at}.queue: no queue has a weight above 0, so no ticket can go anywhere`)
    }
    for (const name of calendarsIn(r.when)) calendar(name, `${at}.when.hours.calendar`)
    const last = i === rules.length - 1
    if (isAlways(r.when) && !last)
      faults.push(`${at}: it holds always, so rule ${i + 1} and those after it are never reached`)
    if (!isAlways(r.when) && last) faults.push(`${at}.when: the last rule must hold always; leave "when" out`)
  }

  const step = (
    { after, borrow = [] }: RelaxationStep,
    before: RelaxationStep | undefined,
    at: string,
  ): void => {
    if (before && after <= before.after)
      faults.push(`${at}.after: expected more than the ${before.after} of the step before, found ${after}`)
    for (const [i, name] of borrow.entries()) queue(name, `${at}.borrow[${i}]`)
  }

  const escalation = ({ name, when, do: action }: Escalation, names: Set<string>, at: string): void => {
    if (names.has(name)) faults.push(`${at}.name: another escalation is called "${name}"`)
    names.add(name)
    if (when?.hours) calendar(when.hours.calendar, `${at}.when.hours.calendar`)
    if (action?.queue !== undefined) queue(action.queue, `${at}.do.queue`)
    if (Object.keys(when ?? {}).length === 0)
      faults.push(`${at}.when: it would escalate every ticket at once; say when`)
    if (Object.keys(action ?? {}).length === 0) faults.push(`${at}.do: it does nothing; say what`)
  }

  if (data.classification.length === 0) faults.push('classification: expected at least one rule, found none')
  for (const [i, r] of data.classification.entries()) rule(r, i, data.classification)
  const names = new Set<string>()
  for (const [name, q] of Object.entries(data.queues)) {
    if (q.hours !== undefined) calendar(q.hours, `queues.${name}.hours`)
    for (const [i, s] of (q.relaxation ?? []).entries())
      step(s, q.relaxation?.[i - 1], `queues.${name}.relaxation[${i}]`)
    for (const [i, e] of (q.escalations ?? []).entries())
      escalation(e, names, `queues.${name}.escalations[${i}]`)
  }
  return faults
}
