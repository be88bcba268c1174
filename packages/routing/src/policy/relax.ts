import type { Requirement } from '@ramal/conversation'
import type { RelaxationStep } from './codec.js'

/** What a ticket asks for at a step of its relaxation. */
export interface Asked {
  readonly requirements: readonly Requirement[]
  /** Queues whose agents are asked, besides the ticket's own. */
  readonly borrow: readonly string[]
}

/** Without the skills that are dropped, and with the levels lowered; undefined when nothing is left of it. */
const relaxed = (
  requirement: Requirement,
  dropped: ReadonlySet<string>,
  lower: Readonly<Record<string, number>>,
): Requirement | undefined => {
  const all = (list: readonly Requirement[]) =>
    list.map((one) => relaxed(one, dropped, lower)).filter((one) => one !== undefined)
  if ('skill' in requirement) {
    if (dropped.has(requirement.skill)) return undefined
    const level = lower[requirement.skill]
    // To lower what an agent may have at most would ask for more.
    const asks = requirement.is === undefined || requirement.is === 'atLeast' || requirement.is === 'above'
    return asks && level !== undefined && level < requirement.level ? { ...requirement, level } : requirement
  }
  if ('all' in requirement) return { all: all(requirement.all) }
  if ('any' in requirement) {
    const left = all(requirement.any)
    // One of the alternatives is asked for no more, so nothing is.
    return left.length < requirement.any.length ? undefined : { any: left }
  }
  // What is forbidden stays forbidden.
  return requirement
}

/** What is asked for after these steps. */
export const relax = (requirements: readonly Requirement[], steps: readonly RelaxationStep[]): Asked => {
  let asked = requirements
  const borrow = new Set<string>()
  for (const step of steps) {
    const dropped = new Set(step.drop)
    const lower = step.lower ?? {}
    asked = (step.requirements ?? asked)
      .map((one) => relaxed(one, dropped, lower))
      .filter((one) => one !== undefined)
    for (const queue of step.borrow ?? []) borrow.add(queue)
  }
  return { requirements: asked, borrow: [...borrow] }
}
