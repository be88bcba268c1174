import type { Requirement } from '@ramal/conversation'
import { canonicalJson } from '@ramal/core'
import type { Policy } from '../policy/index.js'
import { type Asked, relax } from '../policy/index.js'
import type { Reach } from './reach.js'

/** A way to come to a queue: what a ticket asks for when it does. */
export interface Arrival {
  readonly queue: string
  readonly requirements: readonly Requirement[]
  /** Agents to whom it is not offered. */
  readonly excluded: readonly string[]
  /** The rule or escalation that brings it. */
  readonly path: string
  /** The rule that it began with, by its index. */
  readonly rule: number
}

const keyOf = ({ queue, requirements, excluded, rule }: Arrival): string =>
  canonicalJson([queue, requirements, excluded, rule])

/** What a ticket asks for after so many steps in its queue. */
export const askedAt = (
  policy: Policy,
  { queue, requirements }: Pick<Arrival, 'queue' | 'requirements'>,
  step: number,
): Asked => relax(requirements, policy.queue(queue).relaxation.slice(0, step))

/** Every way: from the rules, and on by escalations; not by the transfers that agents make. */
export const arrivalsOf = (policy: Policy, reach: readonly Reach[]): readonly Arrival[] => {
  const found = new Map<string, Arrival>()
  const open: Arrival[] = []
  const add = (arrival: Arrival) => {
    const key = keyOf(arrival)
    if (found.has(key)) return
    found.set(key, arrival)
    open.push(arrival)
  }
  for (const [rule, { queue, requirements = [], exclude }] of policy.rules.entries()) {
    if (reach[rule]?.never) continue
    const queues =
      typeof queue === 'string' ? [queue] : queue.filter((one) => one.weight > 0).map((one) => one.queue)
    const excluded = exclude === undefined || exclude === 'last' ? [] : exclude
    for (const name of queues)
      add({ queue: name, requirements, excluded, path: `classification[${rule}]`, rule })
  }
  for (let next = open.pop(); next; next = open.pop())
    for (const [i, { do: action = {} }] of policy.queue(next.queue).escalations.entries())
      if (action.queue !== undefined || action.requirements !== undefined)
        add({
          ...next,
          queue: action.queue ?? next.queue,
          requirements: action.requirements ?? next.requirements,
          path: `queues.${next.queue}.escalations[${i}]`,
        })
  return [...found.values()]
}
