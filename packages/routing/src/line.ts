import { compareOrdered, compareTiers, type Ordered } from './order.js'
import type { Policy } from './policy/index.js'
import { sharing } from './shares.js'

/** Those who wait, best first. Where queues have shares, the order depends on who was served before. */
export interface Line {
  /** The next to be served, of those not yet asked for. */
  next(): Ordered | undefined
  /** How many wait, but for those who were served. */
  readonly left: number
  /** The last one was served: it waits no more. */
  serve(ticket: Ordered): void
}

const single = (waiting: readonly Ordered[]): Line => {
  const sorted = [...waiting].sort(compareOrdered)
  let at = 0
  let left = sorted.length
  return {
    next: () => sorted[at++],
    serve: () => {
      left--
    },
    get left() {
      return left
    },
  }
}

/**
 * In a band, the queue that has most above its share comes first. A queue is passed over only while nobody can
 * take its next ticket.
 */
const shared = (policy: Policy, waiting: readonly Ordered[]): Line => {
  const queues = new Map<string, Ordered[]>()
  for (const one of waiting) {
    const queue = one.ticket.queue!
    const list = queues.get(queue)
    if (list) list.push(one)
    else queues.set(queue, [one])
  }
  const lengths = new Map<string, number>()
  for (const [queue, list] of queues) {
    // From the end, so that the next is taken off cheaply.
    list.sort((a, b) => compareOrdered(b, a))
    // Who is asked already is being served, though more may be asked.
    lengths.set(queue, list.filter(({ ticket }) => ticket.offers.size === 0).length)
  }
  let left = waiting.length
  const { excess, served } = sharing(policy, lengths)
  const goesFirst = (a: Ordered, b: Ordered): number =>
    compareTiers(a, b) || excess(b.ticket.queue!) - excess(a.ticket.queue!) || compareOrdered(a, b)
  return {
    next() {
      let best: Ordered | undefined
      for (const list of queues.values()) {
        const head = list.at(-1)
        if (head && (!best || goesFirst(head, best) < 0)) best = head
      }
      if (best) queues.get(best.ticket.queue!)!.pop()
      return best
    },
    serve({ ticket }) {
      left--
      if (ticket.offers.size === 0) served(ticket.queue!)
    },
    get left() {
      return left
    },
  }
}

export const lineUp = (policy: Policy, waiting: readonly Ordered[]): Line =>
  policy.shares.sum > 0 ? shared(policy, waiting) : single(waiting)
