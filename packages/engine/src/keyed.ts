/** Runs tasks one after the other for each key, and those of different keys at the same time. */
export interface Keyed {
  <A>(key: string, task: () => Promise<A>): Promise<A>
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

export const keyed = (): Keyed => {
  const tails = new Map<string, Promise<unknown>>()
  const run = <A>(key: string, task: () => Promise<A>): Promise<A> => {
    const before = tails.get(key)
    const result = before ? before.then(task, task) : task()
    // Keeps the order whatever becomes of a task; its caller is told by `result`.
    const end = () => {
      if (tails.get(key) === tail) tails.delete(key)
    }
    const tail: Promise<unknown> = result.then(end, end)
    tails.set(key, tail)
    return result
  }
  return Object.assign(run, {
    idle: async () => {
      while (tails.size > 0) await Promise.all(tails.values())
    },
  })
}
