import type { Deep, Fact, Instant } from '@ramal/core'
import type { Actor } from './actor.js'
import type { Attachment } from './attachment.js'
import { type Content, locationOf } from './content.js'
import type { ConversationEvent } from './events.js'
import { type Decision, refuse, so } from './refusal.js'
import type { Conversation } from './shape.js'

/** What becomes of files: of fetching them, reported by whoever fetches, and of erasing them. */
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
  /** Files that are here, and that nobody is to be given any more. Default: all of the conversation. */
  | {
      readonly type: 'eraseAttachments'
      readonly attachments?: readonly string[]
      readonly by: Actor
      readonly reason: string
    }
  /** The bytes are gone. */
  | { readonly type: 'confirmErased'; readonly attachment: string; readonly shared?: boolean }

const TYPES: ReadonlySet<string> = new Set<AttachmentCommand['type']>([
  'attemptFetch',
  'storeAttachment',
  'failAttachment',
  'eraseAttachments',
  'confirmErased',
])

export const isAttachmentCommand = (command: { readonly type: string }): command is AttachmentCommand =>
  TYPES.has(command.type)

const erase = (
  state: Readonly<Conversation>,
  command: Extract<AttachmentCommand, { type: 'eraseAttachments' }>,
): Decision => {
  const { attachments = Object.keys(state.attachments), by, reason } = command
  const unknown = attachments.find((attachment) => !Object.hasOwn(state.attachments, attachment))
  if (unknown !== undefined)
    return refuse('unknownAttachment', `There is no file "${unknown}" in this conversation.`)
  return so(
    ...attachments
      .filter((attachment) => state.attachments[attachment]!.state !== 'erased')
      .map((attachment) => ({
        type: 'AttachmentErasureRequested' as const,
        data: { attachment, by, reason },
      })),
  )
}

export const decideAttachment = (state: Readonly<Conversation>, command: AttachmentCommand): Decision => {
  if (command.type === 'eraseAttachments') return erase(state, command)
  const { attachment } = command
  const file = state.attachments[attachment]
  if (!file) return refuse('unknownAttachment', `There is no file "${attachment}" in this conversation.`)
  switch (command.type) {
    case 'attemptFetch': {
      const { after } = command
      if (after === undefined && file.erasure)
        return refuse(
          'erased',
          `File "${attachment}" was erased (${file.erasure.reason}); it is not fetched again.`,
        )
      if (after !== undefined && (file.attempts !== after || file.state !== 'pending')) return so()
      return so({ type: 'AttachmentAttempted', data: { attachment, attempt: file.attempts + 1 } })
    }
    case 'storeAttachment': {
      const { type: _, ...data } = command
      const isSo = file.state === 'stored' && file.location === command.location
      if (isSo) return so()
      const stored: ConversationEvent = { type: 'AttachmentStored', data }
      if (!file.erasure) return so(stored)
      // It was on its way when it was erased: its bytes are to go too.
      const { by, reason } = file.erasure
      return so(stored, { type: 'AttachmentErasureRequested', data: { attachment, by, reason } })
    }
    case 'failAttachment': {
      const { type: _, ...data } = command
      const isOver = file.state === 'stored' || file.state === 'erased'
      return isOver ? so() : so({ type: 'AttachmentFailed', data })
    }
    case 'confirmErased': {
      if (!file.erasure || file.erasure.done) return so()
      const { by, reason } = file.erasure
      const shared = command.shared ? { shared: true } : {}
      return so({ type: 'AttachmentErased', data: { attachment, by, reason, ...shared } })
    }
  }
}

/** A file that stands in a message: with us, or to be fetched. */
const fileOf = (
  { reference, mimeType, sha256, filename, bytes }: Deep<Extract<Content, { kind: 'media' }>>,
  location: string | undefined,
): Attachment => ({
  state: location === undefined ? 'pending' : 'stored',
  reference,
  mimeType,
  sha256,
  filename,
  attempts: 0,
  location,
  // What a provider says of a file that is not here yet is not known to be so.
  bytes: location === undefined ? undefined : bytes,
  reason: undefined,
  erasure: undefined,
})

/** What becomes of the files of a conversation, for all who show them. */
export const applyAttachment = (
  draft: Pick<Conversation, 'attachments'>,
  { type, data, meta: { at } }: Fact<ConversationEvent>,
): void => {
  switch (type) {
    case 'SendRequested': {
      const { content } = data
      // What is not ours to keep is not ours to show, or to erase.
      const location = content.kind === 'media' ? locationOf(content.reference) : undefined
      if (content.kind !== 'media' || location === undefined) return
      if (content.attachment in draft.attachments) return
      draft.attachments[content.attachment] = fileOf(content, location)
      return
    }
    case 'MessageReceived':
    case 'MessageEdited':
    case 'MessageEchoed': {
      const { content } = data
      if (content.kind !== 'media' || content.attachment in draft.attachments) return
      draft.attachments[content.attachment] = fileOf(content, undefined)
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
      file.state = file.erasure ? 'erased' : 'stored'
      file.location = data.location
      file.bytes = data.bytes
      file.sha256 = data.sha256
      file.mimeType = data.mimeType ?? file.mimeType
      file.reason = undefined
      return
    }
    case 'AttachmentFailed': {
      const file = draft.attachments[data.attachment]
      if (!file || file.state === 'stored' || file.state === 'erased') return
      file.state = data.final ? 'failed' : 'pending'
      file.reason = data.reason
      return
    }
    case 'AttachmentErasureRequested': {
      const file = draft.attachments[data.attachment]
      if (!file) return
      file.state = 'erased'
      file.erasure = { by: data.by, reason: data.reason, at, done: false }
      return
    }
    case 'AttachmentErased': {
      const file = draft.attachments[data.attachment]
      if (!file?.erasure) return
      file.erasure = { ...file.erasure, done: true }
      file.location = undefined
      return
    }
  }
}
