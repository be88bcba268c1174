/** Work that shares a key is done one after the other, in the order in which it was given. */
export type Lanes = <T>(keys: readonly string[], work: () => Promise<T>) => Promise<T>

export const lanes = (): Lanes => {
  const tails = new Map<string, Promise<unknown>>()
  return async (keys, work) => {
    // All keys are taken in one step, so two takers never wait for each other.
    const before = keys.map((key) => tails.get(key))
    const done = Promise.allSettled(before).then(work)
    const tail = done.catch(() => undefined)
    for (const key of keys) tails.set(key, tail)
    try {
      return await done
    } finally {
      for (const key of keys) if (tails.get(key) === tail) tails.delete(key)
    }
  }
}
