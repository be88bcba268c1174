/** Tells the connections of a visitor that an agent types. In this process only, and nothing is kept. */
export interface TypingBoard {
  tell(peerKey: string, on: boolean): void
  /** @returns stops watching */
  watch(peerKey: string, told: (on: boolean) => void): () => void
}

export const typingBoard = (): TypingBoard => {
  const watchers = new Map<string, Set<(on: boolean) => void>>()
  return {
    tell(peerKey, on) {
      for (const told of watchers.get(peerKey) ?? []) told(on)
    },
    watch(peerKey, told) {
      const set = watchers.get(peerKey) ?? new Set()
      watchers.set(peerKey, set.add(told))
      return () => {
        set.delete(told)
        if (set.size === 0) watchers.delete(peerKey)
      }
    },
  }
}
