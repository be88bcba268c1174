import { fitsMenu, type OutboundMessage, type SendFault } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import type { Platform } from './platform.js'

type Json = Readonly<Record<string, unknown>>

const attachmentTypes = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  document: 'file',
  sticker: 'image',
} as const

/** Messenger counts characters, Instagram bytes. */
const textOf = (text: string, { capabilities, channel }: Platform): E.Either<string, Json> => {
  const { maxText, maxTextBytes = Infinity } = capabilities
  const bytes = Buffer.byteLength(text)
  return text.length > maxText || bytes > maxTextBytes
    ? E.left(`The text has ${text.length} characters and ${bytes} bytes; ${channel} takes ${maxText}.`)
    : E.right({ text })
}

const contentOf = (content: Content, platform: Platform): E.Either<string, Json> => {
  const { capabilities, channel } = platform
  switch (content.kind) {
    case 'text':
      if (content.text.length === 0) return E.left('The text is empty.')
      return textOf(content.text, platform)
    case 'media': {
      const { media, reference, caption } = content
      if (!reference) return E.left(`The ${media} has no reference: upload it first, or give its address.`)
      if (caption) return E.left('A file has no caption here: send the text before or after it.')
      const payload = /^https?:\/\//i.test(reference)
        ? { url: reference, is_reusable: false }
        : { attachment_id: reference }
      return E.right({ attachment: { type: attachmentTypes[media], payload } })
    }
    case 'menu':
      if (!fitsMenu(content, capabilities))
        return E.left(`A menu of ${content.options.length} options, or one of its titles, is too long.`)
      // Quick replies have one text above them, and no header or footer.
      return E.map((text: Json) => ({
        ...text,
        quick_replies: content.options.map(({ id, title }) => ({ content_type: 'text', title, payload: id })),
      }))(textOf([content.header, content.text, content.footer].filter(Boolean).join('\n\n'), platform))
    default:
      return E.left(`A content "${content.kind}" is not for sending on ${channel}.`)
  }
}

const typing = (message: OutboundMessage): Json => {
  if (message.tag !== undefined) return { messaging_type: 'MESSAGE_TAG', tag: message.tag }
  return { messaging_type: message.sender === 'system' ? 'UPDATE' : 'RESPONSE' }
}

/**
 * The body of a send. On Messenger our id of the message goes along as `metadata` and comes back in the echo. The
 * tag for people is refused for bots: Meta blocks pages for it.
 */
export const bodyOf = (
  message: OutboundMessage,
  platform: Platform,
  tags: readonly string[],
): E.Either<SendFault, Json> => {
  const { to, tag, sender, replyTo } = message
  if (to.kind !== platform.identifier)
    return E.left({ class: 'recipient', reason: `${platform.channel} does not know an id "${to.kind}".` })
  if (tag !== undefined && !tags.includes(tag))
    return E.left({ class: 'content', reason: `Tag ${tag} is not among those allowed: ${tags.join(', ')}.` })
  if (tag === 'HUMAN_AGENT' && sender !== 'human')
    return E.left({ class: 'window', reason: `Tag HUMAN_AGENT is for people; the sender is a ${sender}.` })
  const content = contentOf(message.content, platform)
  if (E.isLeft(content)) return E.left({ class: 'content', reason: content.left })
  return E.right({
    recipient: { id: to.value },
    ...typing(message),
    ...(replyTo ? { reply_to: { mid: replyTo } } : {}),
    message: { ...content.right, ...(platform.echoesMetadata ? { metadata: message.message } : {}) },
  })
}
