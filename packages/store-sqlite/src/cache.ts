/** A map of at most about `size` entries that forgets those not asked for in a while. */
export interface Cache<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  clear(): void
}

/** Two generations: what is asked for moves to the young one; when that is full, the old one goes. */
export const generationCache = <K, V>(size: number): Cache<K, V> => {
  const half = Math.max(1, Math.ceil(size / 2))
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  const set = (key: K, value: V) => {
    young.set(key, value)
    if (young.size < half) return
    old = young
    young = new Map()
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const aged = old.get(key)
      if (aged !== undefined) set(key, aged)
      return aged
    },
    set,
    clear() {
      young = new Map()
      old = new Map()
    },
  }
}
