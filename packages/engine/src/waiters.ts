/** Those who wait for a loop to have got somewhere. */
export interface Waiters {
  /** All look again whether it has. */
  tell(): void
  /** Resolves when they are told next. */
  next(): Promise<void>
}

export const waiters = (): Waiters => {
  const waiting = new Set<() => void>()
  return {
    tell() {
      const all = [...waiting]
      waiting.clear()
      for (const one of all) one()
    },
    next: () => new Promise((resolve) => waiting.add(resolve)),
  }
}
