import { filterHeap, type Heap, heap, popHeap, sinkTop } from '../heap.js'
import { compareOrdered, compareTiers } from '../order.js'
import type { Policy } from '../policy/index.js'
import { type Sharing, sharing } from '../shares.js'
import { headOf, leads } from './line.js'
import type { Entry, TicketClass } from './shape.js'

/** Classes in which somebody waits, by who goes first. */
export interface Heads {
  readonly top: TicketClass | undefined
  readonly size: number
  /** The top class has another head, or none. */
  again(): void
  /** Nobody can take the head of the top class, nor any other of its tickets. */
  drop(): void
  keep(which: (of: TicketClass) => boolean): void
  /** The ticket of the queue is served. */
  served(queue: string): void
  /** What is left. */
  rest(): TicketClass[]
}

const heapOf = (classes: TicketClass[]): Heap<TicketClass> => heap(leads, classes)

const again = (classes: Heap<TicketClass>): void => {
  const of = classes.items[0]!
  if (headOf(of)) sinkTop(classes)
  else {
    of.blocked = false
    popHeap(classes)
  }
}

const single = (classes: TicketClass[]): Heads => {
  const all = heapOf(classes)
  return {
    get top() {
      return all.items[0]
    },
    get size() {
      return all.items.length
    },
    again: () => again(all),
    drop: () => void popHeap(all),
    keep: (which) => filterHeap(all, which),
    served() {},
    rest: () => all.items,
  }
}

/** In a band, the queue that has most above its share comes first. */
const shared = (classes: TicketClass[], shares: Sharing): Heads => {
  const lists = new Map<string, TicketClass[]>()
  for (const of of classes) {
    const { queue } = of
    const list = lists.get(queue)
    if (list) list.push(of)
    else lists.set(queue, [of])
  }
  const queues = [...lists].map(([queue, list]) => ({ queue, classes: heapOf(list) }))
  let best: Heap<TicketClass> | undefined
  const find = (): void => {
    best = undefined
    let first: { readonly excess: number; readonly head: Entry } | undefined
    for (const { queue, classes: own } of queues) {
      const head = own.items[0]?.head
      if (!head) continue
      const excess = shares.excess(queue)
      const order =
        first && (compareTiers(head, first.head) || first.excess - excess || compareOrdered(head, first.head))
      if (order !== undefined && order > 0) continue
      first = { excess, head }
      best = own
    }
  }
  find()
  return {
    get top() {
      return best?.items[0]
    },
    get size() {
      return queues.reduce((sum, { classes: own }) => sum + own.items.length, 0)
    },
    again() {
      again(best!)
      find()
    },
    drop() {
      popHeap(best!)
      find()
    },
    keep(which) {
      for (const { classes: own } of queues) filterHeap(own, which)
      find()
    },
    served: (queue) => shares.served(queue),
    rest: () => queues.flatMap(({ classes: own }) => own.items),
  }
}

/** @param lengths how many wait, by queue */
export const headsOf = (
  policy: Policy,
  looked: readonly TicketClass[],
  lengths: () => Map<string, number>,
): Heads => {
  const classes = looked.filter((of) => {
    const waits = headOf(of) !== undefined
    // Whoever changed is forgotten: the next ticket finds out itself who can be asked.
    if (!waits) of.blocked = false
    return waits
  })
  return policy.shares.sum > 0 ? shared(classes, sharing(policy, lengths())) : single(classes)
}
