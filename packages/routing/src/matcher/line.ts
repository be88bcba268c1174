import { filterHeap, heap, popHeap, pushHeap } from '../heap.js'
import { compareOrdered } from '../order.js'
import type { Entry, Line } from './shape.js'

/** The order of waiting, decided by what is at hand where that is enough. */
const goesFirst = (a: Entry, b: Entry): boolean => {
  if (a.tier !== b.tier) return a.tier > b.tier
  return a.key === b.key ? compareOrdered(a, b) < 0 : a.key > b.key
}

/** The order of two lines by who goes first in each. */
export const leads = (a: Line, b: Line): boolean => {
  if (a.tier !== b.tier) return a.tier > b.tier
  return a.key === b.key ? compareOrdered(a.head!, b.head!) < 0 : a.key > b.key
}

export const line = (): Line => ({
  sorted: [],
  recent: heap(goesFirst),
  left: 0,
  head: undefined,
  tier: 0,
  key: 0,
})

/** So many that came, or left, are carried along before the line is put in order. */
const SLACK = 32

const waits = ({ place }: Entry): boolean => place === 'waits'

/** One sorted run again, of those who wait. */
const putInOrder = (own: Line): void => {
  const { sorted, recent } = own
  filterHeap(recent, waits)
  const came = recent.items.sort((a, b) => (goesFirst(a, b) ? 1 : -1))
  const merged: Entry[] = []
  let i = 0
  for (const one of sorted) {
    if (!waits(one)) continue
    while (i < came.length && goesFirst(one, came[i]!)) merged.push(came[i++]!)
    merged.push(one)
  }
  while (i < came.length) merged.push(came[i++]!)
  own.sorted = merged
  recent.items.length = 0
  own.left = 0
}

const setHead = (own: Line, entry: Entry | undefined): void => {
  own.head = entry
  if (!entry) return
  own.tier = entry.tier
  own.key = entry.key
}

export const enter = (entry: Entry): void => {
  const own = entry.of
  const head = headOf(own)
  entry.place = 'waits'
  pushHeap(own.recent, entry)
  if (!head || goesFirst(entry, head)) setHead(own, entry)
  if (own.recent.items.length > SLACK + (own.sorted.length >> 3)) putInOrder(own)
}

export const leave = (entry: Entry): void => {
  const { place, of: own } = entry
  entry.place = 'left'
  if (place !== 'waits') return
  if (own.head === entry) own.head = undefined
  if (++own.left > SLACK + ((own.sorted.length + own.recent.items.length) >> 1)) putInOrder(own)
}

/** Who goes first, if anybody waits. */
export const headOf = (own: Line): Entry | undefined => {
  if (own.head) return own.head
  const { sorted, recent } = own
  while (sorted.length > 0 && !waits(sorted[sorted.length - 1]!)) {
    sorted.pop()
    own.left--
  }
  while (recent.items.length > 0 && !waits(recent.items[0]!)) {
    popHeap(recent)
    own.left--
  }
  const first = sorted[sorted.length - 1]
  const other = recent.items[0]
  setHead(own, first && other ? (goesFirst(first, other) ? first : other) : (first ?? other))
  return own.head
}

/** Takes the head out. It is to be put back with `enter` if what it was taken for is not written. */
export const takeHead = (own: Line): Entry => {
  const head = headOf(own)!
  if (own.sorted[own.sorted.length - 1] === head) own.sorted.pop()
  else popHeap(own.recent)
  head.place = 'taken'
  own.head = undefined
  return head
}
