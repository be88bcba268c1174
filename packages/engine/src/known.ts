import type { ConversationCommand, ConversationRefusal } from '@ramal/conversation'
import type { EventStore } from '@ramal/core'
import type { Router } from '@ramal/router'
import { refuseUnknown } from '@ramal/routing'

/** Whether a command names an agent or a queue that there is not. What came last may not have been read yet. */
export const unknownIn = async (
  store: EventStore,
  router: Router,
  command: ConversationCommand,
): Promise<ConversationRefusal | undefined> => {
  if (!refuseUnknown(router.state, command)) return undefined
  await router.settledAt(await store.head())
  return refuseUnknown(router.state, command)
}
