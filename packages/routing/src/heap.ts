/** A binary heap in an array: the least element is at 0. */
export interface Heap<T> {
  readonly items: T[]
  readonly before: (a: T, b: T) => boolean
}

export const heap = <T>(before: (a: T, b: T) => boolean): Heap<T> => ({ items: [], before })

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

export const popHeap = <T>({ items, before }: Heap<T>): T | undefined => {
  const top = items[0]
  const last = items.pop()
  if (items.length === 0 || last === undefined) return top
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= items.length) break
    if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++
    if (!before(items[child]!, last)) break
    items[i] = items[child]!
    i = child
  }
  items[i] = last
  return top
}
