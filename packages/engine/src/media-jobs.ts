import { locationOf } from '@ramal/channel'
import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { type Fact, type Instant, idOf, type Recorded } from '@ramal/core'
import type { Job } from './jobs.js'

/** A file that a customer sent and that is not with us yet. */
export interface MediaJob extends Job {
  readonly key: string
  readonly conversation: string
  readonly attachment: string
  readonly channel: string
  readonly endpoint: string
  readonly reference: string
  readonly mimeType: string | undefined
  readonly sha256: string | undefined
  /** When the message was sent that it came with. */
  readonly since: Instant
  attempts: number
}

export const MEDIA_TYPES: readonly string[] = [
  'ConversationOpened',
  'ConversationClosed',
  'MessageReceived',
  'MessageEdited',
  'MessageEchoed',
  'AttachmentAttempted',
  'AttachmentStored',
  'AttachmentFailed',
  'AttachmentErasureRequested',
]

const keyOf = (conversation: string, attachment: string): string => `${conversation}/${attachment}`

/**
 * The files that are to be fetched: a fold of the log.
 * @param canFetch whether this engine has the channel, and the channel gives files
 * @param doubtAfter after so long without an outcome an attempt is made again, in ms
 */
export const pendingMedia = (
  canFetch: (channel: string, endpoint: string) => boolean,
  doubtAfter: number,
): { readonly jobs: ReadonlyMap<string, MediaJob>; readonly fold: (event: Recorded) => void } => {
  const places = new Map<string, { readonly channel: string; readonly endpoint: string }>()
  const jobs = new Map<string, MediaJob>()

  const foldFact = (conversation: string, { type, data, meta: { at } }: Fact<ConversationEvent>): void => {
    switch (type) {
      case 'ConversationOpened': {
        const { channel, endpoint } = data
        if (canFetch(channel, endpoint)) places.set(conversation, { channel, endpoint })
        return
      }
      case 'ConversationClosed':
        places.delete(conversation)
        return
      case 'MessageReceived':
      case 'MessageEdited':
      case 'MessageEchoed': {
        const place = places.get(conversation)
        const { content } = data
        if (!place || content.kind !== 'media' || content.reference === undefined) return
        const { attachment, reference, mimeType, sha256 } = content
        const key = keyOf(conversation, attachment)
        // What is ours already needs no fetching; a file that is named again is the same file.
        if (locationOf(reference) !== undefined || jobs.has(key)) return
        const file = { key, conversation, attachment, ...place, reference, mimeType, sha256 }
        jobs.set(key, { ...file, since: at, attempts: 0, due: 0 })
        return
      }
      case 'AttachmentAttempted': {
        const job = jobs.get(keyOf(conversation, data.attachment))
        if (!job) return
        job.attempts = data.attempt
        job.due = at + doubtAfter
        return
      }
      case 'AttachmentFailed': {
        const job = jobs.get(keyOf(conversation, data.attachment))
        if (job && data.retryAt !== undefined && !data.final) job.due = data.retryAt
        else jobs.delete(keyOf(conversation, data.attachment))
        return
      }
      case 'AttachmentStored':
      case 'AttachmentErasureRequested':
        jobs.delete(keyOf(conversation, data.attachment))
        return
    }
  }

  return {
    jobs,
    fold(recorded) {
      const event = conversationEvents.upcast(recorded)
      if (event) foldFact(idOf(recorded.stream), event as Fact<ConversationEvent>)
    },
  }
}
