/** A binary heap in an array: the least element is at 0. */
export interface Heap<T> {
  readonly items: T[]
  readonly before: (a: T, b: T) => boolean
}

export const heap = <T>(before: (a: T, b: T) => boolean, items: T[] = []): Heap<T> => {
  const made = { items, before }
  for (let i = (items.length >> 1) - 1; i >= 0; i--) sink(made, i)
  return made
}

/** Lets the item at `i` go down to where it belongs. */
const sink = <T>({ items, before }: Heap<T>, i: number): void => {
  const item = items[i]!
  for (;;) {
    let child = 2 * i + 1
    if (child >= items.length) break
    if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++
    if (!before(items[child]!, item)) break
    items[i] = items[child]!
    i = child
  }
  items[i] = item
}

export const pushHeap = <T>({ items, before }: Heap<T>, item: T): void => {
  let i = items.push(item) - 1
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!before(item, items[parent]!)) break
    items[i] = items[parent]!
    i = parent
  }
  items[i] = item
}

export const popHeap = <T>(from: Heap<T>): T | undefined => {
  const { items } = from
  const top = items[0]
  const last = items.pop()
  if (items.length === 0 || last === undefined) return top
  items[0] = last
  sink(from, 0)
  return top
}

/** The element at the top comes later than it did: lets it go down. */
export const sinkTop = <T>(from: Heap<T>): void => {
  if (from.items.length > 1) sink(from, 0)
}

/** Keeps only what `keep` says. */
export const filterHeap = <T>(from: Heap<T>, keep: (item: T) => boolean): void => {
  const { items } = from
  let kept = 0
  for (const item of items) if (keep(item)) items[kept++] = item
  items.length = kept
  for (let i = (kept >> 1) - 1; i >= 0; i--) sink(from, i)
}
