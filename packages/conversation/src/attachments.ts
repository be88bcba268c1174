import type { Fact, Instant } from '@ramal/core'
import type { ConversationEvent } from './events.js'
import { type Decision, refuse, so } from './refusal.js'
import type { Conversation } from './shape.js'

/** What becomes of fetching a file. Reported by whoever fetches. */
export type AttachmentCommand =
  /**
   * Before it is fetched. `after` so many attempts: where there were more, another process is at it. Without it the
   * file is fetched whatever became of it before.
   */
  | { readonly type: 'attemptFetch'; readonly attachment: string; readonly after?: number }
  | {
      readonly type: 'storeAttachment'
      readonly attachment: string
      readonly location: string
      readonly bytes: number
      readonly sha256: string
      readonly mimeType?: string
    }
  | {
      readonly type: 'failAttachment'
      readonly attachment: string
      readonly reason: string
      readonly final: boolean
      readonly retryAt?: Instant
    }

export const isAttachmentCommand = (command: { readonly type: string }): command is AttachmentCommand =>
  command.type === 'attemptFetch' || command.type === 'storeAttachment' || command.type === 'failAttachment'

export const decideAttachment = (state: Readonly<Conversation>, command: AttachmentCommand): Decision => {
  const { attachment } = command
  const file = state.attachments[attachment]
  if (!file) return refuse('unknownAttachment', `There is no file "${attachment}" in this conversation.`)
  switch (command.type) {
    case 'attemptFetch': {
      const { after } = command
      if (after !== undefined && (file.attempts !== after || file.state !== 'pending')) return so()
      return so({ type: 'AttachmentAttempted', data: { attachment, attempt: file.attempts + 1 } })
    }
    case 'storeAttachment': {
      const { type: _, ...data } = command
      const isSo = file.state === 'stored' && file.location === command.location
      return isSo ? so() : so({ type: 'AttachmentStored', data })
    }
    case 'failAttachment': {
      const { type: _, ...data } = command
      return file.state === 'stored' ? so() : so({ type: 'AttachmentFailed', data })
    }
  }
}

export const applyAttachment = (draft: Conversation, { type, data }: Fact<ConversationEvent>): void => {
  switch (type) {
    case 'MessageReceived':
    case 'MessageEdited':
    case 'MessageEchoed': {
      const { content } = data
      if (content.kind !== 'media' || content.attachment in draft.attachments) return
      const { reference, mimeType, sha256, filename } = content
      draft.attachments[content.attachment] = {
        ...{ state: 'pending', reference, mimeType, sha256, filename },
        ...{ attempts: 0, location: undefined, bytes: undefined, reason: undefined },
      }
      return
    }
    case 'AttachmentAttempted': {
      const file = draft.attachments[data.attachment]
      if (!file) return
      file.attempts = data.attempt
      if (file.state === 'failed') file.state = 'pending'
      return
    }
    case 'AttachmentStored': {
      const file = draft.attachments[data.attachment]
      if (!file) return
      file.state = 'stored'
      file.location = data.location
      file.bytes = data.bytes
      file.sha256 = data.sha256
      file.mimeType = data.mimeType ?? file.mimeType
      file.reason = undefined
      return
    }
    case 'AttachmentFailed': {
      const file = draft.attachments[data.attachment]
      if (!file || file.state === 'stored') return
      file.state = data.final ? 'failed' : 'pending'
      file.reason = data.reason
      return
    }
  }
}
