/** One task at a time for each key, in the order given. */
export type Exclusive = <A>(key: string, task: () => Promise<A>) => Promise<A>

export const exclusive = (): Exclusive => {
  const tails = new Map<string, Promise<unknown>>()
  return (key, task) => {
    const result = (tails.get(key) ?? Promise.resolve()).then(task)
    // The next one runs whatever becomes of this; whoever gave it is told by `result`.
    const tail: Promise<void> = result
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
    tails.set(key, tail)
    return result
  }
}
