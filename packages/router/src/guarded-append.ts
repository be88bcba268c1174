import { type EventStore, type Guard, StoreError, type Write } from '@ramal/core'

/**
 * Appends with guards; without them from the moment that the store says that it cannot guard, as KurrentDB before
 * 26.1. What is then given to who has just gone the next pass takes back.
 */
export const guardedAppend = (store: EventStore) => {
  let guards = true
  return async (writes: readonly Write[], given: readonly Guard[] = []): ReturnType<EventStore['append']> => {
    if (!guards) return store.append(writes)
    try {
      return await store.append(writes, given)
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'unsupported')) throw error
      guards = false
      return store.append(writes)
    }
  }
}
