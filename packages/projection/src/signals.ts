/** Tells listeners that something changed. What changed they read from the source. */
export interface Changes {
  emit(): void
  /** Ends every iteration. */
  end(): void
  listen(listener: () => void): () => void
  /** Yields once for whatever changed since it was last asked: a slow reader misses steps, never the newest. */
  iterate(signal?: AbortSignal): AsyncIterable<void>
}

export const changes = (): Changes => {
  const listeners = new Set<() => void>()
  const enders = new Set<() => void>()
  let ended = false
  return {
    emit() {
      for (const listener of [...listeners]) listener()
    },
    end() {
      ended = true
      for (const finish of [...enders]) finish()
      listeners.clear()
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async *iterate(signal) {
      let changed = false
      let wake: (() => void) | undefined
      const note = () => {
        changed = true
        wake?.()
      }
      const finish = () => wake?.()
      listeners.add(note)
      enders.add(finish)
      signal?.addEventListener('abort', finish)
      try {
        for (;;) {
          if (signal?.aborted) return
          if (changed) {
            changed = false
            yield
          } else if (ended) return
          else {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
            wake = undefined
          }
        }
      } finally {
        listeners.delete(note)
        enders.delete(finish)
        signal?.removeEventListener('abort', finish)
      }
    },
  }
}
