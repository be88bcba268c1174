/** Runs tasks one after the other for each key, and those of different keys at the same time. */
export interface InOrder {
  (key: string, task: () => Promise<void>): void
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

/** @param onTrouble told of a task that rejected; the next one of its key runs all the same */
export const inOrder = (onTrouble: (error: unknown) => void): InOrder => {
  const tails = new Map<string, Promise<void>>()
  const run = (key: string, task: () => Promise<void>): void => {
    const tail = (tails.get(key) ?? Promise.resolve())
      .then(task)
      .catch(onTrouble)
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
    tails.set(key, tail)
  }
  return Object.assign(run, {
    idle: async () => {
      while (tails.size > 0) await Promise.all(tails.values())
    },
  })
}
