/** Numbers that wait for a time, earliest first. */
export interface Heap {
  push(time: number, value: number): void
  /** The earliest time; Infinity when nothing waits. */
  next(): number
  /** Takes the earliest out. Only when `next` is not Infinity. */
  pop(): number
  readonly size: number
}

export const heap = (): Heap => {
  let times = new Float64Array(64)
  let values = new Float64Array(64)
  let size = 0
  const swapUp = (from: number) => {
    const time = times[from]!
    const value = values[from]!
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (times[parent]! <= time) break
      times[i] = times[parent]!
      values[i] = values[parent]!
      i = parent
    }
    times[i] = time
    values[i] = value
  }
  const swapDown = (time: number, value: number) => {
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= size) break
      if (child + 1 < size && times[child + 1]! < times[child]!) child++
      if (times[child]! >= time) break
      times[i] = times[child]!
      values[i] = values[child]!
      i = child
    }
    times[i] = time
    values[i] = value
  }
  return {
    push(time, value) {
      if (size === times.length) {
        const grow = (old: Float64Array) => {
          const grown = new Float64Array(old.length * 2)
          grown.set(old)
          return grown
        }
        times = grow(times)
        values = grow(values)
      }
      times[size] = time
      values[size] = value
      swapUp(size++)
    },
    next: () => (size === 0 ? Number.POSITIVE_INFINITY : times[0]!),
    pop() {
      const value = values[0]!
      size--
      if (size > 0) swapDown(times[size]!, values[size]!)
      return value
    },
    get size() {
      return size
    },
  }
}
