import { StoreError } from './errors.js'
import type { EventStore, Guard, Write } from './store.js'

/** Stores that have said that they cannot guard, such as KurrentDB before 26.1: they are not asked again. */
const unable = new WeakSet<EventStore>()

/** An append, and whether its guards were kept. */
export interface GuardedAppend {
  readonly appended: Awaited<ReturnType<EventStore['append']>>
  readonly isGuarded: boolean
}

/** Appends with guards where the store can, and without them where it cannot: then whoever needs them looks again. */
export const appendGuarded = async (
  store: EventStore,
  writes: readonly Write[],
  guards: readonly Guard[],
): Promise<GuardedAppend> => {
  if (!unable.has(store))
    try {
      return { appended: await store.append(writes, guards), isGuarded: true }
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'unsupported')) throw error
    }
  const appended = await store.append(writes)
  // What is unsupported may have been something else.
  unable.add(store)
  return { appended, isGuarded: false }
}
