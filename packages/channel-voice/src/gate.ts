import type { Clock } from '@ramal/core'

/** What opens and closes, and can be waited for. */
export interface Gate {
  open(): void
  close(): void
  /** Whether it is open, or opens within so many ms. */
  within(ms: number, clock: Clock): Promise<boolean>
}

export const gate = (): Gate => {
  let isOpen = false
  const waiting = new Set<() => void>()
  return {
    open() {
      isOpen = true
      for (const go of waiting) go()
      waiting.clear()
    },
    close() {
      isOpen = false
    },
    async within(ms, clock) {
      if (isOpen) return true
      const over = new AbortController()
      const go = () => over.abort()
      waiting.add(go)
      await clock.sleep(ms, over.signal)
      waiting.delete(go)
      return isOpen
    },
  }
}
