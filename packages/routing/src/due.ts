import type { Instant } from '@ramal/core'
import { type Due, isDue, type RoutingState } from './state.js'

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
      const valid = isDue(state, item)
      if (valid) next = next === undefined ? item.at : Math.min(next, item.at)
      if (valid || (next !== undefined && item.at >= next)) return
    } else if (isDue(state, item)) due.push(item)
    visit(2 * i + 1)
    visit(2 * i + 2)
  }
  visit(0)
  due.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
  return { due, next }
}
