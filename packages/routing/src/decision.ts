import type { ConversationEvent } from '@ramal/conversation'
import { type Event, type StreamName, streamName } from '@ramal/core'
import type { WorkforceEvent } from '@ramal/workforce'

/** What routing decides: an event for a stream, in the order in which they are to be written. */
export interface Decision<E extends Event = ConversationEvent | WorkforceEvent> {
  readonly stream: StreamName
  readonly event: E
}

export const onTicket = (id: string, event: ConversationEvent): Decision => ({
  stream: streamName('conversation', id),
  event,
})

export const onAgent = (id: string, event: WorkforceEvent): Decision => ({
  stream: streamName('agent', id),
  event,
})
