import type { Instant } from '@ramal/core'
import { type Due, isDue, type RoutingState } from './state.js'

/** Agents before tickets, and each by id: the order of the heap says nothing of those at the same moment. */
const inOrder = (a: Due, b: Due): number =>
  a.at - b.at ||
  Number(a.ticket !== undefined) - Number(b.ticket !== undefined) ||
  ((a.ticket ?? a.agent).id < (b.ticket ?? b.agent).id ? -1 : 1)

/** The entries of the heap that are due, in order, and when the next one is. The heap stays as it is. */
export const dueBy = (
  state: RoutingState,
  now: Instant,
): { readonly due: readonly Due[]; readonly next: Instant | undefined } => {
  const { items } = state.due
  const due: Due[] = []
  let next: Instant | undefined
  const visit = (i: number): void => {
    const item = items[i]
    if (!item) return
    if (item.at > now) {
      // Below it everything is later still; but if it was overtaken, what is below may be the next.
      const valid = isDue(item)
      if (valid) next = next === undefined ? item.at : Math.min(next, item.at)
      if (valid || (next !== undefined && item.at >= next)) return
    } else if (isDue(item)) due.push(item)
    visit(2 * i + 1)
    visit(2 * i + 2)
  }
  visit(0)
  due.sort(inOrder)
  return { due, next }
}
